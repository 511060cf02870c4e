"""Units of a line: how many were ordered, are still wanted, have left, and can still be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.platforms.woocommerce.ledger import NOTHING_BACK, Back
from portal.platforms.woocommerce.lines import is_bundled, requires_shipping
from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, nodes, yes
from portal.platforms.woocommerce.words import EDITABLE, SENT, Standing


@dataclass(frozen=True, slots=True)
class Units:
    """What an order tells of its units, by line. `removed` by edits of ours, `sent` in parcels that say what is in
    them, `drafted` packed or about to be. `told`: how far its own fulfilments are, by their lines ("lines") or, where
    these were not read, by WooCommerce's word for it."""

    order: Node
    stands: Standing
    backs: Mapping[str, Back]
    removed: Mapping[str, int]
    sent: Mapping[str, int]
    drafted: Mapping[str, int]
    told: str | None

    def of(self, line: Node) -> dict[str, int]:
        """The quantities of one line."""
        key = ident(line, "id") or ""
        has, removed = count(line.get("quantity")), self.removed.get(key, 0)
        refunded = min(has, self.backs.get(key, NOTHING_BACK).quantity)
        current = has - refunded
        fulfilled = self._fulfilled(line, key, current, has + removed)
        left = max(0, current - fulfilled)
        in_progress = left if self.stands == "preparing" else min(left, self.drafted.get(key, 0))
        return {
            "ordered": has + removed,
            "current": current,
            "fulfilled": fulfilled,
            "in_progress": in_progress,
            "refunded": refunded,
            "removed": removed,
            "editable": left - in_progress if self._is_editable(line) else 0,
        }

    def _fulfilled(self, line: Node, key: str, current: int, ordered: int) -> int:
        sent = min(self.sent.get(key, 0), ordered)
        whole = self.told == "fulfilled" or self.stands in SENT
        in_part = self.told in ("lines", "partially_fulfilled") and requires_shipping(self.order, line)
        return max(current, sent) if whole and not in_part else sent

    def _is_editable(self, line: Node) -> bool:
        """An order that was split among sellers is changed in its parts, and a bundle as a whole."""
        split = yes(meta_value(self.order, "has_sub_order"))
        return self.stands in EDITABLE and not is_bundled(line) and not split


def ordered_units(order: Node, removed: Mapping[str, int]) -> dict[str, int]:
    """Units that were ordered, by line; lines that are gone whole are left out."""
    return {
        key: count(line.get("quantity")) + removed.get(key, 0)
        for line in nodes(order, "line_items")
        if (key := ident(line, "id"))
    }
