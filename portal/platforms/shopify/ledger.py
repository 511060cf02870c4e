"""Who has which units: per line, how many have left, were refunded, are with the warehouse or may still be
edited. Everything that refers to a line goes through `Names`, so that both shapes give one key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.platforms.shopify import words
from portal.platforms.shopify.amounts import Currencies, Sides, added, in_currency, sides
from portal.platforms.shopify.shape import (
    Node,
    count,
    cut_off,
    first,
    gid,
    gid_of,
    nodes,
    part,
    stated,
    text,
    when,
    word,
)

_WAITING = {"open", "scheduled", "on_hold"}
_FREE = {"unsubmitted", "rejected", "cancellationaccepted"}


@dataclass(frozen=True, slots=True)
class Names:
    """The key of each line in the body, in order, and the key that each id found in it stands for."""

    lines: tuple[str, ...]
    keys: Mapping[str, str]

    def key(self, identity: str | None) -> str | None:
        """The line's key; ids of lines that the body does not have stand for themselves."""
        return self.keys.get(identity, identity) if identity else None


@dataclass(frozen=True, slots=True)
class Gone:
    """Units of one line in one refund: `paid` when money moved with it, else they were just removed."""

    quantity: int
    paid: bool
    subtotal: Sides
    tax: Sides


@dataclass(frozen=True, slots=True)
class Ledger:
    """Units by line key. `fulfilled` is None where the body has no fulfilments, `free` where it does not
    say which units the warehouse has not been given."""

    fulfilled: Mapping[str, int] | None
    gone: Mapping[str, tuple[Gone, ...]]
    in_progress: Mapping[str, int]
    free: Mapping[str, int] | None


def names_of(order: Node) -> Names:
    """Keys for the order's lines, which other parts refer to by either of a line's ids."""
    found = nodes(order, "line_items")
    own = [{"id": gid("LineItem", line) or f"line-{position}"} for position, line in enumerate(found, 1)]
    keys = {line["id"]: line["id"] for line in own}
    for line, named in zip(found, own, strict=True):
        if rounded := gid_of("LineItem", line.get("id")):
            keys.setdefault(rounded, named["id"])
    return Names(tuple(line["id"] for line in told_apart(own)), keys)


def told_apart(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts, with a number behind an id that several of them have: ids are keys."""
    seen: Counter[str] = Counter()
    apart = []
    for item in parts:
        seen[item["id"]] += 1
        times = seen[item["id"]]
        apart.append(item if times == 1 else {**item, "id": f"{item['id']}#{times}"})
    return apart


def ledger_of(order: Node, names: Names, currencies: Currencies) -> Ledger:
    """Count the units of all parts of the order."""
    sent: Counter[str] = Counter()
    for fulfilment in nodes(order, "fulfillments"):
        if words.parcel_state(fulfilment.get("status")) not in ("cancelled", "failed"):
            sent.update(dict(parcel_lines(fulfilment, names)))
    gone: dict[str, tuple[Gone, ...]] = {}
    for refund in nodes(order, "refunds"):
        for key, units in _gone(refund, names, currencies):
            gone[key] = (*gone.get(key, ()), units)
    return Ledger(
        sent if stated(order, "fulfillments") else None,
        gone,
        _work(order, names, in_progress=True),
        _work(order, names, in_progress=False) if _says_what_is_free(order) else None,
    )


def parcel_lines(fulfilment: Node, names: Names) -> list[tuple[str, int]]:
    """The units in one fulfilment, by line key."""
    units: Counter[str] = Counter()
    for line in nodes(fulfilment, "line_items"):
        if key := names.key(gid("LineItem", line)):
            units[key] += count(line, "quantity") or 0
    for line in nodes(fulfilment, "fulfillment_line_items"):
        if key := names.key(gid("LineItem", part(line, "line_item"))):
            units[key] += count(line, "quantity") or 0
    return list(units.items())


def refund_lines(refund: Node, names: Names) -> Iterator[tuple[str, Node]]:
    """The parts of a refund, with their line's key."""
    for units in nodes(refund, "refund_line_items"):
        key = names.key(gid("LineItem", part(units, "line_item")) or gid("LineItem", units, "line_item_id"))
        if key:
            yield key, units


def refunded(refund: Node, currencies: Currencies) -> Sides:
    """The money that this refund paid back, positive."""
    if part(refund, "total_refunded_set"):
        return sides(refund, "total_refunded_set", currencies)
    if not isinstance(refund.get("transactions"), list):
        return _worth(refund, currencies)
    paid = [in_currency(t.get("amount"), t.get("currency"), currencies) for t in _payments(refund)]
    total = added(paid, currencies)
    worth = _worth(refund, currencies)
    agree = worth["buyer"] == total["buyer"] or worth["shop"] == total["shop"]
    return {side: worth[side] if total[side] is None and agree else total[side] for side in total}


def moves_money(refund: Node, currencies: Currencies) -> bool:
    """Whether anything was paid back. Removing lines by an edit leaves a refund without payment."""
    return any(refunded(refund, currencies).values()) or any(_payments(refund))


def _payments(refund: Node) -> list[Node]:
    kinds = ("refund", "")
    done = ("success", "pending", "")
    return [t for t in nodes(refund, "transactions") if word(t.get("kind")) in kinds and word(t.get("status")) in done]


def _worth(refund: Node, currencies: Currencies) -> Sides:
    """What the refunded units were worth, tax included once."""
    parts = [sides(units, "subtotal_set", currencies, "subtotal") for units in nodes(refund, "refund_line_items")]
    taxes = [sides(units, "total_tax_set", currencies, "total_tax") for units in nodes(refund, "refund_line_items")]
    return added([*parts, *taxes], currencies)


def _gone(refund: Node, names: Names, currencies: Currencies) -> Iterator[tuple[str, Gone]]:
    paid = moves_money(refund, currencies)
    for key, units in refund_lines(refund, names):
        subtotal = sides(units, "subtotal_set", currencies, "subtotal")
        tax = sides(units, "total_tax_set", currencies, "total_tax")
        yield key, Gone(count(units, "quantity") or 0, paid, subtotal, tax)


def _says_what_is_free(order: Node) -> bool:
    """Whether every open fulfilment order says what the warehouse was asked."""
    if not stated(order, "fulfillment_orders") or cut_off(order, "fulfillment_orders"):
        return False
    waiting = [f for f in nodes(order, "fulfillment_orders") if words.delivery_state(f.get("status")) in _WAITING]
    return all(text(f, "request_status") and not cut_off(f, "line_items") for f in waiting)


def _work(order: Node, names: Names, *, in_progress: bool) -> Mapping[str, int]:
    """Remaining units of the open work that the warehouse has, or has not."""
    units: Counter[str] = Counter()
    for work in nodes(order, "fulfillment_orders"):
        state = words.delivery_state(work.get("status"))
        if state in _WAITING | {"in_progress"} and handed_over(work) == in_progress:
            for key, _, remaining in work_lines(work, names):
                units[key] += remaining
    return units


def handed_over(work: Node) -> bool:
    """Whether the warehouse has been given this fulfilment order, as far as it says."""
    asked = word(work.get("request_status"))
    return words.delivery_state(work.get("status")) == "in_progress" or (
        asked != "" and asked not in {*_FREE, "closed"}
    )


def work_lines(work: Node, names: Names) -> Iterator[tuple[str, int, int]]:
    """(line key, quantity, remaining) of a fulfilment order."""
    for line in nodes(work, "line_items"):
        key = names.key(gid("LineItem", part(line, "line_item")) or gid("LineItem", line, "line_item_id"))
        quantity = count(line, "total_quantity", "quantity")
        remaining = count(line, "remaining_quantity", "fulfillable_quantity")
        if key:
            yield key, quantity or remaining or 0, (quantity or 0) if remaining is None else remaining


def is_settled(order: Node) -> bool:
    """Whether the platform refuses edits of the whole order."""
    over = when(order, "cancelled_at") or when(order, "closed_at")
    return over is not None or order.get("merchant_editable") is False


def fulfilment_of(order: Node) -> str:
    """The state of the whole order's fulfilment. REST says null for "nothing yet"; a body without the member says
    nothing."""
    raw = first(order, "display_fulfillment_status", "fulfillment_status")
    if raw is None and "fulfillment_status" in order:
        return "unfulfilled"
    return words.fulfilment(raw)
