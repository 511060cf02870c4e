"""Walks through what changed at a shop, the first change first, by the moment of the change and the id.

Medusa lists by one member alone, and its moments end at the millisecond. Rows with the same moment would be cut apart
by the end of a page, so the last moment of a full page is left for the next one, and a moment that fills a page by
itself is walked by id.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from portal.platforms.live import ShopError
from portal.platforms.medusa.shape import Node, text, when

Params = Sequence[tuple[str, str]]
Fetch = Callable[[Params], Awaitable[Sequence[Node]]]

_TICK: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a walk stands: everything before `at` was seen, and of that moment what comes up to `behind`. `of` is
    what is walked; None: nothing is left."""

    of: Literal["orders", "payments"]
    at: datetime | None = None
    behind: str | None = None

    def __str__(self) -> str:
        return f"{self.of} {_stamp(self.at) if self.at else '-'} {self.behind or '-'}"


def mark_from(cursor: str) -> Mark:
    """The mark that was written down. Raises ShopError for anything else."""
    try:
        of, at, behind = cursor.split(" ")
        moment = None if at == "-" else datetime.fromisoformat(at)
    except ValueError as wrong:
        raise ShopError("answer", "The place to read on from cannot be read.") from wrong
    return Mark("payments" if of == "payments" else "orders", moment, None if behind == "-" else behind)


async def step(fetch: Fetch, mark: Mark, size: int) -> tuple[list[Node], Mark | None]:
    """The next rows behind `mark`, and the mark behind them; None at the end. `fetch` takes filters."""
    if mark.behind is not None and mark.at is not None:
        rows = list(await fetch([*_within(mark.at, mark.behind), ("order", "id"), ("limit", str(size))]))
        if len(rows) == size:
            return rows, replace(mark, behind=text(rows[-1], "id"))
        mark = Mark(mark.of, mark.at + _TICK)
        if rows:
            return rows, mark
    since = [("updated_at[$gte]", _stamp(mark.at))] if mark.at else []
    rows = list(await fetch([*since, ("order", "updated_at"), ("limit", str(size))]))
    if len(rows) < size:
        return rows, None
    last = _moment(rows[-1])
    whole = [row for row in rows if _moment(row) < last]
    if whole:
        return whole, Mark(mark.of, last)
    return await step(fetch, Mark(mark.of, last, ""), size)


def _within(moment: datetime, behind: str) -> Params:
    window = [("updated_at[$gte]", _stamp(moment)), ("updated_at[$lt]", _stamp(moment + _TICK))]
    return [*window, ("id[$gt]", behind)] if behind else window


def _moment(row: Node) -> datetime:
    """When a row was changed, to the millisecond."""
    moment = when(row, "updated_at")
    if moment is None:
        raise ShopError("answer", "Medusa does not say when an order was changed.")
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
