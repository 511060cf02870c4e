"""From the rows of an order to where it stands: what left the shop in which parcel, what is still to come,
what is fetched there. Pure.

Rows are named tuples of whoever asked; only the columns named in `Rows` are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carriers import Milestone
from portal.progress.state import Collect, Line, Pack, Whole, order_state, unshipped
from portal.progress.values import OrderState


@dataclass(frozen=True, slots=True)
class Rows:
    """What decides. `deliveries`: id, method, state, ready_at, collected_at, line_id, quantity, one row for each
    delivery and line. `parcels`: id, shipment_id, allocation, line_id, quantity, one row for each parcel and line.
    `shipments`: id, milestone, reason, delayed, estimate_day, finished_at."""

    lines: Sequence[Line]
    deliveries: Sequence[Any]
    parcels: Sequence[Any]
    shipments: Sequence[Any]
    cancelled: bool
    fulfilment: str
    payment: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an order stands. `packs` are its parcels, labels that were given up left out. Quantities are by line
    id: `left` still has to leave the shop, `fetched` is collected there. `shop_row` is the delivery at the shop."""

    state: OrderState
    lines: Mapping[int, Line]
    packs: Sequence[Pack]
    left: Mapping[int, int]
    fetched: Mapping[int, int]
    collect: Collect | None
    shop_row: Any

    @property
    def digital(self) -> bool:
        """Whether nothing in the order needs a parcel, and something reaches the customer otherwise."""
        kept = [line for line in self.lines.values() if line.current]
        return not self.packs and any(line.digital for line in kept) and not any(line.physical for line in kept)


def stand(rows: Rows) -> Stand:
    """Where the order stands."""
    contents = _contents(rows.parcels)
    shipments = {row.id: row for row in rows.shipments}
    every = [_pack(shipments[p.shipment_id], p, contents[p.id]) for p in _parcels(rows) if p.shipment_id in shipments]
    packs = [pack for pack in every if pack.milestone is not Milestone.CANCELLED]  # a label given up is no parcel
    lines = {line.id: line for line in rows.lines}
    at_shop = None if rows.cancelled else next((row for row in rows.deliveries if row.method == "pickup"), None)
    collect = Collect(at_shop.ready_at, at_shop.collected_at, at_shop.state == "closed") if at_shop else None
    fetched = _fetched(at_shop, lines, rows.deliveries, packs)
    to_leave = unshipped(rows.lines, every)
    left = {line: count for line, n in to_leave.items() if (count := n - fetched.get(line, 0)) > 0}
    whole = Whole(rows.lines, packs, collect, rows.cancelled, rows.fulfilment, rows.payment, left)
    return Stand(order_state(whole), lines, packs, left, fetched, collect, at_shop)


def _parcels(rows: Rows) -> list[Any]:
    """One row per parcel, though the read has one per parcel and line."""
    return list({row.id: row for row in rows.parcels}.values())


def _contents(parcels: Sequence[Any]) -> dict[int, dict[int, int]]:
    contents: dict[int, dict[int, int]] = {}
    for row in parcels:
        inside = contents.setdefault(row.id, {})
        if row.line_id is not None:
            inside[row.line_id] = row.quantity
    return contents


def _pack(shipment: Any, parcel: Any, quantities: Mapping[int, int]) -> Pack:
    return Pack(
        shipment.id,
        Milestone(shipment.milestone),
        parcel.allocation,
        quantities,
        shipment.reason,
        shipment.delayed,
        shipment.estimate_day,
        shipment.finished_at,
    )


def _fetched(
    at_shop: Any, lines: Mapping[int, Line], deliveries: Sequence[Any], packs: Sequence[Pack]
) -> dict[int, int]:
    """Units of each line that the customer fetches at the shop."""
    if at_shop is None:
        return {}
    listed = {part.line_id: part.quantity for part in deliveries if part.id == at_shop.id and part.line_id}
    sent = {line for pack in packs for line in pack.quantities}
    quantities = listed or {line.id: line.current for line in lines.values() if line.physical and line.id not in sent}
    return {line: min(count, lines[line].current) for line, count in quantities.items() if line in lines}
