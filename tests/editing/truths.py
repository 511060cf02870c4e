"""What is true of the world of editing at every moment, whatever happened in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from portal.editing import codes
from portal.editing.answers import OPEN, EditState
from portal.editing.packing import change_from
from tests.editing.world import ORDERS, PLACED, World, due_of
from tests.support.model_platform import Json
from tests.support.model_shop import steps_of

_NOTHING_WAS_SENT = {
    EditState.DRAFT,
    EditState.REQUESTED,
    EditState.PENDING,
    EditState.REFUSED,
    EditState.UNDONE,
    EditState.DECLINED,
    EditState.EXPIRED,
}


def check_platform(world: World, shipped: Counter[tuple[str, str]]) -> None:
    """Shipped units never change; no more goes back than was paid; nothing is made twice."""
    for order_id, order in world.platform.orders.items():
        for line in order["lines"]:
            assert line["shipped"] >= shipped[order_id, line["id"]], "a shipped unit came back"
            assert line["wanted"] >= line["shipped"], "a shipped unit is not wanted any more"
            shipped[order_id, line["id"]] = line["shipped"]
        assert 0 <= order["refunded"] <= order["paid"]
    assert world.overlaps == 0, "two workers changed one order at the same time"
    assert all(count == 1 for count in world.platform.made.values()), "made twice"
    assert all(count == 1 for count in world.platform.paid_back.values()), "paid back twice"


async def check_edits(world: World) -> None:
    """Every edit is on the platform once, or not at all and says so, or is being sent, or a person looks; an order has
    one open edit; what was paid back is what was agreed to."""
    edits = await world.edits()
    opened = Counter(row.order_id for row in edits if row.state in OPEN)
    assert all(count == 1 for count in opened.values()), "two edits of an order are open"
    for row in edits:
        made, back = world.platform.made[row.key], world.platform.paid_back[row.key]
        if row.state in _NOTHING_WAS_SENT:
            assert (made, back) == (0, 0), f"{row.state} ({row.code}), but it was made"
        if row.state == EditState.APPLIED and row.code == codes.BY_HAND:
            assert row.decided_at is not None, "nobody said that they made it"
        elif row.state == EditState.APPLIED:
            assert (made, back) == (1, 1), "applied, but it was not made whole"
        if made and row.quote is not None and back:
            assert world.platform.amounts[row.key] == due_of(row), "another amount than was agreed to"
    known = {row.key for row in edits} | {"staff"}
    assert {key for order in world.platform.orders.values() for key in order["edits"]} <= known


async def check_units(world: World) -> None:
    """The platform's orders are what they were plus the edits that it made, one after the other, and nothing else."""
    by_key = {row.key: row for row in await world.edits()}
    for order_id in ORDERS:
        order = world.platform.orders[order_id]
        expected = {f"L{number}": units for number, (_, units) in enumerate(PLACED, 1)}
        for done in order["history"]:
            row = by_key.get(done["key"])
            steps = done["steps"] if row is None else steps_of(change_from(row.action, row.change))
            assert steps == done["steps"], "something else than the change was made"
            for step in steps:
                _apply(expected, step, done["shipped"])
        assert {line["id"]: line["wanted"] for line in order["lines"]} == expected


async def check_log(world: World) -> None:
    """The log tells each step, one after the other, up to where the edit is."""
    steps = await world.steps()
    for row in await world.edits():
        state = "draft"
        for step in steps.get(row.id, []):
            assert step.was == state
            state = step.became
        assert state == row.state


def _apply(units: dict[str, int], step: Json, shipped: dict[str, int]) -> None:
    match step["do"]:
        case "set":
            units[step["line"]] = step["units"]
        case "take":
            units[step["line"]] -= step["units"]
        case "add":
            units[f"L{len(units) + 1}"] = step["units"]
        case "cancel":
            units.update({line: shipped.get(line, 0) for line in units})


async def check_end(world: World) -> None:
    """When everything has come to rest, nothing is on its way any more, and we know the orders as they are."""
    edits: list[Any] = await world.edits()
    left = {row.state for row in edits} - {EditState.DRAFT}
    assert left.isdisjoint({EditState.PENDING, EditState.SENDING, EditState.REQUESTED}), left
    for order_id in ORDERS:
        assert world.platform.orders[order_id]["held"] == [], "the warehouse still waits"
    for row in edits:
        made, back = world.platform.made[row.key], world.platform.paid_back[row.key]
        assert made == back, "it was left half made"
    if world.kind != "versioned":  # a platform that knows edits by their keys can always be asked
        assert left.isdisjoint({EditState.STUCK}), "sending it again settles it"
