"""One piece of a Parcel DE Tracking answer as a report. Pure.

Everything stands in attributes; events come oldest first, in German local time without an offset.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from carriers.core import meaning
from carriers.core.answers import deciding
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Checkpoint, Estimate, Milestone, Place, ProofOfDelivery, Reason, Report
from carriers.core.reading import country, time
from carriers.core.times import CarrierTime, parse_compact
from carriers.core.xml import Node, anywhere, attribute
from carriers.dhl_parcel_de.codes import EVENTS, FINER, REASONS

SLUG: Final = "dhl_parcel_de"
_STAMP: Final = re.compile(r"^(\d{2})\.(\d{2})\.(\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?$")
_CLOCK: Final = re.compile(r"^\d{1,2}:\d{2}$")
_EVENT_NAMES: Final = ("piece-event", "pieceevent")
_TROUBLE: Final = (Milestone.ATTEMPTED, Milestone.EXCEPTION, Milestone.RETURNING)
_RETURNING: Final = (Milestone.HANDED_OVER, Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY)


def report(piece: Node, number: str) -> Report:
    """The report on one piece under this number."""
    scans = [_checkpoint(event) for event in reversed(events_of(piece))]
    stated = _meaning(piece)
    if attribute(piece, "delivery-event-flag") == "1" and stated.milestone is Milestone.UNKNOWN:
        stated = Meaning(Milestone.RETURNED if _goes_back(piece) else Milestone.DELIVERED)
    if stated.milestone is None and deciding(scans) is None:
        stated = Meaning(Milestone.LABEL_CREATED)  # DHL has the data, and nothing else happened
    arrived = stated.milestone is Milestone.DELIVERED
    at = _stamp(attribute(piece, "status-timestamp", "last-event-timestamp"))
    code = attribute(piece, "standard-event-code")
    read = meaning.report(
        SLUG, number, scans, stated=stated, delivered_at=at, unknown_codes=[code] if code not in EVENTS else []
    )
    return replace(
        read,
        estimate=None if arrived else _estimate(piece),
        proof=_proof(piece) if arrived else None,
        service=attribute(piece, "product-name"),
        origin_country=country(attribute(piece, "origin-country")),
        destination_country=country(attribute(piece, "dest-country")),
    )


def events_of(piece: Node) -> list[Node]:
    """The events below a piece."""
    return [node for node in anywhere(piece, "data") if attribute(node, "name") in _EVENT_NAMES]


def _meaning(node: Node) -> Meaning:
    """What the codes of a piece or an event say; on the way back, a step forward is one back."""
    code, ice, ric = (attribute(node, name) or "" for name in ("standard-event-code", "ice", "ric"))
    said = FINER.get((code, ice, ric)) or FINER.get((code, ice, "")) or EVENTS.get(code, UNKNOWN)
    if said.milestone in _TROUBLE and said.reason in (None, Reason.OTHER):
        said = said._replace(reason=REASONS.get(ric, said.reason))
    if not _goes_back(node):
        return said
    if said.milestone is Milestone.DELIVERED:
        return Meaning(Milestone.RETURNED)
    return Meaning(Milestone.RETURNING) if said.milestone in _RETURNING else said


def _goes_back(node: Node) -> bool:
    return attribute(node, "ruecksendung") == "true"


def _checkpoint(event: Node) -> Checkpoint:
    return meaning.checkpoint(
        _meaning(event),
        code=attribute(event, "standard-event-code", "ice"),
        text=attribute(event, "event-status", "event-text", "event-short-status"),
        at=_stamp(attribute(event, "event-timestamp")),
        place=Place(city=attribute(event, "event-location"), country=country(attribute(event, "event-country"))),
    )


def _stamp(value: str | None) -> CarrierTime | None:
    match = _STAMP.match(value or "")
    if match is None:
        return None
    try:
        return parse_compact(f"{match[3]}{match[2]}{match[1]}", match[4])
    except ValueError:
        return None


def _estimate(piece: Node) -> Estimate | None:
    """The announced day and its window, which DHL adds for accounts that may know them."""
    said = attribute(piece, "delivery-date")
    day = _stamp(said) or time(said)
    if day is None:
        return None
    ends = (attribute(piece, f"delivery-timeframe-{end}") or "" for end in ("from", "to"))
    earliest, latest = (_stamp(f"{day.wall:%d.%m.%Y} {clock}") if _CLOCK.match(clock) else None for clock in ends)
    if earliest is None or latest is None or earliest.wall >= latest.wall:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)


def _proof(piece: Node) -> ProofOfDelivery | None:
    """To whom it was given, in DHL's words. The recipient's name is the one on the label and proves nothing."""
    receiver = attribute(piece, "recipient-id-text")
    return ProofOfDelivery(description=receiver) if receiver is not None else None
