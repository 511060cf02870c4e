"""The Canada Post adapter. Knows the tracking service v2 and nothing of who asks.

Times are local. The label of the zone beside them is not reliable (EST in summer, or nothing), so it is
not read; midnight sharp is how archived events lose their time. A parcel may be delivered twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.canadapost.codes import ERRORS, THROTTLED, meaning
from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.meaning import checkpoint, report
from carriers.core.model import Answer, Checkpoint, Estimate, Found, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import kind_of_status, time, unreadable
from carriers.core.times import CarrierTime
from carriers.core.xml import Node, anywhere, every, first, read_xml, said

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="canadapost",
    label="Canada Post",
    names=(
        "Postes Canada",
        "Canada Post Corporation",
        "Canada Post Expedited Parcel",
        "Canada Post Regular Parcel",
        "Canada Post Priority",
        "Canada Post Xpresspost",
        "Xpresspost",
    ),
    tracking_page="https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}",
    api="https://soa-gw.canadapost.ca",
    credentials=(
        Credential("username", "User name of an API key of the Developer Program", secret=False),
        Credential("password", "Password of the same key"),
    ),
    quality=Quality.RECORDINGS,
    docs="https://www.canadapost-postescanada.ca/info/mc/business/productsservices/developers/services/tracking/default.jsf",
    terms="Calls a minute are limited without a published number.",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.SIGNER, Gives.PICKUP_POINT),
    times=Times.LOCAL,
)

_MIDNIGHT: Final = "00:00:00"


class CanadaPost:
    """Tracking by PIN."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /vis/track/pin/{pin}/detail. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        details = [detail for detail in anywhere(root, "tracking-detail") if said(detail, "pin") or _events(detail)]
        reports = [_report(detail, asked) for detail in details]
        return [Found(r.number, r) for r in reports] or refusals(asked, _refused(root, http_status))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Canada Post has a plain key
    ) -> list[Answer]:
        """Ask about one PIN after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = CanadaPost()


def _call(request: TrackRequest, account: Account) -> Call:
    return Call(
        f"{account.api or MANIFEST.api}/vis/track/pin/{quote(plain(request.number), safe='')}/detail",
        headers={"Accept": "application/vnd.cpc.track-v2+xml", "Accept-Language": "en-CA"},
        auth=(account.credentials.get("username", ""), account.credentials.get("password", "")),
    )


# --- reading --------------------------------------------------------------------------------------------------


def _events(detail: Node) -> list[Node]:
    return every(first(detail, "significant-events"), "occurrence")


def _report(detail: Node, asked: Sequence[str]) -> Report:
    number = said(detail, "pin") or (asked[0] if len(asked) == 1 else "")
    events = _events(detail)
    found = report(MANIFEST.slug, number, map(_checkpoint, events))
    arrived = found.delivered_at is not None
    return replace(
        found,
        estimate=_estimate(detail),
        proof=_proof(events) if arrived else None,
        service=said(detail, "service-name"),
        pickup_point=None if arrived else _pickup_point(events),
    )


def _checkpoint(event: Node) -> Checkpoint:
    code = said(event, "event-identifier")
    return checkpoint(
        meaning(code),
        code=code,
        text=said(event, "event-description"),
        at=_time(event),
        place=Place(
            city=said(event, "event-site"),
            region=said(event, "event-province"),
            text=said(event, "event-retail-name"),
        ),
    )


def _time(event: Node) -> CarrierTime | None:
    day, clock = said(event, "event-date"), said(event, "event-time")
    return time(f"{day}T{clock}" if clock not in (None, _MIDNIGHT) else day)


def _estimate(detail: Node) -> Estimate | None:
    day = time(said(detail, "changed-expected-date")) or time(said(detail, "expected-delivery-date"))
    return Estimate(day.wall.date()) if day is not None else None


def _proof(events: Sequence[Node]) -> ProofOfDelivery | None:
    """The newest name that somebody signed with: it stands at the delivery, or at the image of the signature."""
    names = [name for event in events if (name := said(event, "signatory-name")) is not None]
    return ProofOfDelivery(signed_by=names[0]) if names else None


def _pickup_point(events: Sequence[Node]) -> Place | None:
    waiting = [e for e in events if meaning(said(e, "event-identifier")).milestone is Milestone.READY_FOR_PICKUP]
    name = said(waiting[0], "event-retail-name") if waiting else None
    return Place(city=said(waiting[0], "event-site"), text=name) if name is not None else None


def _refused(root: Node, http_status: int) -> CarrierError:
    message = next(iter(anywhere(root, "message")), root)
    code, words = said(message, "code"), said(message, "description")
    if code is None and words is None:
        return unreadable(http_status)
    throttled = words is not None and THROTTLED in words
    kind = ErrorKind.RATE_LIMITED if throttled else ERRORS.get(code or "") or kind_of_status(http_status)
    return CarrierError(kind, words or f"Canada Post refuses ({code}).", code=code, http_status=http_status)
