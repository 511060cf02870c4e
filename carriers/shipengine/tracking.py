"""One tracking of ShipEngine as a report. Pure.

Events carry the codes of the carrier behind, which mean something else with each: only ShipEngine's
own status code of an event is read, and many answers leave it out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.core.meaning import NOTE, UNKNOWN, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, country, degrees, first_text, objects, text, time
from carriers.core.times import CarrierTime, with_offset
from carriers.shipengine.codes import STATUSES

SLUG: Final = "shipengine"


def read(tracking: Json) -> Report:
    """The report on one tracking."""
    status = text(tracking.get("status_code"))
    stated = STATUSES.get(status or "", UNKNOWN)
    events = objects(tracking.get("events"))
    found = report(
        SLUG,
        text(tracking.get("tracking_number")) or "",
        map(_checkpoint, events),
        stated=stated,
        delivered_at=time(tracking.get("actual_delivery_date")),
        unknown_codes=[status if stated is UNKNOWN else None],
    )
    expected = time(tracking.get("estimated_delivery_date"))
    signer = first_text(*(event.get("signer") for event in events))
    arrived = found.milestone is Milestone.DELIVERED
    return replace(
        found,
        estimate=Estimate(expected.wall.date()) if expected is not None else None,
        proof=ProofOfDelivery(signed_by=signer) if arrived and signer is not None else None,
        service=text(tracking.get("carrier_code")),
    )


def _checkpoint(event: Json) -> Checkpoint:
    status = text(event.get("status_code"))
    return checkpoint(
        STATUSES.get(status, UNKNOWN) if status is not None else NOTE,
        code=first_text(event.get("event_code"), event.get("carrier_status_code"), status),
        text=first_text(
            event.get("description"), event.get("event_description"), event.get("carrier_detail_description")
        ),
        at=_time(event),
        place=Place(
            city=text(event.get("city_locality")),
            postcode=text(event.get("postal_code")),
            region=text(event.get("state_province")),
            country=country(event.get("country_code")),
            lat=degrees(event.get("latitude"), 90),
            lon=degrees(event.get("longitude"), 180),
        ),
    )


def _time(event: Json) -> CarrierTime | None:
    """UTC, turned into local time where the carrier's own clock beside it differs by a time zone."""
    utc, local = time(event.get("occurred_at")), time(event.get("carrier_occurred_at"))
    if utc is None or local is None or local.date_only or utc.offset is None:
        return utc or local
    at = with_offset(CarrierTime(local.wall), CarrierTime(utc.wall - utc.offset), local.offset)
    return at if at.instant == utc.instant else utc
