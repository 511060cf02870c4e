"""Edits of ours, as the order itself remembers them: WooCommerce forgets a line that is taken out, and what an edit
was for. Each is written together with its change, so that one is there if and only if the other is.

What is remembered holds no word of the customer's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from portal.platforms.neutral.parts import Line
from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, metas, nodes, part, text, utc

META: Final = "_jalon_edits"
REPLACES: Final = "_jalon_replaces"  # in a new line: the line that it stands in for


@dataclass(frozen=True, slots=True)
class Record:
    """One edit. `removed` are units by line that it took out of the order (those that were refunded are in their
    refund), `was` the lines that it took out whole. `refund` is the one that
    belongs to it, as it is asked for; `reason` why the order was cancelled."""

    key: str
    type: str
    at: datetime | None
    by: str | None
    removed: Mapping[str, int] = field(default_factory=dict)
    was: tuple[Node, ...] = ()
    refund: Node | None = None
    reason: str | None = None


def records_of(order: Node) -> list[Record]:
    """The edits that this order remembers, in the order in which they were made."""
    told = meta_value(order, META)
    return [_record(item) for item in nodes({"edits": told}, "edits") if text(item, "key")]


def removed_units(records: list[Record]) -> Mapping[str, int]:
    """Units that edits took out of the order, by line."""
    units: Counter[str] = Counter()
    for record in records:
        units.update(record.removed)
    return units


def remembered(order: Node, record: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of `meta_data` that holds what the order remembers and this edit."""
    before = meta_value(order, META)
    entry: dict[str, Any] = {"key": META, "value": [*nodes({"edits": before}, "edits"), dict(record)]}
    known = next((item.get("id") for item in nodes(order, "meta_data") if item.get("key") == META), None)
    return {**entry, "id": known} if known is not None else entry


def described(line: Line) -> dict[str, Any]:
    """What has to be remembered of a line that is taken out whole."""
    unit = line.price.unit
    return {
        "id": line.id,
        "title": line.title,
        "sku": line.sku,
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "options": [[option.name, option.value] for option in line.options],
        "unit": unit.shop if unit.buyer is None else unit.buyer,
        "ships": line.requires_shipping,
        "image": line.image_url,
    }


def replaced_by(line: Node) -> str | None:
    """The line that this one stands in for."""
    return next((text({"id": meta.value}, "id") for meta in metas(line) if meta.key == REPLACES), None)


def _record(item: Node) -> Record:
    removed = part(item, "removed")
    return Record(
        str(item["key"]),
        text(item, "type") or "edit",
        utc(item.get("at")),
        text(item, "by"),
        {line: count(units) for line, units in removed.items()},
        tuple(was for was in nodes(item, "was") if ident(was, "id")),
        part(item, "refund") or None,
        text(item, "reason"),
    )
