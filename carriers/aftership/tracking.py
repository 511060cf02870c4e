"""One tracking of AfterShip as a report. Pure.

Members have other names in older versions of the API; a push may still come in one of those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.aftership.codes import SUBTAGS, TAGS
from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, country, degrees, first_text, objects, text, time
from carriers.core.times import CarrierTime

SLUG: Final = "aftership"
_ARRIVED: Final = (Milestone.DELIVERED, Milestone.COLLECTED)


def read(tracking: Json) -> Report:
    """The report on one tracking. The tag is the current status, whatever the newest checkpoint says."""
    tag = text(tracking.get("tag"))
    stated = _meaning(tag, text(tracking.get("subtag")))
    events = objects(tracking.get("checkpoints")) or objects(tracking.get("checkpoint"))
    checkpoints = [_checkpoint(one) for one in events]
    found = report(
        SLUG,
        text(tracking.get("tracking_number")) or "",
        checkpoints,
        stated=stated,
        unknown_codes=[tag if stated is UNKNOWN else None],
    )
    return replace(
        found,
        delivered_at=_delivered_at(tracking, found),
        estimate=_estimate(tracking),
        proof=_proof(tracking),
        service=first_text(tracking.get("shipment_type"), tracking.get("slug")),
        origin_country=country(_either(tracking, "origin_country_region", "origin_country_iso3")),
        destination_country=country(_either(tracking, "destination_country_region", "destination_country_iso3")),
    )


def _meaning(tag: str | None, subtag: str | None) -> Meaning:
    return SUBTAGS.get(subtag or "") or TAGS.get(tag or "", UNKNOWN)


def _either(item: Json, *names: str) -> str | None:
    return first_text(*(item.get(name) for name in names))


def _checkpoint(one: Json) -> Checkpoint:
    tag, subtag = text(one.get("tag")), text(one.get("subtag"))
    return checkpoint(
        _meaning(tag, subtag),
        code=subtag or tag or text(one.get("raw_tag")),
        text=text(one.get("message")),
        at=time(one.get("checkpoint_time")),
        place=_place(one),
    )


def _place(one: Json) -> Place:
    point = an_object(one.get("coordinate"))
    return Place(
        city=text(one.get("city")),
        postcode=_either(one, "postal_code", "zip"),
        region=text(one.get("state")),
        country=country(_either(one, "country_region", "country_iso3", "country_region_name", "country_name")),
        lat=degrees(point.get("latitude"), 90),
        lon=degrees(point.get("longitude"), 180),
        text=text(one.get("location")),
    )


def _delivered_at(tracking: Json, found: Report) -> CarrierTime | None:
    """AfterShip's delivery time has no offset in most answers: then the scan that has one knows better."""
    if found.delivered_at is None and found.milestone not in _ARRIVED:
        return None
    stated = time(tracking.get("shipment_delivery_date"))
    both = [at for at in (stated, found.delivered_at) if at is not None]
    return next((at for at in both if at.offset is not None), both[0] if both else None)


def _estimate(tracking: Json) -> Estimate | None:
    """The newest estimate; what was promised with the order is none."""
    latest, courier, own = (
        an_object(tracking.get(name))
        for name in (
            "latest_estimated_delivery",
            "courier_estimated_delivery_date",
            "aftership_estimated_delivery_date",
        )
    )
    names = ("estimated_delivery_date", "estimated_delivery_date_min", "estimated_delivery_date_max")
    windows = [
        [latest.get(name) for name in ("datetime", "datetime_min", "datetime_max")],
        [courier.get(name) for name in names],
        [tracking.get("expected_delivery"), None, None],
        [own.get(name) for name in names],
    ]
    return next((found for day, start, end in windows if (found := _window(day, start, end)) is not None), None)


def _window(day: object, start: object, end: object) -> Estimate | None:
    earliest, latest = time(start), time(end)
    at = time(day) or latest or earliest
    if at is None:
        return None
    if earliest is None or latest is None or earliest.wall.date() != latest.wall.date() or latest.date_only:
        return Estimate(at.wall.date())
    return Estimate(at.wall.date(), earliest, latest)


def _proof(tracking: Json) -> ProofOfDelivery | None:
    """Who signed. Couriers write sentences there, too; a sentence about a signature is nobody's name."""
    signed_by = text(tracking.get("signed_by"))
    sentence = signed_by if signed_by is not None and "signature" in signed_by.lower() else None
    urls = [text(one.get("url")) for one in objects(tracking.get("proof_of_delivery"))]
    url = next((url for url in urls if url is not None and url.startswith("https://")), None)
    if signed_by is None and url is None:
        return None
    return ProofOfDelivery(None if sentence else signed_by, sentence, document_url=url)
