"""Parcels, from the first of the places that has any: WooCommerce's own fulfilments, the entries of shipment tracking
plugins, and the marks that others leave. Only the first always says what is in a parcel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import carriers
from portal.platforms.woocommerce import plugins, words
from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, nodes, plain, text, utc, yes
from portal.platforms.woocommerce.words import SENT, Standing

Json = dict[str, Any]

TRACKING: Final = "_wc_shipment_tracking_items"
_LINKS: Final = ("custom_tracking_link", "ast_tracking_link", "formatted_tracking_link", "tracking_link")
_NAMES: Final = ("custom_tracking_provider", "formatted_tracking_provider", "tracking_provider")


def fulfilments_of(order: Node) -> list[Node]:
    """WooCommerce's own fulfilments, where they were read with the order; deleted ones left out."""
    return [item for item in nodes(order, "fulfillments") if not item.get("date_deleted")]


def parcels_of(order: Node, stands: Standing, ordered: Mapping[str, int]) -> list[Json]:
    """The order's parcels; `ordered` units by line."""
    own = fulfilments_of(order)
    if own:
        return list(_fulfilled(own, ordered))
    entries = _listed(order)
    if entries:
        told = plugins.carried(order)
        parcels = [_tracked(item, number, told.get(number), ordered) for number, item in enumerate(entries)]
        return _allocated(parcels, stands)
    return _allocated(plugins.parcels_of(order, ordered), stands)


def drafted(order: Node) -> Mapping[str, int]:
    """Units by line in fulfilments that are packed, or about to be, and have not left."""
    units: Counter[str] = Counter()
    for item in fulfilments_of(order):
        if not _is_fulfilled(item):
            units.update(dict(_items(item)))
    return units


def packed_units(order: Node) -> Mapping[str, int]:
    """Units by line in all fulfilments, as they are recorded."""
    units: Counter[str] = Counter()
    for item in fulfilments_of(order):
        units.update(dict(_items(item)))
    return units


def sent_units(order: Node, parcels: Sequence[Json]) -> Mapping[str, int]:
    """Units by line that have left, as far as the parcels say what is in them."""
    waiting = {ident(item, "id") for item in fulfilments_of(order) if not _is_fulfilled(item)}
    units: Counter[str] = Counter()
    for parcel in parcels:
        if parcel["state"] == "ok" and parcel["id"] not in waiting:
            units.update({line["line_id"]: line["quantity"] for line in parcel["lines"]})
    return units


def tracking(name: str | None, number: str | None, url: str | None) -> Json:
    """One number; a link may have a place for it."""
    carrier = carriers.named(name) if name else None
    return {
        "carrier_raw": name,
        "carrier": carrier.manifest.slug if carrier else None,
        "number": number,
        "url": url.replace("%1$s", number) if url and number else url,
    }


def _fulfilled(own: Sequence[Node], ordered: Mapping[str, int]) -> Iterator[Json]:
    """Nothing keeps WooCommerce from recording more units than a line has: no more than those are believed."""
    left = Counter(ordered)
    for number, item in enumerate(own, 1):
        told = _number(item)
        if not _is_fulfilled(item) and told["number"] is None:
            continue  # a plan, and no parcel yet
        lines = []
        for line, units in _items(item):
            taken = min(units, left[line])
            left[line] -= taken
            if taken:
                lines.append({"line_id": line, "quantity": taken})
        yield {
            "id": ident(item, "id") or f"fulfilment-{number}",
            "state": "ok",
            "created_at": utc(meta_value(item, "_date_fulfilled")) or utc(item.get("date_updated")),
            "lines": lines,
            "allocation": "exact" if _items(item) else "unknown",
            "tracking": [told] if told["number"] or told["carrier_raw"] else [],
            "status": "handed_over" if _is_fulfilled(item) else "label_created",
            "status_raw": text(item, "status"),
        }


def _is_fulfilled(item: Node) -> bool:
    return yes(item.get("is_fulfilled")) or item.get("status") == "fulfilled"


def _items(item: Node) -> list[tuple[str, int]]:
    units: Counter[str] = Counter()
    for part in nodes({"items": meta_value(item, "_items")}, "items"):
        if line := ident(part, "item_id"):
            units[line] += count(part.get("qty"))
    return [(line, quantity) for line, quantity in units.items() if quantity]


def _number(item: Node) -> Json:
    provider = plain(meta_value(item, "_shipment_provider", "_shipping_provider"))
    named = plain(meta_value(item, "_provider_name"))
    name = named or (None if provider in ("other", "custom") else provider)
    return tracking(name, plain(meta_value(item, "_tracking_number")), plain(meta_value(item, "_tracking_url")))


def _listed(order: Node) -> list[Node]:
    return [item for item in nodes({"items": meta_value(order, TRACKING)}, "items") if text(item, "tracking_number")]


def _tracked(item: Node, position: int, status: str | None, ordered: Mapping[str, int]) -> Json:
    number = text(item, "tracking_number")
    lines = plugins.listed(item.get("products_list"), ordered)
    return {
        "id": text(item, "tracking_id") or number or f"tracking-{position + 1}",
        "state": "ok",
        "created_at": utc(item.get("date_shipped")),
        "lines": lines,
        "allocation": "exact" if lines else "unknown",
        "tracking": [tracking(text(item, *_NAMES), number, text(item, *_LINKS))],
        "status": words.milestone(status) if status else "handed_over",
        "status_raw": status,
    }


def _allocated(parcels: list[Json], stands: Standing) -> list[Json]:
    """The only parcel of an order that has been sent holds all of it."""
    if len(parcels) == 1 and stands in SENT and not parcels[0]["lines"]:
        return [{**parcels[0], "allocation": "whole_order"}]
    return parcels
