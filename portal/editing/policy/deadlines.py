"""When a rule's time is over. Pure.

Windows are elapsed time: a day is 24 hours, also when clocks change. A cut-off is a time on the shop's clock: on the
night when it does not exist it is as much later as the clock jumps; when it comes twice, the first one counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from portal.editing.policy.rules import CutOff, Rule

_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_FAR: Final = 400  # days without an opening day: such a shop packs nothing


def deadline(
    rule: Rule, since: datetime, after: Callable[[CutOff, datetime], datetime] | None = None
) -> datetime | None:
    """The moment from which the rule's verdict holds no more: the end of its window or the first cut-off after
    `since`, whichever is first, in UTC; None where it has neither. `after`: who remembers cut-offs."""
    window, cut_off = rule.window, rule.cut_off
    end = None if window is None else later(since, window)
    if cut_off is None:
        return end
    cut = (after or next_cut_off)(cut_off, since)
    return cut if end is None or cut < end else end


def later(moment: datetime, by: timedelta) -> datetime:
    """`moment` and `by` more, in UTC; no later than the end of time."""
    try:
        return moment.astimezone(UTC) + by
    except OverflowError:
        return _LATEST


def next_cut_off(cut_off: CutOff, after: datetime) -> datetime:
    """The first cut-off later than `after`: what was ordered exactly at one is packed for the next."""
    try:
        day = after.astimezone(cut_off.zone).date()
        for _ in range(_FAR):
            at = _time_on(cut_off, day)
            if at is not None and (moment := _moment(cut_off, day, at)) > after:
                return moment
            day += _DAY
    except OverflowError:
        pass  # at the edges of the calendar nobody packs
    return _LATEST


def _time_on(cut_off: CutOff, day: date) -> time | None:
    if day in cut_off.closed or (day.month, day.day) in cut_off.yearly:
        return None
    return cut_off.times[day.weekday()]


def _moment(cut_off: CutOff, day: date, at: time) -> datetime:
    return datetime.combine(day, at, cut_off.zone).astimezone(UTC)
