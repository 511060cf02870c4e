"""The DHL adapter. Knows the Unified Shipment Tracking API (1.5) and nothing of who asks.

Several shipments may come back for one number: numbers are unique only inside a division, so the
service is sent whenever it is known. Times are with an offset for some divisions and naive local for
others; both may stand in one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from carriers.core.answers import in_order, newest_scan, refusal, refusals
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.model import Answer, Found
from carriers.core.reading import (
    Json,
    an_object,
    first_text,
    kind_of_status,
    number,
    objects,
    read_json,
    unreadable,
)
from carriers.dhl_unified.codes import FAULTS, SERVICES
from carriers.dhl_unified.shipment import report

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="dhl_unified",
    label="DHL",
    names=(
        "DHL Parcel",
        "DHL Parcel NL",
        "DHL Parcel UK",
        "DHL Parcel Poland",
        "DHL Parcel Iberia",
        "DHL eCommerce",
        "DHL eCommerce Europe",
        "DHL Freight",
        "DHL Global Mail",
        "Deutsche Post",
        "Deutsche Post DHL",
    ),
    services=(
        ("DHL Express", "express"),
        ("DHL Paket", "parcel-de"),
        ("DHL Germany", "parcel-de"),
        ("DHL Parcel NL", "parcel-nl"),
        ("DHL Parcel UK", "parcel-uk"),
        ("DHL Parcel Poland", "parcel-pl"),
        ("DHL Parcel Iberia", "ecommerce-iberia"),
        ("DHL eCommerce Europe", "ecommerce-europe"),
        ("DHL Freight", "freight"),
    ),
    tracking_page="https://www.dhl.com/global-en/home/tracking/tracking-parcel.html?submit=1&tracking-id={number}",
    api="https://api-eu.dhl.com/track",
    credentials=(Credential("api_key", "API key of an application with Shipment Tracking - Unified"),),
    batch_size=1,
    quota=Quota(per_second=0.2, per_day=250),
    quality=Quality.VENDOR_SAMPLES,
    retention_days=90,
    docs="https://developer.dhl.com/api-reference/shipment-tracking",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.MIXED,
    better_with=("postcode", "service"),
    terms="250 calls a day until DHL raises that on request: ask before the shop opens.",
)


class DhlUnified:
    """Shipment Tracking - Unified."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /shipments. See `Carrier.parse`."""
        try:
            data = read_json(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        if isinstance(data, dict) and isinstance(data.get("shipments"), list | dict):
            return self._shipments(data, http_status, asked)
        return refusals(asked, _problem(an_object(data), http_status))

    def _shipments(self, data: Json, http_status: int, asked: Sequence[str]) -> list[Answer]:
        found = [report(shipment, asked) for shipment in objects(data["shipments"])]
        if found:
            return [Found(r.number, r) for r in found]
        nothing = CarrierError(ErrorKind.NOT_FOUND, "DHL's answer has no shipment in it.", http_status=http_status)
        return refusals(asked, nothing)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; DHL has a plain key
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return [await self._ask(request, account, client) for request in requests]

    async def _ask(self, request: TrackRequest, account: Account, client: httpx2.AsyncClient) -> Answer:
        try:
            reply = await send(_call(request, account), client)
        except CarrierError as error:
            return refusal(request.number, error)
        answers = self.parse(reply.body, http_status=reply.status, asked=[request.number])
        return in_order([request], [_best(answers, request)], reply)[0]


CARRIER: Final = DhlUnified()


def _call(request: TrackRequest, account: Account) -> Call:
    params = {
        "trackingNumber": request.number.strip(),
        "service": request.service if request.service in SERVICES else None,
        "requesterCountryCode": request.country,
        "recipientPostalCode": request.postcode,
        "language": "en",
    }
    return Call(
        f"{account.api or MANIFEST.api}/shipments",
        headers={"DHL-API-Key": account.credentials.get("api_key", ""), "Accept": "application/json"},
        params={name: value for name, value in params.items() if value},
    )


def _best(answers: list[Answer], request: TrackRequest) -> Answer:
    """The shipment that is most likely ours: number, then division, then country, then the newest scan."""

    def likeness(answer: Answer) -> tuple[bool, bool, bool, str]:
        if not isinstance(answer, Found):
            return False, False, False, ""
        found = answer.report
        return (
            found.number.upper() == request.number.strip().upper(),
            request.service is not None and found.service == request.service,
            request.country is not None and found.destination_country == request.country.upper(),
            newest_scan(answer),
        )

    return max(answers, key=likeness)


def _problem(data: Json, http_status: int) -> CarrierError:
    """An RFC 9457 problem, or the fault of the gateway in front of the service."""
    fault = an_object(data.get("fault"))
    code = first_text(an_object(fault.get("detail")).get("errorcode"), data.get("status"), data.get("statusCode"))
    title = first_text(data.get("title"), fault.get("faultstring"), data.get("error"))
    said = dict.fromkeys(
        part for part in (title, first_text(data.get("detail"), data.get("message"))) if part is not None
    )
    if not said and code is None:
        return unreadable(http_status)
    kind = _kind(code, title, http_status)
    return CarrierError(kind, ": ".join(said) or f"DHL refuses ({code}).", code=code, http_status=http_status)


def _kind(code: str | None, title: str | None, http_status: int) -> ErrorKind:
    if code in FAULTS:
        return FAULTS[code]
    inner = number(code)
    kind = kind_of_status(inner if inner is not None and http_status < 400 else http_status)
    # A 404 that is no problem document comes from the gateway: the path is wrong, not the number.
    lost = kind is ErrorKind.NOT_FOUND and code is None and title is None
    return ErrorKind.BAD_REQUEST if lost else kind
