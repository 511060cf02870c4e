"""The DHL Express adapter. Knows the MyDHL API and nothing of who asks.

One number a call: only that way does DHL add the offset of each scan. A number that begins with JD is
a piece's and is asked for in another place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.model import Answer, Document, Found
from carriers.core.proving import proven
from carriers.core.reading import (
    Json,
    an_object,
    failure_told,
    first_text,
    kind_of_status,
    objects,
    read_json,
    text,
    unreadable,
)
from carriers.dhl_express.shipment import SLUG, report

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="DHL Express",
    names=("DHL Express Worldwide", "DHL Express International", "DHL Express Domestic", "DHL Express Easy", "MyDHL"),
    tracking_page="https://www.dhl.com/en/express/tracking.html?brand=DHL&AWB={number}",
    api="https://express.api.dhl.com/mydhlapi",
    credentials=(
        Credential("username", "User name (API key) of a MyDHL API application", secret=False),
        Credential("password", "Password (API secret) of the same application"),
    ),
    instead=("dhl_unified",),
    batch_size=1,
    quota=Quota(),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://developer.dhl.com/api-reference/dhl-express-mydhl-api",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.SIGNER),
    times=Times.MIXED,
)


class DhlExpress:
    """Tracking and electronic proof of delivery of the MyDHL API."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /shipments/{number}/tracking or /tracking. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        if not isinstance(data.get("shipments"), list | dict):
            return refusals(asked, _problem(data, http_status))
        numbered = [(_number(shipment, asked), shipment) for shipment in objects(data["shipments"])]
        found: list[Answer] = [Found(number, report(shipment, number)) for number, shipment in numbered]
        nothing = CarrierError(ErrorKind.NOT_FOUND, "DHL's answer has no shipment in it.", http_status=http_status)
        return found or refusals(asked, nothing)

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The papers in an answer of GET /shipments/{number}/proof-of-delivery. Raises CarrierError."""
        papers = objects(an_object(read_json(body)).get("documents"))
        read = ((first_text(p.get("encodingFormat"), p.get("format")) or "PDF", p.get("content")) for p in papers)
        whole = ((kind, "".join(content.split())) for kind, content in read if isinstance(content, str))
        return tuple(Document(kind, content) for kind, content in whole if content)

    async def prove(
        self,
        request: TrackRequest,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; MyDHL has a plain password
    ) -> tuple[Document, ...]:
        """Ask for the electronic proof of one shipment. See `Proves.prove`."""
        return await proven(send(_proof_call(request, account), client), self)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; MyDHL has a plain password
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = DhlExpress()


def _call(request: TrackRequest, account: Account) -> Call:
    number, api = plain(request.number), account.api or MANIFEST.api
    wanted = {"trackingView": "all-checkpoints", "levelOfDetail": "all"}
    secret = (account.credentials.get("username", ""), account.credentials.get("password", ""))
    headers = {"Accept": "application/json"}
    if number.startswith(("JD", "JJD")):
        return Call(f"{api}/tracking", headers=headers, params={"pieceTrackingNumber": number, **wanted}, auth=secret)
    url = f"{api}/shipments/{quote(number, safe='')}/tracking"
    return Call(url, headers=headers, params={**wanted, "requestGMTOffsetPerEvent": "true"}, auth=secret)


def _proof_call(request: TrackRequest, account: Account) -> Call:
    url = f"{account.api or MANIFEST.api}/shipments/{quote(plain(request.number), safe='')}/proof-of-delivery"
    secret = (account.credentials.get("username", ""), account.credentials.get("password", ""))
    return Call(url, headers={"Accept": "application/json"}, auth=secret)


def _number(shipment: Json, asked: Sequence[str]) -> str:
    return text(shipment.get("shipmentTrackingNumber")) or (asked[0] if len(asked) == 1 else "")


def _problem(data: Json, http_status: int) -> CarrierError:
    """An RFC 9457 problem, or the reasons of the gateway in front of the service."""
    reason = next(iter(objects(data.get("reasons"))), {})
    said = first_text(data.get("detail"), data.get("message"), reason.get("msg"), data.get("title"))
    code = text(data.get("status"))
    if said is None and code is None:
        return unreadable(http_status)
    # A 404 that is no problem document comes from the gateway: the path is wrong, not the number.
    kind = kind_of_status(failure_told(http_status, code))
    lost = kind is ErrorKind.NOT_FOUND and code is None
    message = said or f"DHL refuses ({code})."
    return CarrierError(ErrorKind.BAD_REQUEST if lost else kind, message, code=code, http_status=http_status)
