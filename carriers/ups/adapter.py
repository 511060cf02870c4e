"""The UPS adapter. Knows Track v1 with its tokens, and nothing of who asks.

"Not found" is a warning inside an HTTP 200; one number can bring several packages, and packageCount
may be larger than what is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core.answers import in_order, newest_scan, passed_on, refusal, refusals
from carriers.core.auth import Token
from carriers.core.contract import Account, Credential, Manifest, Quality, Quota, TrackRequest
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.model import Answer, Document, Failed, Found
from carriers.core.reading import (
    Json,
    an_object,
    first_text,
    kind_of_status,
    number,
    objects,
    read_json,
    text,
    unreadable,
)
from carriers.ups.codes import ERROR_PREFIXES, ERRORS, EXPIRED
from carriers.ups.package import SLUG, documents, report
from carriers.ups.push import pushed_report

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="UPS",
    names=(
        "United Parcel Service",
        "UPS Standard",
        "UPS Express",
        "UPS Express Saver",
        "UPS Ground",
        "UPS Access Point",
    ),
    tracking_page="https://www.ups.com/track?loc=en_US&tracknum={number}",
    api="https://onlinetools.ups.com/api",
    credentials=(
        Credential("client_id", "Client ID of an application with the Tracking product", secret=False),
        Credential("client_secret", "Client secret of the same application"),
    ),
    batch_size=1,
    quota=Quota(),
    gives_places=True,
    gives_offsets=True,
    quality=Quality.RECORDINGS,
    retention_days=120,
    docs="https://developer.ups.com/api/reference/tracking/product-info",
)

_LENGTHS: Final = range(7, 35)
_TOKEN_LIFE: Final = 3600.0  # seconds, should UPS not say; it says 14399


class Ups:
    """Track v1 and Track Alert."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /track/v1/details/{number}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        refused = _refused(data, http_status)
        if refused is not None:
            return refusals(asked, refused)
        shipments = objects(an_object(data.get("trackResponse")).get("shipment"))
        answers = [answer for shipment in shipments for answer in _answers(shipment, http_status, asked)]
        return answers or refusals(asked, unreadable(http_status))

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one Track Alert body. See `Pushes.parse_push`."""
        try:
            data = read_json(body)
        except CarrierError as error:
            return refusals([], error)
        events = [event for event in objects(data) if text(event.get("trackingNumber")) is not None]
        reports = [pushed_report(event) for event in events]
        return [Found(r.number, r) for r in reports] or refusals([], unreadable(200))

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The signature, photo and proof page in a tracking answer. Raises CarrierError for an unreadable body."""
        shipments = objects(an_object(an_object(read_json(body)).get("trackResponse")).get("shipment"))
        packages = [package for shipment in shipments for package in objects(shipment.get("package"))]
        return tuple(d for package in packages for d in documents(an_object(package.get("deliveryInformation"))))

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return [await self._ask(request, account, client, tokens) for request in requests]

    async def _ask(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> Answer:
        plain = _plain(request.number)
        if len(plain) not in _LENGTHS:
            error = CarrierError(ErrorKind.INVALID_NUMBER, "UPS's numbers have 7 to 34 characters.")
            return Failed(request.number, error)
        try:
            reply = await _authorised(plain, account, client, tokens)
        except CarrierError as error:
            return refusal(request.number, error)
        answers = self.parse(reply.body, http_status=reply.status, asked=[plain])
        return in_order([request], [_ours(answers, plain)], reply)[0]


CARRIER: Final = Ups()


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _ours(answers: list[Answer], asked: str) -> Answer:
    """The package asked about, with the newest scan should the number have been used twice.

    The first (the lead package) when UPS knows it by another number.
    """
    same = [answer for answer in answers if _plain(answer.number) == asked]
    return max(same, key=newest_scan) if same else answers[0]


# --- calling --------------------------------------------------------------------------------------------------


async def _authorised(asked: str, account: Account, client: httpx2.AsyncClient, tokens: TokenCache) -> Reply:
    """The reply to one question; a token that UPS refuses is renewed once. Raises CarrierError."""
    api = account.api or MANIFEST.api
    key = f"{SLUG} {api} {account.credentials.get('client_id', '')}"

    async def fetch() -> Token:
        return await _token(api, account, client)

    token = await tokens.get(key, fetch)
    reply = await send(_call(api, asked, token), client)
    if reply.status != 401:
        return reply
    tokens.forget(key, token)
    return await send(_call(api, asked, await tokens.get(key, fetch)), client)


def _call(api: str, asked: str, token: str) -> Call:
    return Call(
        f"{api}/track/v1/details/{quote(asked, safe='')}",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "transId": secrets.token_hex(16),
            "transactionSrc": "jalon",
        },
        params={"locale": "en_US", "returnSignature": "false", "returnMilestones": "false", "returnPOD": "false"},
    )


async def _token(api: str, account: Account, client: httpx2.AsyncClient) -> Token:
    """A new token. The token's address lies beside the API, not below it. Raises CarrierError."""
    secret = (account.credentials.get("client_id", ""), account.credentials.get("client_secret", ""))
    url = f"{api.removesuffix('/api')}/security/v1/oauth/token"
    reply = await send(Call(url, data={"grant_type": "client_credentials"}, auth=secret), client)
    try:
        data = an_object(read_json(reply.body, http_status=reply.status))
    except CarrierError as error:
        raise passed_on(error, reply) from error
    token = text(data.get("access_token"))
    if reply.status != 200 or token is None:
        raise passed_on(_refused(data, reply.status) or unreadable(reply.status), reply)
    return Token(token, float(number(data.get("expires_in")) or _TOKEN_LIFE))


# --- reading --------------------------------------------------------------------------------------------------


def _answers(shipment: Json, http_status: int, asked: Sequence[str]) -> list[Answer]:
    inquiry = text(shipment.get("inquiryNumber")) or (asked[0] if len(asked) == 1 else "")
    reports = [report(package, inquiry) for package in objects(shipment.get("package"))]
    if reports:
        return [Found(r.number, r) for r in reports]
    warning = next(iter(objects(shipment.get("warnings"))), {})
    code, message = text(warning.get("code")), text(warning.get("message"))
    kind = _kind(code, http_status) if code is not None else ErrorKind.NOT_FOUND
    error = CarrierError(kind, message or "UPS's answer has no package in it.", code=code, http_status=http_status)
    return [refusal(inquiry, error)]


def _refused(data: Json, http_status: int) -> CarrierError | None:
    """The error in an answer; UPS and the gateway before it wrap it differently."""
    found = next(iter(objects(an_object(data.get("response")).get("errors")) or objects(data.get("errors"))), None)
    if found is None and "trackResponse" in data:
        return None
    fault = an_object(data.get("fault"))
    code = text(an_object(found).get("code")) or text(an_object(fault.get("detail")).get("errorcode"))
    message = first_text(an_object(found).get("message"), fault.get("faultstring"))
    if code is None and message is None:
        return unreadable(http_status)
    said = message or f"UPS refuses ({code})."
    expired = True if code in EXPIRED else None
    return CarrierError(_kind(code, http_status), said, code=code, http_status=http_status, retryable=expired)


def _kind(code: str | None, http_status: int) -> ErrorKind:
    if code in ERRORS:
        return ERRORS[code]
    by_prefix = next((kind for prefix, kind in ERROR_PREFIXES if code is not None and code.startswith(prefix)), None)
    return by_prefix if by_prefix is not None else kind_of_status(http_status)
