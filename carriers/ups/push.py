"""One event as UPS Track Alert pushes it. Pure; whether UPS sent it was checked before.

A push carries one event and no history, so it never says anything about what happened earlier.
"""

from __future__ import annotations

from datetime import timedelta

from carriers.core.model import Checkpoint, Estimate, Milestone, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, first_text, text
from carriers.core.times import CarrierTime, parse_offset, with_offset
from carriers.ups.package import SLUG, documents, meaning, place, stamp, unknown


def pushed_report(event: Json) -> Report:
    """The report in one pushed event. Absent members come as ""; the number may have a leading blank."""
    status = an_object(event.get("activityStatus"))
    code = text(status.get("descriptionCode"))
    delivered = stamp(event.get("actualDeliveryDate"), event.get("actualDeliveryTime"))
    said = meaning(code, text(status.get("type")), text(status.get("code")), delivered=delivered is not None)
    at = _time(event)
    known = said.milestone is not Milestone.UNKNOWN
    return Report(
        carrier=SLUG,
        number=text(event.get("trackingNumber")) or "",
        milestone=said.milestone if known else None,
        checkpoints=(
            Checkpoint(
                code=first_text(status.get("code"), code, status.get("type")),
                text=text(status.get("description")),
                at=at,
                place=place(an_object(event.get("activityLocation"))),
                milestone=said.milestone,
                reason=said.reason,
                delayed=said.delayed,
            ),
        ),
        reason=said.reason,
        delayed=said.delayed,
        estimate=_estimate(event),
        delivered_at=_delivered_at(delivered, at) if said.milestone is Milestone.DELIVERED else None,
        proof=_proof(event),
        unknown_codes=unknown([code]),
    )


def _time(event: Json) -> CarrierTime | None:
    local = stamp(event.get("localActivityDate"), event.get("localActivityTime"))
    utc = stamp(event.get("gmtActivityDate"), event.get("gmtActivityTime"))
    if local is not None:
        return with_offset(local, utc, _offset(event.get("gmtOffset")))
    return CarrierTime(utc.wall, timedelta(0)) if utc is not None and not utc.date_only else utc


def _offset(value: object) -> timedelta | None:
    """An offset, "-04.00"."""
    try:
        return parse_offset((text(value) or "").replace(".", ":"))
    except ValueError:
        return None


def _delivered_at(delivered: CarrierTime | None, at: CarrierTime | None) -> CarrierTime | None:
    if delivered is None or delivered.date_only or at is None:
        return at or delivered
    return CarrierTime(delivered.wall, at.offset)


def _estimate(event: Json) -> Estimate | None:
    day = stamp(event.get("scheduledDeliveryDate"), None)
    if day is None:
        return None
    starts, ends = (
        stamp(event.get("scheduledDeliveryDate"), event.get(k)) for k in ("deliveryStartTime", "deliveryEndTime")
    )
    window = [None if end is None or end.date_only else end for end in (starts, ends)]
    return Estimate(day.wall.date(), *window)


def _proof(event: Json) -> ProofOfDelivery | None:
    photo = text(event.get("deliveryPhoto"))
    papers = documents({"deliveryPhoto": {"photo": event.get("deliveryPhoto")}}) if photo else ()
    signed_by = text(event.get("receivedBy"))
    return ProofOfDelivery(signed_by=signed_by, documents=papers) if papers or signed_by is not None else None
