"""One shipment of a MyDHL answer as a report. Pure.

Scans come in either order, and again under every piece; their local times have an offset only where
it was asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from carriers.core import meaning
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Checkpoint, Estimate, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.core.times import CarrierTime, parse_offset, with_offset
from carriers.dhl_express.codes import EVENTS

SLUG: Final = "dhl_express"
_AREA: Final = re.compile(r"^(.+?)\s*-\s*([A-Z]{2})$")
_TO_NAME: Final = re.compile(r"^Delivered\s*:\s*(\S.*)$", re.IGNORECASE)


def report(shipment: Json, number: str) -> Report:
    """The report on one shipment under this number."""
    events = scans_of(shipment)
    scans = [_checkpoint(event) for event in events]
    went_back = any(scan.milestone is Milestone.RETURNING for scan in scans)
    read = meaning.report(SLUG, number, scans)
    if went_back and read.delivered_at is not None:
        read = meaning.report(SLUG, number, scans, stated=Meaning(Milestone.RETURNED))
    return replace(
        read,
        estimate=_estimate(shipment),
        proof=_proof(events) if read.delivered_at is not None else None,
        origin_country=_country_of(shipment.get("shipperDetails")),
        destination_country=_country_of(shipment.get("receiverDetails")),
    )


def scans_of(shipment: Json) -> list[Json]:
    """The events of the shipment; those of its pieces, each once, where it has none of its own."""
    own = objects(shipment.get("events"))
    if own:
        return own
    pieces = [event for piece in objects(shipment.get("pieces")) for event in objects(piece.get("events"))]
    return list({_identity(event): event for event in pieces}.values())


def _identity(event: Json) -> tuple[str | None, ...]:
    members = (event.get(key) for key in ("date", "time", "typeCode", "description"))
    return (*(text(member) for member in members), _area(event))


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("typeCode"))
    return meaning.checkpoint(
        EVENTS.get(code or "", UNKNOWN),
        code=code,
        text=text(event.get("description")),
        at=_time(event),
        place=_place(_area(event)),
    )


def _time(event: Json) -> CarrierTime | None:
    day, clock = text(event.get("date")), text(event.get("time"))
    at = time(f"{day}T{clock}") if clock is not None else None
    local = at or time(day)
    return with_offset(local, None, _offset(event.get("GMTOffset"))) if local is not None else None


def _offset(value: object) -> timedelta | None:
    try:
        return parse_offset(text(value) or "")
    except ValueError:
        return None


def _area(event: Json) -> str | None:
    return next((found for area in objects(event.get("serviceArea")) if (found := text(area.get("description")))), None)


def _place(area: str | None) -> Place:
    """A service area, "CITY-CC"."""
    match = _AREA.match(area or "")
    if match is None:
        return Place(text=area)
    return Place(city=match[1], country=country(match[2]), text=area)


def _estimate(shipment: Json) -> Estimate | None:
    day = time(first_text(shipment.get("estimatedDeliveryDate"), shipment.get("estimatedTimeOfDelivery")))
    return Estimate(day.wall.date()) if day is not None else None


def _proof(events: list[Json]) -> ProofOfDelivery | None:
    """Who signed: in a member of its own, or behind "Delivered :" in the text of the delivery."""
    arrivals = [event for event in events if _checkpoint(event).milestone is Milestone.DELIVERED]
    names = [_signed_by(event) for event in arrivals]
    signed_by = next((name for name in reversed(names) if name is not None), None)
    return ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None


def _signed_by(event: Json) -> str | None:
    behind = _TO_NAME.match(text(event.get("description")) or "")
    return text(event.get("signedBy")) or (behind[1] if behind is not None else None)


def _country_of(side: object) -> str | None:
    return country(an_object(an_object(side).get("postalAddress")).get("countryCode"))
