"""Walking through what changed: nothing is left out, whatever shares a moment, and wherever a page ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st

from portal.platforms.medusa.pages import Mark, Params, mark_from, step

START = datetime(2026, 11, 1, tzinfo=UTC)


class Shop:
    """Lists rows as Medusa does: by one member, in no order where that is the same; moments end at the millisecond."""

    def __init__(self, moments: Sequence[int]) -> None:
        self.rows = [(START + timedelta(microseconds=at), f"order_{n:04}") for n, at in enumerate(moments)]

    async def fetch(self, params: Params) -> list[dict[str, Any]]:
        asked = dict(params)
        low, high = _moment(asked.get("updated_at[$gte]")), _moment(asked.get("updated_at[$lt]"))
        found = [
            row
            for row in self.rows
            if (low is None or row[0] >= low) and (high is None or row[0] < high) and row[1] > asked.get("id[$gt]", "")
        ]
        found.sort(key=lambda row: row[1], reverse=asked["order"] != "id")
        found.sort(key=lambda row: row[1] if asked["order"] == "id" else row[0].isoformat())
        return [{"id": name, "updated_at": _told(at)} for at, name in found[: int(asked["limit"])]]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _told(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


async def walk(shop: Shop, since: datetime | None, size: int) -> list[str]:
    seen: list[str] = []
    mark: Mark | None = Mark("orders", since)
    for _ in range(200):
        if mark is None:
            return seen
        rows, after = await step(shop.fetch, mark, size)
        assert rows or after is None
        seen += [row["id"] for row in rows]
        mark = None if after is None else mark_from(str(after))  # as another process would go on
    raise AssertionError("the walk has no end")


@given(st.lists(st.integers(0, 12_000), max_size=30), st.integers(1, 5), st.integers(0, 10))
async def test_every_row_is_seen_once(moments: list[int], size: int, since: int) -> None:
    shop = Shop(moments)
    begin = START + timedelta(milliseconds=since)
    assert sorted(await walk(shop, begin, size)) == sorted(name for at, name in shop.rows if at >= begin)
    assert sorted(await walk(shop, None, size)) == sorted(name for _, name in shop.rows)


async def test_rows_that_share_a_moment_and_fill_pages_are_walked_by_id() -> None:
    shop = Shop([5_000] * 40 + [9_000])
    assert sorted(await walk(shop, START, 7)) == [f"order_{n:04}" for n in range(41)]
