"""One package of a UPS answer as a report. Pure.

Local and UTC stamps stand side by side in newer answers, in two spellings; older ones have local time
only, and that stays "zone unknown".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from carriers.core.answers import deciding, newest_first
from carriers.core.model import Checkpoint, Document, Estimate, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, country, first_text, number, objects, text
from carriers.core.times import CarrierTime, parse_compact, parse_offset, with_offset
from carriers.ups.codes import ACTIVITIES, STATUSES, TYPES, UNKNOWN, Meaning

SLUG: Final = "ups"
_WINDOWS: Final = ("EDW", "CDW", "IDW")  # estimated, confirmed, imminent delivery window
_NOTHING: Final = "null"  # a text, in some answers
_MAGIC: Final = (
    (b"GIF8", "image/gif"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF", "application/pdf"),
    (b"<", "text/html"),
)


def report(package: Json, fallback: str) -> Report:
    """The report on one package; `fallback` is the number asked for, should the package not repeat its own."""
    delivered = _delivery_day(package)
    checkpoints = newest_first(_checkpoint(a, delivered is not None) for a in objects(package.get("activity")))
    current = an_object(package.get("currentStatus"))
    stated = _number(current.get("code"), current.get("statusCode"))
    now = _now(stated, text(current.get("type")), checkpoints)
    return Report(
        carrier=SLUG,
        number=text(package.get("trackingNumber")) or fallback,
        milestone=now.milestone,
        checkpoints=checkpoints,
        reason=now.reason,
        delayed=now.delayed or _postponed(package),
        estimate=_estimate(package),
        delivered_at=_delivered_at(checkpoints, delivered) if now.milestone is Milestone.DELIVERED else None,
        proof=proof(an_object(package.get("deliveryInformation"))),
        service=text(an_object(package.get("service")).get("description")),
        origin_country=_address_country(package, "ORIGIN"),
        destination_country=_address_country(package, "DESTINATION"),
        unknown_codes=unknown([stated, *(_code(a) for a in objects(package.get("activity")))]),
    )


def meaning(code: str | None, kind: str | None, activity: str | None = None, *, delivered: bool) -> Meaning:
    """What a numeric code says; where UPS gave no number, the code of the activity or the type.

    `delivered`: UPS states a delivery date.
    """
    if code is not None:
        numeric = number(code)
        return UNKNOWN if numeric is None else STATUSES.get(numeric, UNKNOWN)
    if (activity or "") in ACTIVITIES:
        return ACTIVITIES[activity or ""]
    if kind == "D":
        return Meaning(Milestone.DELIVERED) if delivered else UNKNOWN
    return TYPES.get(kind or "", UNKNOWN)


def unknown(codes: Iterable[str | None]) -> tuple[str, ...]:
    """The numeric codes that are in no table, each once."""
    return tuple(dict.fromkeys(c for c in codes if c is not None and number(c) not in STATUSES))


def stamp(day: object, clock: object) -> CarrierTime | None:
    """A compact date and time; None where UPS gave none that can be read."""
    plain = text(day)
    if plain is None:
        return None
    try:
        return parse_compact(plain, text(clock))
    except ValueError:
        return None


def place(address: Json) -> Place:
    """An address of the API, without the street."""
    return Place(
        city=text(address.get("city")),
        postcode=text(address.get("postalCode")),
        region=text(address.get("stateProvince")),
        country=country(first_text(address.get("countryCode"), address.get("country"))),
    )


def proof(delivery: Json) -> ProofOfDelivery | None:
    """What proves the delivery, or None where the answer holds nothing of it."""
    signed_by, where = text(delivery.get("receivedBy")), text(delivery.get("location"))
    papers = documents(delivery)
    if signed_by is None and where is None and not papers:
        return None
    return ProofOfDelivery(signed_by=signed_by, description=where, documents=papers)


def documents(delivery: Json) -> tuple[Document, ...]:
    """Signature, photo and proof page, as UPS sent them in base64."""
    papers = (
        ("image", an_object(delivery.get("signature")).get("image")),
        ("image", an_object(delivery.get("deliveryPhoto")).get("photo")),
        ("text/html", an_object(delivery.get("pod")).get("content")),
    )
    whole = [
        (usual, "".join(p.split())) for usual, p in papers if isinstance(p, str) and "://" not in p and p != _NOTHING
    ]
    return tuple(Document(_format(content) or usual, content) for usual, content in whole if content)


def _format(content: str) -> str | None:
    """The media type that the first bytes of a base64 text show, or None."""
    try:
        head = base64.b64decode(content[:32], validate=True).lstrip()
    except ValueError:  # also for what is not ASCII
        return None
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _now(code: str | None, kind: str | None, checkpoints: tuple[Checkpoint, ...]) -> Meaning:
    """UPS's own current status where its code says where the parcel is, else the newest scan that does."""
    stated = meaning(code, kind, delivered=False)
    if stated.milestone not in (None, Milestone.UNKNOWN):
        return stated
    newest = deciding(checkpoints)
    return Meaning(newest.milestone, newest.reason, newest.delayed) if newest is not None else Meaning(None)


def _number(*codes: object) -> str | None:
    """The numeric one of the codes; the first where none is."""
    known = [code for value in codes if (code := text(value)) is not None]
    return next((code for code in known if number(code) is not None), next(iter(known), None))


def _code(activity: Json) -> str | None:
    return text(an_object(activity.get("status")).get("statusCode"))


def _checkpoint(activity: Json, delivered: bool) -> Checkpoint:
    status = an_object(activity.get("status"))
    kind = text(status.get("type"))
    said = meaning(_code(activity), kind, text(status.get("code")), delivered=delivered)
    return Checkpoint(
        code=first_text(status.get("code"), status.get("statusCode"), kind),
        text=first_text(status.get("description"), status.get("simplifiedTextDescription")),
        at=_time(activity),
        place=place(an_object(an_object(activity.get("location")).get("address"))),
        milestone=said.milestone,
        reason=said.reason,
        delayed=said.delayed,
    )


def _time(activity: Json) -> CarrierTime | None:
    local = stamp(activity.get("date"), activity.get("time"))
    offset = _offset(activity.get("gmtOffset"))
    if local is not None and offset is not None:
        return with_offset(local, None, offset)
    utc = stamp(activity.get("gmtDate"), activity.get("gmtTime"))
    if local is not None:
        return with_offset(local, utc, offset)
    if utc is None or utc.date_only:
        return utc
    shift = offset or timedelta(0)
    return CarrierTime(utc.wall + shift, shift)


def _offset(value: object) -> timedelta | None:
    plain = text(value)
    if plain is None:
        return None
    try:
        return parse_offset(plain)
    except ValueError:
        return None


def _dates(package: Json) -> dict[str, CarrierTime]:
    stamps = ((text(d.get("type")), stamp(d.get("date"), None)) for d in objects(package.get("deliveryDate")))
    return {kind.upper(): day for kind, day in stamps if kind is not None and day is not None}


def _delivery_day(package: Json) -> CarrierTime | None:
    """The day UPS says it delivered, with the time where it gives one."""
    day = _dates(package).get("DEL")
    if day is None:
        return None
    clock = an_object(package.get("deliveryTime"))
    end = clock.get("endTime") if text(clock.get("type")) == "DEL" else None
    return stamp(day.wall.strftime("%Y%m%d"), end) or day


def _postponed(package: Json) -> bool:
    dates = _dates(package)
    return "RDD" in dates and "SDD" in dates and dates["RDD"].wall > dates["SDD"].wall


def _estimate(package: Json) -> Estimate | None:
    """Rescheduled wins over scheduled; the delivered date is no estimate."""
    dates = _dates(package)
    day = dates.get("RDD") or dates.get("SDD")
    if day is None:
        return None
    compact, clock = day.wall.strftime("%Y%m%d"), an_object(package.get("deliveryTime"))
    kind, start, end = text(clock.get("type")), text(clock.get("startTime")), text(clock.get("endTime"))
    if kind in _WINDOWS and start and end:
        return Estimate(day.wall.date(), stamp(compact, start), stamp(compact, end))
    return Estimate(day.wall.date(), latest=stamp(compact, end) if kind == "CMT" and end else None)


def _delivered_at(checkpoints: tuple[Checkpoint, ...], delivered: CarrierTime | None) -> CarrierTime | None:
    """The stated delivery, with the offset of the scan that reports it; the scan where none is stated."""
    scan = next((c.at for c in checkpoints if c.milestone is Milestone.DELIVERED and c.at is not None), None)
    if delivered is None or scan is None:
        return delivered or scan
    if delivered.date_only:
        return scan if scan.wall.date() == delivered.wall.date() else delivered
    return CarrierTime(delivered.wall, scan.offset)


def _address_country(package: Json, kind: str) -> str | None:
    sides = (a for a in objects(package.get("packageAddress")) if (text(a.get("type")) or "").upper() == kind)
    side = an_object(next(sides, {}).get("address"))
    return country(first_text(side.get("countryCode"), side.get("country")))
