"""One tracking of Ship24 as a report. Pure.

`occurrenceDatetime` is local, with an offset only where the courier gave one. `datetime` repeats it with
a Z that means nothing, and `utcOffset` may be the text "null": neither is believed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.core.times import CarrierTime, parse_offset
from carriers.ship24.codes import MILESTONES

SLUG: Final = "ship24"


def read(tracking: Json) -> Report:
    """The report on one tracking."""
    shipment = an_object(tracking.get("shipment"))
    delivery = an_object(shipment.get("delivery"))
    now = text(shipment.get("statusMilestone"))
    stated = _meaning(now)
    moments = an_object(an_object(tracking.get("statistics")).get("timestamps"))
    found = report(
        SLUG,
        number_of(tracking) or "",
        [_checkpoint(event) for event in objects(tracking.get("events"))],
        stated=stated,
        unknown_codes=[now if stated is UNKNOWN else None],
    )
    return replace(
        found,
        delivered_at=found.delivered_at or (_wall(moments.get("deliveredDatetime")) if now == "delivered" else None),
        estimate=_estimate(delivery),
        proof=_proof(delivery),
        service=text(delivery.get("service")),
        origin_country=country(shipment.get("originCountryCode")),
        destination_country=country(shipment.get("destinationCountryCode")),
    )


def number_of(tracking: Json) -> str | None:
    """The number that was registered; events may be about a second one, of the last courier."""
    numbers = objects(an_object(tracking.get("shipment")).get("trackingNumbers"))
    own = an_object(tracking.get("tracker")).get("trackingNumber")
    return first_text(own, *(number.get("tn") for number in numbers))


def _meaning(milestone: str | None) -> Meaning:
    return MILESTONES.get((milestone or "").lower(), UNKNOWN)


def _checkpoint(event: Json) -> Checkpoint:
    milestone = text(event.get("statusMilestone"))
    return checkpoint(
        _meaning(milestone),
        code=first_text(event.get("statusCode"), milestone),
        text=text(event.get("status")),
        at=_time(event),
        place=Place(text=text(event.get("location"))),
    )


def _time(event: Json) -> CarrierTime | None:
    at = time(event.get("occurrenceDatetime")) or _wall(event.get("datetime"))
    if at is None:
        return None
    if event.get("hasNoTime") is True or _plain(event.get("hasNoTime")) == "true":
        return CarrierTime(at.wall.replace(hour=0, minute=0, second=0, microsecond=0), date_only=True)
    if at.offset is not None or at.date_only:
        return at
    try:
        return CarrierTime(at.wall, parse_offset(_plain(event.get("utcOffset"))))
    except ValueError:
        return at


def _plain(value: object) -> str:
    """A member whose value stands between stray commas."""
    return (text(value) or "").strip(" ,").lower()


def _wall(value: object) -> CarrierTime | None:
    """A time without the offset that it claims."""
    at = time(value)
    return CarrierTime(at.wall, date_only=at.date_only) if at is not None else None


def _estimate(delivery: Json) -> Estimate | None:
    """The day, and the courier's window on it."""
    window = an_object(delivery.get("courierEstimatedDeliveryDate"))
    earliest, latest = (_clock(window.get(end)) for end in ("from", "to"))
    day = time(delivery.get("estimatedDeliveryDate")) or latest or earliest
    if day is None:
        return None
    whole = earliest is not None and latest is not None and earliest.sort_key < latest.sort_key
    same_day = whole and {at.wall.date() for at in (earliest, latest) if at} == {day.wall.date()}
    return Estimate(day.wall.date(), earliest, latest) if same_day else Estimate(day.wall.date())


def _clock(value: object) -> CarrierTime | None:
    at = time(value)
    return at if at is not None and not at.date_only else None


def _proof(delivery: Json) -> ProofOfDelivery | None:
    signed_by = text(delivery.get("signedBy"))
    return ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None
