"""What became of an order's lines, from the changes that Medusa keeps beside it.

A line of which nothing is left is not in Medusa's order any more: that it was there, and what took its place, only
the changes tell. They come with the order where it was asked for with them, and are missing in bodies from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.platforms.medusa.shape import Node, count, nodes, part, text


@dataclass(frozen=True, slots=True)
class History:
    """`changes`: those that were made, the oldest first. `gone`: lines that the order has no more. `most`: the highest
    quantity that each changed line had. `replaced`: by the line that came, the one of the same product of which units
    were taken off in the same edit."""

    changes: tuple[Node, ...] = ()
    gone: tuple[Node, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)


def history_of(order: Node, beside: Node) -> History:
    """The history of an order; `beside` is the body that holds `order_changes` and `order_items` next to it."""
    made = [change for change in nodes(beside, "order_changes") if change.get("status") == "confirmed"]
    made.sort(key=lambda change: (count(change, "version") or 0, text(change, "created_at") or ""))
    present = {text(item, "id") for item in nodes(order, "items")}
    known = {text(row, "item_id"): part(row, "item") for row in nodes(beside, "order_items")}
    gone = tuple(item for name, item in known.items() if item and name not in present)
    lines = {text(item, "id"): item for item in (*nodes(order, "items"), *gone)}
    return History(tuple(made), gone, _most(made), dict(_replaced(made, lines)))


def moved(change: Node) -> Iterator[tuple[str, int]]:
    """(line id, units added or taken off) by one change."""
    for action in nodes(change, "actions"):
        details = part(action, "details")
        line = text(details, "reference_id")
        if line is None:
            continue
        match action.get("action"):
            case "ITEM_ADD":
                yield line, count(details, "quantity") or 0
            case "ITEM_UPDATE":
                yield line, _signed(details.get("quantity_diff"))
            case "ITEM_REMOVE":
                yield line, -(count(details, "quantity") or 0)


def _most(changes: list[Node]) -> Mapping[str, int]:
    most: dict[str, int] = {}
    for change in changes:
        for action in nodes(change, "actions"):
            details = part(action, "details")
            line, after = text(details, "reference_id"), count(details, "quantity") or 0
            if line is not None and action.get("action") in ("ITEM_ADD", "ITEM_UPDATE"):
                before = after - _signed(details.get("quantity_diff"))
                most[line] = max(most.get(line, 0), before, after)
    return most


def _replaced(changes: list[Node], lines: Mapping[str | None, Node]) -> Iterator[tuple[str, str]]:
    for change in changes:
        units = list(moved(change))
        for line, quantity in units:
            if quantity <= 0:
                continue
            product = text(lines.get(line, {}), "product_id")
            olds = [old for old, taken in units if taken < 0 and text(lines.get(old, {}), "product_id") == product]
            if product is not None and len(olds) == 1:
                yield line, olds[0]


def _signed(value: object) -> int:
    try:
        return int(float(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0
    except (ValueError, OverflowError):
        return 0
