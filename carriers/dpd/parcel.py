"""One tracking result of DPD as a report. Pure.

Dates are texts for people, in the writing of some country: with AM and PM the month stands first. Times
are local. The oldest step comes first; the number is in the question only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from carriers.core import meaning
from carriers.core.meaning import UNKNOWN
from carriers.core.model import Checkpoint, Place, Report
from carriers.core.reading import country, time
from carriers.core.times import CarrierTime, parse_compact
from carriers.core.xml import Node, every, first, said
from carriers.dpd.codes import STATUSES

SLUG: Final = "dpd"
_DATE: Final = re.compile(
    r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?$"
)
_PLACE: Final = re.compile(r"^(.+?)\s*\(([A-Z]{2})\)$")


def report(result: Node, number: str) -> Report:
    """The report on one tracking result under this number."""
    steps = reached(result)
    month_first = _month_first(filter(None, (_date_of(step) for step in steps)))
    current = next((step for step in steps if said(step, "isCurrentStatus") == "true"), None)
    read = meaning.report(
        SLUG,
        number,
        [_checkpoint(step, month_first=month_first) for step in reversed(steps)],
        stated=STATUSES.get(_word(current), UNKNOWN) if current is not None else None,
    )
    return replace(read, service=said(first(result, "shipmentInfo", "serviceDescription"), "content", "content"))


def reached(result: Node) -> list[Node]:
    """The steps that the parcel has reached; DPD also lists those before it."""
    return [step for step in every(result, "statusInfo") if said(step, "statusHasBeenReached") != "false"]


def _checkpoint(step: Node, *, month_first: bool) -> Checkpoint:
    return meaning.checkpoint(
        STATUSES.get(_word(step), UNKNOWN),
        code=said(step, "status"),
        text=_text(step),
        at=_stamp(_date_of(step), month_first=month_first),
        place=_place(said(step, "location", "content")),
    )


def _word(step: Node) -> str:
    return (said(step, "status") or "").upper()


def _text(step: Node) -> str | None:
    lines = [said(line, "content") for line in every(first(step, "description"), "content")]
    return " ".join(line for line in lines if line is not None) or said(step, "label", "content")


def _place(where: str | None) -> Place:
    match = _PLACE.match(where or "")
    return Place(city=match[1], country=country(match[2]), text=where) if match is not None else Place(text=where)


def _date_of(step: Node) -> str | None:
    return said(step, "date", "content")


def _month_first(dates: Iterable[str]) -> bool:
    """Whether an answer writes the month before the day: AM or PM says so, and so does a 13th month."""
    matches = [match for date in dates if (match := _DATE.match(date)) is not None]
    return any(match[7] is not None or int(match[2]) > 12 for match in matches)


def _stamp(date: str | None, *, month_first: bool) -> CarrierTime | None:
    match = _DATE.match(date or "")
    if match is None:
        return time(date)
    month, day = (match[1], match[2]) if month_first else (match[2], match[1])
    try:
        return parse_compact(f"{match[3]}{month:0>2}{day:0>2}", _clock(match))
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> str | None:
    if match[4] is None:
        return None
    hour = int(match[4])
    if match[7] is not None:
        hour = hour % 12 + (12 if match[7].upper() == "PM" else 0)
    return f"{hour:02}:{match[5]}:{match[6] or '00'}"
