"""The FedEx adapter. Knows Track v1 with its tokens, and nothing of who asks.

"Not found" is an error inside an HTTP 200, per number. One number can bring several results, when it
was used again or shipped anew: the one with the newest scan is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from carriers.core import pushing
from carriers.core.answers import newest_scan, refusal, refusals
from carriers.core.asking import answered, plain
from carriers.core.bearer import Grant, ask
from carriers.core.contract import (
    Account,
    Credential,
    Genuine,
    Gives,
    Manifest,
    Push,
    Quality,
    Quota,
    Times,
    TrackRequest,
    gives,
)
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.model import Answer, Document, Failed, Found
from carriers.core.proving import proven
from carriers.core.reading import Json, an_object, kind_of_status, objects, read_json, text, unreadable
from carriers.fedex.codes import ERRORS, EXPIRED
from carriers.fedex.parcel import SLUG, report

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="FedEx",
    names=(
        "Federal Express",
        "FedEx Express",
        "FedEx Ground",
        "FedEx Home Delivery",
        "FedEx 2Day",
        "FedEx SmartPost",
        "FedEx Ground Economy",
        "FedEx International Priority",
        "FedEx International Economy",
        "FedEx Regional Economy",
    ),
    tracking_page="https://www.fedex.com/fedextrack/?trknbr={number}",
    api="https://apis.fedex.com",
    credentials=(
        Credential("client_id", "API key of a project with the Track API", secret=False),
        Credential("client_secret", "Secret key of the same project"),
        *pushing.secrets("Security token of a project for Advanced Integrated Visibility; turns pushes on"),
    ),
    batch_size=30,
    quota=Quota(per_second=140),
    quality=Quality.RECORDINGS,
    retention_days=90,
    docs="https://developer.fedex.com/api/en-us/catalog/track/v1/docs.html",
    push=Push(
        proof="Signed with the project's security token (fdx-signature).",
        set_up="In a webhook project for Advanced Integrated Visibility, enter the address and a security token. "
        "FedEx charges for each number and wants an account of the United States.",
    ),
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.MIXED,
    terms="Pushes (Advanced Integrated Visibility) are paid by the number and need an account of nine digits.",
)

# A number of another shape would spoil the answer for a whole batch.
_NUMBER: Final = re.compile(r"^[0-9A-Z]{6,40}$")


class FedEx:
    """Track v1."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of POST /track/v1/trackingnumbers. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        refused = objects(data.get("errors"))
        if refused:
            return refusals(asked, _error(refused[0], http_status))
        parcels = objects(an_object(data.get("output")).get("completeTrackResults"))
        return [_answer(parcel, http_status, asked) for parcel in parcels] or refusals(asked, unreadable(http_status))

    def verify_push(
        self,
        headers: Mapping[str, str],
        body: bytes,
        account: Account,
        now: datetime,  # noqa: ARG002  # part of the contract; FedEx does not stamp what it sends
    ) -> Genuine | None:
        """Whether the body is signed. See `SignedPushes.verify_push`."""
        signature, secrets = headers.get("fdx-signature"), pushing.secrets_of(account)
        genuine = pushing.is_signed(signature, body, secrets, pushing.base_64)
        return Genuine(pushing.digest(body)) if genuine else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one push: results as in an answer, with or without what wraps them there. See `Pushes.parse_push`."""
        try:
            data = an_object(read_json(body))
        except CarrierError as error:
            return refusals([], error)
        inner = an_object(data.get("output")) or data
        parcels = objects(inner.get("completeTrackResults")) or [{"trackResults": inner.get("trackResults")}]
        answers = [_answer(parcel, 200, ()) for parcel in parcels]
        return [answer for answer in answers if answer.number] or refusals([], unreadable(200))

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The papers in an answer of POST /track/v1/trackingdocuments. Raises CarrierError for an unreadable body."""
        output = an_object(an_object(read_json(body)).get("output"))
        found = (output.get(name) for name in ("documents", "document"))  # one of them, a list or a lone one
        contents = [c for papers in found for c in (papers if isinstance(papers, list) else [papers])]
        kind = text(output.get("documentFormat")) or "PDF"
        whole = ("".join(c.split()) for c in contents if isinstance(c, str))
        return tuple(Document(kind, content) for content in whole if content)

    async def prove(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> tuple[Document, ...]:
        """Ask for the proof of delivery with the signature. See `Proves.prove`."""
        api, number = account.api or MANIFEST.api, plain(request.number)
        reply = ask(lambda token: _proof_call(api, number, token), _grant(api, account), client, tokens)
        return await proven(reply, self)

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about up to thirty numbers in one call. See `Carrier.track`."""
        askable = [r for r in requests if _NUMBER.match(plain(r.number))]
        answers = {id(r): a for r, a in zip(askable, await self._ask(askable, account, client, tokens), strict=True)}
        return [answers.get(id(r)) or Failed(r.number, _not_a_number()) for r in requests]

    async def _ask(
        self, requests: list[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        if not requests:
            return []
        asked, api = [plain(request.number) for request in requests], account.api or MANIFEST.api
        reply = ask(lambda token: _call(api, asked, token), _grant(api, account), client, tokens)
        return await answered(reply, requests, self)


CARRIER: Final = FedEx()


def _not_a_number() -> CarrierError:
    return CarrierError(ErrorKind.INVALID_NUMBER, "FedEx's numbers have 6 to 40 letters and digits.")


# --- calling --------------------------------------------------------------------------------------------------


def _call(api: str, asked: Sequence[str], token: str) -> Call:
    wanted = [{"trackingNumberInfo": {"trackingNumber": number}} for number in asked]
    return Call(
        f"{api}/track/v1/trackingnumbers",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-locale": "en_US",
        },
        content=json.dumps({"includeDetailedScans": True, "trackingInfo": wanted}).encode(),
    )


def _proof_call(api: str, number: str, token: str) -> Call:
    wanted = {
        "trackDocumentDetail": {"documentType": "SIGNATURE_PROOF_OF_DELIVERY", "documentFormat": "PDF"},
        "trackDocumentSpecification": [{"trackingNumberInfo": {"trackingNumber": number}}],
    }
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": "application/json"}
    return Call(f"{api}/track/v1/trackingdocuments", headers=headers, content=json.dumps(wanted).encode())


def _grant(api: str, account: Account) -> Grant:
    form = {name: account.credentials.get(name, "") for name in ("client_id", "client_secret")}
    call = Call(f"{api}/oauth/token", data={"grant_type": "client_credentials", **form})
    return Grant(f"{SLUG} {api} {form['client_id']}", call, _no_token)


def _no_token(data: Json, http_status: int) -> CarrierError:
    """Why there is no token: credentials that are refused here are wrong, not expired."""
    found = objects(data.get("errors"))
    error = _error(found[0], http_status) if found else unreadable(http_status)
    return CarrierError(error.kind, error.message, code=error.code, http_status=http_status)


# --- reading --------------------------------------------------------------------------------------------------


def _answer(parcel: Json, http_status: int, asked: Sequence[str]) -> Answer:
    results = objects(parcel.get("trackResults"))
    number = text(parcel.get("trackingNumber")) or _own_number(results) or (asked[0] if len(asked) == 1 else "")
    found = [Found(number, report(result, number)) for result in results if _tells(result)]
    if found:
        return max(found, key=newest_scan)
    error = next((an_object(r.get("error")) for r in results if r.get("error")), {})
    return refusal(number, _error(error, http_status) if error else unreadable(http_status))


def _own_number(results: list[Json]) -> str | None:
    infos = (an_object(result.get("trackingNumberInfo")) for result in results)
    return next((number for info in infos if (number := text(info.get("trackingNumber"))) is not None), None)


def _tells(result: Json) -> bool:
    """Whether there is a parcel in it; an error beside scans is about something else."""
    latest = an_object(result.get("latestStatusDetail"))
    return bool(objects(result.get("scanEvents"))) or text(latest.get("code")) is not None


def _error(error: Json, http_status: int) -> CarrierError:
    code, message = text(error.get("code")), text(error.get("message"))
    kind = ERRORS.get(code or "") or kind_of_status(http_status)
    expired = True if code in EXPIRED else None
    said = message or f"FedEx refuses ({code})."
    return CarrierError(kind, said, code=code, http_status=http_status, retryable=expired)
