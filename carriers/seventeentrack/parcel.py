"""One parcel of 17TRACK as a report. Pure.

A parcel may be told by several providers, the carrier that took it and the one that hands it out; what
they say is one history.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.core.meaning import NOTE, UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Place, Report
from carriers.core.reading import Json, an_object, country, degrees, first_text, objects, text, time
from carriers.core.times import CarrierTime
from carriers.seventeentrack.codes import STATUSES, meaning

SLUG: Final = "seventeentrack"


def read(parcel: Json) -> Report:
    """The report on one parcel."""
    info = an_object(parcel.get("track_info"))
    latest = an_object(info.get("latest_status"))
    status = text(latest.get("status"))
    stated = meaning(status, text(latest.get("sub_status")))
    providers = objects(an_object(info.get("tracking")).get("providers"))
    found = report(
        SLUG,
        text(parcel.get("number")) or "",
        [_checkpoint(event) for provider in providers for event in objects(provider.get("events"))],
        stated=stated,
        unknown_codes=[status if stated is None else None],
    )
    sides = an_object(info.get("shipping_info"))
    return replace(
        found,
        estimate=_estimate(an_object(an_object(info.get("time_metrics")).get("estimated_delivery_date"))),
        service=text(an_object(info.get("misc_info")).get("service_type")),
        origin_country=country(an_object(sides.get("shipper_address")).get("country")),
        destination_country=country(an_object(sides.get("recipient_address")).get("country")),
    )


def _checkpoint(event: Json) -> Checkpoint:
    stage, sub_status = text(event.get("stage")), text(event.get("sub_status"))
    return checkpoint(
        _meaning(stage, sub_status),
        code=first_text(event.get("sub_status"), event.get("stage")),
        text=text(event.get("description")),
        at=_time(event),
        place=_place(event),
    )


def _meaning(stage: str | None, sub_status: str | None) -> Meaning:
    """A sub-status begins with its status; an event that has neither says nothing about where the parcel is."""
    if stage is None and sub_status is None:
        return NOTE
    main = (sub_status or "").partition("_")[0]
    return meaning(main if main in STATUSES else stage, sub_status) or UNKNOWN


def _time(event: Json) -> CarrierTime | None:
    """With an offset where 17TRACK knows the zone; else what the carrier wrote."""
    at = time(event.get("time_iso"))
    if at is not None:
        return at
    raw = an_object(event.get("time_raw"))
    day, clock = text(raw.get("date")), text(raw.get("time"))
    return (time(f"{day}T{clock}") if clock is not None else None) or time(day)


def _place(event: Json) -> Place:
    address = an_object(event.get("address"))
    point = an_object(address.get("coordinates"))
    return Place(
        city=text(address.get("city")),
        postcode=text(address.get("postal_code")),
        region=text(address.get("state")),
        country=country(address.get("country")),
        lat=degrees(point.get("latitude"), 90),
        lon=degrees(point.get("longitude"), 180),
        text=text(event.get("location")),
    )


def _estimate(said: Json) -> Estimate | None:
    earliest, latest = time(said.get("from")), time(said.get("to"))
    day = latest or earliest
    if day is None:
        return None
    same_day = earliest is not None and latest is not None and earliest.wall.date() == latest.wall.date()
    if not same_day or day.date_only or earliest == latest:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)
