"""What a short, hand-written order document leaves out, filled in before it is validated.

Works on the plain value as it was read and returns a new one; anything of a strange type is left for
the validation to name. Knows the shape of the document only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import carriers
from carriers import Milestone
from portal.platforms.neutral.mirror import mirrored

Json = dict[str, Any]

_MILESTONES = frozenset(step.value for step in Milestone)


def filled(order: Json) -> Json:
    """The order with a source, ids and quantities. Never raises."""
    parcels = [_parcel(item) for item in _listed(order, "parcels")]
    parcels = [_named(item, position, _parcel_name(item)) for position, item in enumerate(parcels, 1)]
    whole = _is_whole(parcels)
    if whole:
        parcels = [{**parcels[0], "allocation": "whole_order"}]
    sent = _sent(parcels)
    lines = [_named(item, position, None) for position, item in enumerate(_listed(order, "lines"), 1)]
    lines = [_line(item, sent, whole) for item in lines]
    deliveries = [_named(item, position, None) for position, item in enumerate(_listed(order, "deliveries"), 1)]
    adjustments = [_named(item, position, None) for position, item in enumerate(_listed(order, "adjustments"), 1)]
    built = {"lines": lines, "parcels": parcels, "deliveries": deliveries, "adjustments": adjustments}
    stated = {name: items for name, items in built.items() if isinstance(order.get(name), list)}
    return mirrored({**order, **stated, "source": _source(order), **_currency(order)})


def _listed(order: Json, name: str) -> list[Any]:
    items = order.get(name)
    return items if isinstance(items, list) else []


def _source(order: Json) -> object:
    source = order.get("source")
    if source is None:
        source = {}
    if not isinstance(source, dict):
        return source
    given = {name: item for name, item in source.items() if item is not None}
    return {"platform": "neutral", "order_id": order.get("number"), **given}


def _currency(order: Json) -> Json:
    """`"currency": "EUR"` is short for the shop's; the buyer's is the same unless stated."""
    currency = order.get("currency")
    if isinstance(currency, str):
        currency = {"shop": currency}
    if not isinstance(currency, dict):
        return {}
    codes = {side: _upper(currency.get(side)) for side in ("shop", "buyer")}
    return {"currency": {**currency, "shop": codes["shop"], "buyer": codes["buyer"] or codes["shop"]}}


def _upper(code: object) -> object:
    return code.strip().upper() or None if isinstance(code, str) else code


def _named(item: object, position: int, name: object) -> Any:
    """The item with an id: its own, else `name`, else its position in the list."""
    if not isinstance(item, dict) or item.get("id") is not None:
        return item
    return {**item, "id": name or str(position)}


def _parcel_name(parcel: object) -> object:
    """A tracking number stays when parcels are inserted before this one; a position does not."""
    tracking = parcel.get("tracking") if isinstance(parcel, dict) else None
    first = tracking[0] if isinstance(tracking, list) and tracking else None
    return first.get("number") if isinstance(first, dict) else None


def _parcel(parcel: object) -> Any:
    if not isinstance(parcel, dict):
        return parcel
    allocation = {"allocation": "exact"} if parcel.get("lines") and parcel.get("allocation") is None else {}
    events = [_event(_named(item, position, None)) for position, item in enumerate(_listed(parcel, "events"), 1)]
    tracking = [_tracking(item) for item in _listed(parcel, "tracking")]
    built = {"events": events, "tracking": tracking}
    stated = {name: items for name, items in built.items() if items}
    return {**parcel, **allocation, **stated, **_status(parcel, "status_raw")}


def _event(event: Any) -> Any:
    return {**event, **_status(event, "raw")} if isinstance(event, dict) else event


def _status(part: Json, raw: str) -> Json:
    """A status that is no milestone is unknown, and the word is kept."""
    word = part.get("status")
    if not isinstance(word, str) or not word.strip():
        return {}
    step = word.strip().lower().replace(" ", "_").replace("-", "_")
    kept = part.get(raw) if part.get(raw) is not None or word in _MILESTONES else word
    return {"status": step if step in _MILESTONES else "unknown", raw: kept}


def _tracking(tracking: object) -> Any:
    """The shop's spelling names our adapter, where there is one."""
    if not isinstance(tracking, dict) or tracking.get("carrier") is not None:
        return tracking
    name = tracking.get("carrier_raw")
    carrier = carriers.named(name) if isinstance(name, str) else None
    return {**tracking, "carrier": carrier.manifest.slug if carrier else None}


def _is_whole(parcels: list[Any]) -> bool:
    """One parcel of which no line is named holds the whole order."""
    if len(parcels) != 1 or not isinstance(parcels[0], dict):
        return False
    parcel = parcels[0]
    return not parcel.get("lines") and parcel.get("allocation") in (None, "whole_order")


def _sent(parcels: list[Any]) -> dict[str, int]:
    """Units per line id in the parcels that were not cancelled."""
    sent: dict[str, int] = {}
    for parcel in parcels:
        if not isinstance(parcel, dict) or parcel.get("state") in ("cancelled", "failed"):
            continue
        for line in _listed(parcel, "lines"):
            if isinstance(line, dict) and _is_count(line.get("quantity")):
                key = str(line.get("line_id"))
                sent[key] = sent.get(key, 0) + line["quantity"]
    return sent


def _line(line: object, sent: dict[str, int], whole: bool) -> Any:
    if not isinstance(line, dict):
        return line
    quantity = line.get("quantity")
    if _is_count(quantity):
        quantity = {"ordered": quantity}
    if quantity is None:
        quantity = {}
    built = {**line, "title": line.get("title") or line.get("sku")}
    if isinstance(quantity, dict):
        built["quantity"] = _quantity(quantity, lambda current: current if whole else sent.get(str(line.get("id")), 0))
    if line.get("kind") is None and line.get("requires_shipping") is False:
        built["kind"] = "digital"
    if line.get("requires_shipping") is None and line.get("kind") not in (None, "physical"):
        built["requires_shipping"] = False
    return built


def _quantity(quantity: Json, fulfilled: Callable[[int], int]) -> Json:
    """`current` is what was ordered less what was refunded or removed."""
    given = {name: item for name, item in quantity.items() if item is not None}
    ordered = given.get("ordered", given.get("current", 1))
    gone = [given.get("refunded", 0), given.get("removed", 0)]
    if not all(_is_count(item) for item in (ordered, *gone)):
        return given
    current = given.get("current", max(0, ordered - sum(gone)))
    return {"ordered": ordered, "current": current, "fulfilled": fulfilled(current), **given}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
