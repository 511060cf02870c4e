"""What is odd about a policy that is no fault: members that contradict each other or never come to anything, texts that
a language lacks, times that are past. Pure.

Each remark names the path of what it is about, so that it can be told with its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Final
from zoneinfo import ZoneInfo

from portal.editing.answers import Action, Verdict
from portal.editing.policy.document import (
    ExceptionTable,
    PolicyDocument,
    QuantityTable,
    RuleTable,
    WhenTable,
    member,
)
from portal.editing.policy.fields import DAYS
from portal.editing.policy.spans import written

Path = tuple[str | int, ...]
Remark = tuple[Path, str]

SPOKEN: Final = ("de", "en", "es", "fr", "it", "nl")
_LISTS: Final = ("products", "categories", "tags", "flags", "kinds", "shops", "channels", "countries", "methods")


def review(document: PolicyDocument, now: datetime) -> list[Remark]:
    """The remarks, in the order of the file's parts."""
    remarks = [*_about_calendar(document, now)]
    for path, rule in document.rules():
        remarks += _about_rule(path, rule)
    remarks += _about_cancelling(document)
    remarks += _about_exceptions(document, now)
    remarks += _about_returns(document)
    return [*remarks, *_about_languages(document)]


def _about_calendar(document: PolicyDocument, now: datetime) -> Iterator[Remark]:
    calendar = document.calendar
    days = [day for day in calendar.holidays if isinstance(day, date)]
    if days and max(days) < now.date():
        yield ("calendar", "holidays"), f"all are past: the last one was {max(days)}"
    cut_offs = [rule.cut_off for _, rule in document.rules() if rule.cut_off is not None]
    if not cut_offs and calendar.model_fields_set & {"opening_days", "holidays"}:
        yield ("calendar",), "opening days and holidays are for cut-offs, and no rule has one"
    for place, day in enumerate(calendar.holidays):
        if isinstance(day, date) and DAYS[day.weekday()] not in calendar.opening_days and cut_offs:
            yield ("calendar", "holidays", place), f"{day} is a {day:%A}, on which the shop is closed anyway"


def _about_rule(path: Path, rule: RuleTable) -> Iterator[Remark]:
    stated = rule.model_fields_set
    if rule.verdict is Verdict.NO:
        for name in sorted(stated & {"window", "cut_off", "fee", "afterwards", "text_afterwards"}):
            yield (*path, name), 'means nothing where the verdict is "no"'
        return
    if not rule.is_limited:
        for name in sorted(stated & {"afterwards", "text_afterwards"}):
            yield (*path, name), "never comes: the rule has neither window nor cut_off"
    elif rule.afterwards is rule.verdict:
        yield (*path, "afterwards"), f'is "{rule.verdict}" as the verdict: the time limit changes nothing'
    fee = getattr(rule, "fee", None)
    if fee and fee.free_for and rule.window and fee.free_for >= rule.window and rule.afterwards is Verdict.NO:
        free, window = written(fee.free_for), written(rule.window)
        yield (*path, "fee"), f"is never asked: it is free for {free}, and possible for {window} only"
    if isinstance(rule, QuantityTable) and rule.up is Verdict.NO and rule.down is Verdict.NO:
        yield path, 'up and down are both "no": the quantity can never be changed'


def _about_cancelling(document: PolicyDocument) -> Iterator[Remark]:
    """Who limits the one way of cancelling often forgets the other."""
    whole = document.cancel_order
    if (
        whole
        and document.cancel_line is None
        and (whole.is_limited or whole.fee or whole.verdict is not Verdict.ALLOWED)
    ):
        yield ("cancel_order",), "is limited, and cancel_line is not named: items can be cancelled as is standard"


def _about_exceptions(document: PolicyDocument, now: datetime) -> Iterator[Remark]:
    zone = document.calendar.zone
    for place, table in enumerate(document.exceptions):
        path: Path = ("exceptions", place)
        before = document.exceptions[:place]
        if end := _moment(table.when.placed_until, zone, timedelta(days=1)):
            start = _moment(table.when.placed_from, zone, timedelta())
            if start and end <= start:
                yield (*path, "when"), "never holds: placed_until is before placed_from"
            elif end <= now:
                yield (*path, "when", "placed_until"), "is past: no new order falls under this exception"
        for earlier in before:
            lost = [name for name in table.actions if name in earlier.actions]
            if lost and covers(earlier.when, table.when):
                what = "" if len(lost) == len(table.actions) else f" for {', '.join(lost)}"
                yield path, f"is never reached{what}: {earlier.name!r} stands before it and holds wherever it does"
                break
        yield from _without_limit(document, path, table)


def _without_limit(document: PolicyDocument, path: Path, table: ExceptionTable) -> Iterator[Remark]:
    """An exception takes the place of the whole rule, its time limit as well: often that is forgotten."""
    if table.verdict is Verdict.NO or table.is_limited:
        return
    for name in table.actions:
        rule = getattr(document, member(Action(name)), None)
        if isinstance(rule, RuleTable) and rule.is_limited and rule.afterwards is Verdict.NO:
            yield path, f'has no time limit, while {name} itself has one and then says "no": is that meant?'
            return


def covers(earlier: WhenTable, later: WhenTable) -> bool:
    """Whether the earlier exception holds wherever the later one does, as far as that can be seen."""
    for name in _LISTS:
        wide, narrow = ({str(value).casefold() for value in getattr(when, name)} for when in (earlier, later))
        if wide and not (narrow and narrow <= wide):
            return False
    if earlier.skus and not (later.skus and all(_covers_sku(earlier.skus, pattern) for pattern in later.skus)):
        return False
    begins = not earlier.placed_from or _is_known_before(earlier.placed_from, later.placed_from)
    ends = not earlier.placed_until or _is_known_before(later.placed_until, earlier.placed_until)
    return begins and ends


def _covers_sku(wide: tuple[str, ...], narrow: str) -> bool:
    """Whether one of the patterns takes all that the narrower one takes."""
    plain = narrow.casefold()
    return any(
        fnmatchcase(plain, pattern.casefold().replace("[", "[[]")) and not ("?" in pattern and "*" in narrow)
        for pattern in wide
    )


def _is_known_before(first: date | datetime | None, second: date | datetime | None) -> bool:
    """Whether the first is known not to be later than the second."""
    if first is None or second is None or isinstance(first, datetime) != isinstance(second, datetime):
        return False
    return first <= second


def _about_returns(document: PolicyDocument) -> Iterator[Remark]:
    returns = document.return_
    if returns and returns.verdict is Verdict.ALLOWED and returns.page is None:
        yield ("return",), "names no page: where the platform takes no requests for returns, the shop is asked instead"


def _about_languages(document: PolicyDocument) -> Iterator[Remark]:
    texts = [*_texts(document)]
    wanted = set(document.languages) or {language for _, text in texts for language in text}
    for language in sorted(wanted - set(SPOKEN)):
        yield ("languages",), f"{language} is not spoken by the pages: {', '.join(SPOKEN)} are"
    for path, text in texts:
        if lacking := sorted((wanted & set(SPOKEN)) - set(text)):
            yield path, f"has no text in {', '.join(lacking)}"


def _texts(document: PolicyDocument) -> Iterator[tuple[Path, dict[str, str]]]:
    for path, rule in document.rules():
        for name in ("text", "text_afterwards"):
            if text := getattr(rule, name):
                yield (*path, name), text
    if document.adding:
        yield ("adding", "text"), document.adding.text


def _moment(day: date | datetime | None, zone: ZoneInfo | None, more: timedelta) -> datetime | None:
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day + more, time(), zone)
