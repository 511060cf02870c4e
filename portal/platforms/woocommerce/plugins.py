"""What widely used plugins leave in an order about its parcels. Knows their marks, and nothing of WooCommerce itself.

Everything here is a guess at somebody else's private format: what does not fit is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, nodes, plain, text, utc

Json = dict[str, Any]

_PER_LINE: Final = "_vi_wot_order_item_tracking_data"  # Orders Tracking for WooCommerce: in the line, as JSON text
_AFTERSHIP: Final = "_aftership_tracking_items"
_TRACKSHIP: Final = ("ts_shipment_status", "shipment_status")
# Number, carrier and link, each under one key of the order.
_SINGLE: Final = (
    ("_aftership_tracking_number", "_aftership_tracking_provider_name", "_aftership_tracking_url"),
    ("ywot_tracking_code", "ywot_carrier_name", ""),
    ("_tracking_number", "_tracking_provider", "_tracking_url"),
    ("tracking_number", "tracking_provider", "tracking_url"),
)


def parcels_of(order: Node, ordered: Mapping[str, int]) -> list[Json]:
    """The parcels that any of these plugins tells of."""
    return list(_per_line(order, ordered)) or list(_aftership(order)) or list(_single(order))


def carried(order: Node) -> Mapping[int, str]:
    """What TrackShip says of each tracking entry, by its position."""
    told = meta_value(order, *_TRACKSHIP)
    listed = nodes({"told": told}, "told")
    said = {position: text(item, "status") for position, item in enumerate(listed)}
    return {position: status for position, status in said.items() if status}


def listed(products: object, ordered: Mapping[str, int]) -> list[Json]:
    """The units of a parcel, as Advanced Shipment Tracking lists them: by line, where it has the line."""
    units: dict[str, int] = {}
    for item in nodes({"products": products}, "products"):
        line = ident(item, "item_id")
        if line is None or line not in ordered:
            return []  # by product alone: two lines may be of one
        units[line] = units.get(line, 0) + count(item.get("qty"))
    return [{"line_id": line, "quantity": min(n, ordered[line])} for line, n in units.items() if n]


def _per_line(order: Node, ordered: Mapping[str, int]) -> Iterator[Json]:
    """A number of one line is that of all its units: of several, nobody knows which is in which parcel."""
    parcels: dict[str, Json] = {}
    for line in nodes(order, "line_items"):
        entries = [
            e for e in nodes({"told": _parsed(meta_value(line, _PER_LINE))}, "told") if text(e, "tracking_number")
        ]
        key = ident(line, "id") or ""
        for entry in entries:
            number = text(entry, "tracking_number") or ""
            parcel = parcels.setdefault(number, _parcel(number, text(entry, "carrier_name", "carrier_slug"), None))
            parcel["created_at"] = utc(entry.get("time"))
            if key in ordered and len(entries) == 1:
                parcel["lines"].append({"line_id": key, "quantity": ordered[key]})
            else:
                parcel["vague"] = True
    for parcel in parcels.values():
        vague = parcel.pop("vague", False)
        yield {**parcel, "lines": [] if vague else parcel["lines"], "allocation": "unknown" if vague else "exact"}


def _aftership(order: Node) -> Iterator[Json]:
    for item in nodes({"items": meta_value(order, _AFTERSHIP)}, "items"):
        if number := text(item, "tracking_number"):
            yield _parcel(number, text(item, "slug", "custom_tracking_provider"), text(item, "custom_tracking_link"))


def _single(order: Node) -> Iterator[Json]:
    for number_key, name_key, url_key in _SINGLE:
        if number := plain(meta_value(order, number_key)):
            yield _parcel(number, plain(meta_value(order, name_key)), plain(meta_value(order, url_key)))
            return


def _parcel(number: str, name: str | None, url: str | None) -> Json:
    return {
        "id": number,
        "state": "ok",
        "created_at": None,
        "lines": [],
        "allocation": "unknown",
        "tracking": [{"carrier_raw": name, "number": number, "url": url}],
        "status": "handed_over",
    }


def _parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
