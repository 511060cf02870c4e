"""The InPost adapter. Knows ShipX's tracking and nothing of who asks.

It covers Poland; InPost's companies elsewhere have systems of their own. Events are bare statuses: no
text, no place but the locker that the parcel is sent to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN, checkpoint, report
from carriers.core.model import Answer, Checkpoint, Found, Place, Report
from carriers.core.reading import (
    Json,
    an_object,
    degrees,
    failure_told,
    first_text,
    kind_of_status,
    objects,
    read_json,
    text,
    time,
    unreadable,
)
from carriers.inpost.codes import STATUSES

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="inpost",
    label="InPost",
    names=("InPost Paczkomaty", "InPost Polska", "InPost Poland", "InPost PL", "InPost Kurier", "Paczkomaty InPost"),
    tracking_page="https://inpost.pl/sledzenie-przesylek?number={number}",
    api="https://api-shipx-pl.easypack24.net",
    quality=Quality.UNVERIFIED,
    docs="https://dokumentacja-inpost.atlassian.net/wiki/spaces/PL/overview",
    gives=gives(Gives.COORDINATES, Gives.PICKUP_POINT),
    times=Times.OFFSET,
)


class InPost:
    """ShipX, tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /v1/tracking/{number}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        known = text(data.get("tracking_number")) is not None or objects(data.get("tracking_details"))
        if not known:
            return refusals(asked, _refused(data, http_status))
        found = _report(data, asked)
        return [Found(found.number, found)]

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; InPost asks for none
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = InPost()


def _call(request: TrackRequest, account: Account) -> Call:
    number = quote(plain(request.number), safe="")
    return Call(f"{account.api or MANIFEST.api}/v1/tracking/{number}", headers={"Accept": "application/json"})


# --- reading --------------------------------------------------------------------------------------------------


def _report(data: Json, asked: Sequence[str]) -> Report:
    status = text(data.get("status"))
    stated = STATUSES.get(status or "", UNKNOWN)
    found = report(
        MANIFEST.slug,
        text(data.get("tracking_number")) or (asked[0] if len(asked) == 1 else ""),
        [_checkpoint(detail) for detail in objects(data.get("tracking_details"))],
        stated=stated,
        unknown_codes=[status if stated is UNKNOWN else None],
    )
    pickup_point = _locker(an_object(data.get("custom_attributes")))
    return replace(found, service=text(data.get("service")), pickup_point=pickup_point)


def _checkpoint(detail: Json) -> Checkpoint:
    code = text(detail.get("status"))
    return checkpoint(STATUSES.get(code or "", UNKNOWN), code=code, text=None, at=time(detail.get("datetime")))


def _locker(attributes: Json) -> Place | None:
    """The locker that the parcel is sent to: its name, and where it stands."""
    detail = an_object(attributes.get("target_machine_detail"))
    name = first_text(attributes.get("target_machine_id"), detail.get("name"))
    point = an_object(detail.get("location"))
    if name is None:
        return None
    lat, lon = degrees(point.get("latitude"), 90), degrees(point.get("longitude"), 180)
    return Place(text=name, lat=lat, lon=lon)


def _refused(data: Json, http_status: int) -> CarrierError:
    code, message = text(data.get("error")), first_text(data.get("message"), data.get("error"))
    if message is None:
        return unreadable(http_status)
    kind = kind_of_status(failure_told(http_status, data.get("status")))
    return CarrierError(kind, message, code=code, http_status=http_status)
