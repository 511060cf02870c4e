"""What an edit of ours left on an order, and whether a parcel overtook it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from portal.platforms.vendure import words
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import packed
from portal.platforms.vendure.shape import Node, count, nodes, part, text

_WHERE: Final = {"ORDER_CANCELLATION": "reason", "ORDER_NOTE": "note"}


@dataclass(frozen=True, slots=True)
class Trace:
    """Proof that an edit was made; `reference` is Vendure's id of it."""

    reference: str | None


def trace_of(order: Node, mark: str) -> Trace | None:
    """Where the mark of an edit stands: at a modification, as the reason of a cancellation, or in a note."""
    return next((Trace(reference) for reference, words_ in _said(order) if mark in words_), None)


def live_units(order: Node) -> Counter[str]:
    """Units by line in parcels that are not cancelled, those that are only being prepared included."""
    units: Counter[str] = Counter()
    for fulfilment in nodes(order, "fulfillments"):
        if text(fulfilment, "state") != words.CANCELLED:
            for line, quantity in packed(order, fulfilment):
                units[line] += quantity
    return units


def overdrawn(order: Node, lines: Set[str]) -> bool:
    """Whether parcels hold more of one of these lines than is wanted of it."""
    wanted = {text(line, "id") or "": count(line, "quantity") for line in nodes(order, "lines")}
    held = live_units(order)
    return any(held[line] > wanted.get(line, 0) for line in lines)


def _said(order: Node) -> Iterator[tuple[str | None, str]]:
    for modification in nodes(order, "modifications"):
        yield text(modification, "id"), text(modification, "note") or ""
    for entry in entries(order, *_WHERE):
        yield text(entry, "id"), text(part(entry, "data"), _WHERE[text(entry, "type") or ""]) or ""
