"""The UPS adapter. Knows Track v1 with its tokens, and nothing of who asks.

"Not found" is a warning inside an HTTP 200; one number can bring several packages, and packageCount
may be larger than what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core import pushing
from carriers.core.answers import in_order, newest_scan, refusal, refusals
from carriers.core.contract import (
    Account,
    Credential,
    Genuine,
    Gives,
    Manifest,
    Quality,
    Quota,
    Times,
    TrackRequest,
    gives,
)
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.model import Answer, Document, Failed, Found
from carriers.core.proving import no_number, proven
from carriers.core.reading import Json, an_object, objects, read_json, text, unreadable
from carriers.ups import alert
from carriers.ups.calling import API, authorised, kind_of, refused
from carriers.ups.package import SLUG, documents, report
from carriers.ups.push import pushed_report

if TYPE_CHECKING:
    from datetime import datetime

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
    api=API,
    credentials=(
        Credential("client_id", "Client ID of an application with the Tracking product", secret=False),
        Credential("client_secret", "Client secret of the same application"),
        *pushing.secrets("A long random text of your own choice; turns Track Alert on"),
    ),
    batch_size=1,
    quota=Quota(),
    quality=Quality.RECORDINGS,
    retention_days=120,
    docs="https://developer.ups.com/api/reference/tracking/product-info",
    push=alert.PUSH,
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.MIXED,
    terms="Track Alert follows numbers of the account only, for 14 days.",
)

_LENGTHS: Final = range(7, 35)


class Ups:
    """Track v1 and Track Alert."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /track/v1/details/{number}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        problem = refused(data, http_status)
        if problem is not None:
            return refusals(asked, problem)
        shipments = objects(an_object(data.get("trackResponse")).get("shipment"))
        answers = [answer for shipment in shipments for answer in _answers(shipment, http_status, asked)]
        return answers or refusals(asked, unreadable(http_status))

    def verify_push(
        self,
        headers: Mapping[str, str],
        body: bytes,
        account: Account,
        now: datetime,  # noqa: ARG002  # part of the contract; Track Alert does not stamp what it sends
    ) -> Genuine | None:
        """Whether the secret of a subscription came along. See `SignedPushes.verify_push`."""
        known = [secret.encode() for secret in pushing.secrets_of(account)]
        return Genuine(pushing.digest(body)) if pushing.is_one_of(headers.get("credential"), known) else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one Track Alert body. See `Pushes.parse_push`."""
        try:
            data = read_json(body)
        except CarrierError as error:
            return refusals([], error)
        events = [event for event in objects(data) if text(event.get("trackingNumber")) is not None]
        reports = [pushed_report(event) for event in events]
        return [Found(r.number, r) for r in reports] or refusals([], unreadable(200))

    async def subscribe(
        self,
        numbers: Sequence[str],
        address: str,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,
    ) -> list[CarrierError | None]:
        """Have up to a hundred parcels pushed for two weeks. See `Subscribes.subscribe`."""
        return await alert.subscribe([_plain(number) for number in numbers], address, account, client, tokens)

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The signature, photo and proof page in a tracking answer. Raises CarrierError for an unreadable body."""
        shipments = objects(an_object(an_object(read_json(body)).get("trackResponse")).get("shipment"))
        packages = [package for shipment in shipments for package in objects(shipment.get("package"))]
        return tuple(d for package in packages for d in documents(an_object(package.get("deliveryInformation"))))

    async def prove(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> tuple[Document, ...]:
        """Ask once more, for signature and proof page too. See `Proves.prove`."""
        plain = _plain(request.number)
        if len(plain) not in _LENGTHS:
            raise no_number()
        reply = authorised(lambda api, sent: _call(api, plain, sent, papers="true"), account, client, tokens)
        return await proven(reply, self)

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
            reply = await authorised(lambda api, sent: _call(api, plain, sent), account, client, tokens)
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


def _call(api: str, asked: str, headers: dict[str, str], papers: str = "false") -> Call:
    return Call(
        f"{api}/track/v1/details/{quote(asked, safe='')}",
        headers=headers,
        params={"locale": "en_US", "returnSignature": papers, "returnMilestones": "false", "returnPOD": papers},
    )


# --- reading --------------------------------------------------------------------------------------------------


def _answers(shipment: Json, http_status: int, asked: Sequence[str]) -> list[Answer]:
    inquiry = text(shipment.get("inquiryNumber")) or (asked[0] if len(asked) == 1 else "")
    reports = [report(package, inquiry) for package in objects(shipment.get("package"))]
    if reports:
        return [Found(r.number, r) for r in reports]
    warning = next(iter(objects(shipment.get("warnings"))), {})
    code, message = text(warning.get("code")), text(warning.get("message"))
    kind = kind_of(code, http_status) if code is not None else ErrorKind.NOT_FOUND
    error = CarrierError(kind, message or "UPS's answer has no package in it.", code=code, http_status=http_status)
    return [refusal(inquiry, error)]
