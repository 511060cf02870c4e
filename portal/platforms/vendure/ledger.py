"""What happened to the units of each line: shipped, being prepared, added by changes, paid back. Pure counting over the
order's lists; every number is by the line's id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.platforms.vendure.shape import Node, count, nodes, number, part, text
from portal.platforms.vendure.words import CANCELLED

_SENT = frozenset({"Shipped", "Delivered"})
_PREPARED = frozenset({"Created", "Pending"})


@dataclass(frozen=True, slots=True)
class Ledger:
    """`fulfilled` units left the shop, `in_progress` ones are in a parcel that has not, `added` ones came by changes,
    `refunded` ones were paid back."""

    fulfilled: Counter[str] = field(default_factory=Counter)
    in_progress: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    refunded: Counter[str] = field(default_factory=Counter)


def ledger_of(order: Node) -> Ledger:
    """The ledger of an order."""
    ledger = Ledger()
    for fulfilment in nodes(order, "fulfillments"):
        _count(ledger, order, fulfilment)
    if not nodes(order, "fulfillments"):
        for own in nodes(order, "lines"):
            shares = nodes(own, "fulfillmentLines")
            ledger.fulfilled[text(own, "id") or ""] += sum(count(share, "quantity") for share in shares)
    for modification in nodes(order, "modifications"):
        for line, quantity in moved(modification):
            ledger.added[line] += max(quantity, 0)
    for refund in refunds_of(order):
        if (number(refund, "total") or 0) > 0 and text(refund, "state") != "Failed":
            ledger.refunded.update(dict(moved(refund)))
    return ledger


def packed(order: Node, fulfilment: Node) -> list[tuple[str, int]]:
    """Units by line in a fulfilment: its own lines, else what the order's lines say of it."""
    own = list(moved(fulfilment))
    if own:
        return own
    identity = text(fulfilment, "id")
    return [
        (text(line, "id") or "", count(share, "quantity"))
        for line in nodes(order, "lines")
        for share in nodes(line, "fulfillmentLines")
        if text(share, "fulfillmentId") == identity
    ]


def moved(node: Node) -> Iterator[tuple[str, int]]:
    """Units by line in a fulfilment, a refund or a modification; those of modifications have a sign."""
    for line in nodes(node, "lines"):
        key = text(line, "orderLineId") or text(part(line, "orderLine"), "id")
        quantity = number(line, "quantity")
        if key and quantity:
            yield key, quantity


def refunds_of(order: Node) -> Iterator[Node]:
    """Every refund of every payment."""
    for payment in nodes(order, "payments"):
        yield from nodes(payment, "refunds")


def _count(ledger: Ledger, order: Node, fulfilment: Node) -> None:
    """A state that the shop has added is between preparing and leaving: its units are in hands."""
    state = text(fulfilment, "state") or "Shipped"
    if state == CANCELLED:
        return
    units = ledger.fulfilled if state in _SENT else ledger.in_progress
    for line, quantity in packed(order, fulfilment):
        units[line] += max(quantity, 0)
