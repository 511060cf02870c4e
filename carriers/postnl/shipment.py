"""One shipment of a PostNL answer as a report. Pure.

Times are local and without zone. An empty member is an empty object, or the text "{}".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.core.times import CarrierTime
from carriers.postnl.codes import EVENTS, STATUSES

SLUG: Final = "postnl"
_STAMP: Final = re.compile(r"^(\d{2})-(\d{2})-(\d{4})(?: (.+))?$")
_CODE: Final = re.compile(r"^(\d+)([A-Z])$")
_EMPTY: Final = "{}"


def read(shipment: Json, asked: Sequence[str]) -> Report:
    """The report on one shipment; `asked` fills in a barcode that it leaves out."""
    status = an_object(shipment.get("Status"))
    code, at = said(status.get("StatusCode")), stamp(first_text(status.get("TimeStamp"), status.get("Timestamp")))
    now = STATUSES.get(code or "", UNKNOWN)
    found = report(
        SLUG,
        said(shipment.get("Barcode")) or (asked[0] if len(asked) == 1 else ""),
        _checkpoints(shipment, status, at),
        stated=now,
        delivered_at=at,
        unknown_codes=[code if now is UNKNOWN else None],
    )
    return replace(
        found,
        estimate=_estimate(shipment),
        service=said(shipment.get("ProductDescription")),
        destination_country=_receiver(shipment),
    )


def said(value: object) -> str | None:
    """A text of PostNL's, without what stands for nothing."""
    plain = text(value)
    return None if plain == _EMPTY else plain


def stamp(value: object) -> CarrierTime | None:
    """A local time, "07-03-2026 23:20:05" or in ISO's order; None where there is none that can be read."""
    plain = said(value)
    match = _STAMP.match(plain) if plain is not None else None
    if match is None:
        return time(plain)
    day = f"{match[3]}-{match[2]}-{match[1]}"
    return time(f"{day}T{match[4]}" if match[4] else day)


def _checkpoints(shipment: Json, status: Json, at: CarrierTime | None) -> list[Checkpoint]:
    """The events; a short answer has none, and its status is the one thing known to have happened."""
    steps = [*objects(shipment.get("OldStatus")), status]
    moments = {said(s.get("TimeStamp")): m for s in steps if (m := STATUSES.get(said(s.get("StatusCode")) or ""))}
    events = [_event(event, moments) for event in objects(shipment.get("Event"))]
    code = said(status.get("StatusCode"))
    if events or code is None:
        return events
    words = said(status.get("StatusDescription"))
    return [checkpoint(STATUSES.get(code, UNKNOWN), code=code, text=words, at=at)]


def _event(event: Json, moments: dict[str | None, Meaning]) -> Checkpoint:
    code, moment = said(event.get("Code")), said(event.get("TimeStamp"))
    meaning = (moments.get(moment) if moment is not None else None) or EVENTS.get(_letter_first(code))
    return checkpoint(meaning or UNKNOWN, code=code, text=said(event.get("Description")), at=stamp(moment))


def _letter_first(code: str | None) -> str:
    match = _CODE.match(code or "")
    return f"{match[2]}{match[1]}" if match is not None else code or ""


def _estimate(shipment: Json) -> Estimate | None:
    expected = an_object(shipment.get("Expectation"))
    earliest, latest = stamp(expected.get("ETAFrom")), stamp(expected.get("ETATo"))
    day = latest or earliest or stamp(shipment.get("DeliveryDate"))
    if day is None:
        return None
    if earliest is None or latest is None or latest.date_only or earliest.sort_key >= latest.sort_key:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)


def _receiver(shipment: Json) -> str | None:
    addresses = [a for a in objects(shipment.get("Address")) if said(a.get("AddressType")) == "01"]
    return country(said(addresses[0].get("CountryCode"))) if addresses else None
