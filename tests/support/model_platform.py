"""A shop's platform for tests, as simple as can be and whole: orders with lines, money, parcels and edits, as plain
values, so that the same one is played in this process or behind HTTP.

It remembers under which key it made what, whether or not it tells: so the tests can count.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = dict[str, Any]
# keyed: an edit is one call, known by its key, and shipped units are refused. versioned: one call, made only on the
# version that was read; nothing is known by a key. steps: a change of lines and then a payment, each known by its key.
Kind = Literal["keyed", "versioned", "steps"]
PRICES: Final = {"s": 2000, "m": 2000, "l": 2300}
SHIPPING: Final = 500


@dataclass
class Platform:
    """The shop's side. Every act that changes an order gives it a new version."""

    kind: Kind = "keyed"
    orders: dict[str, Json] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)  # edits by key: whole ones, and lines of those in steps
    paid_back: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, tuple[int, int]] = field(default_factory=dict)  # paid back and kept as a fee, by key

    def place(self, order_id: str, *lines: tuple[str, int], **more: Any) -> None:
        """A paid order of (variant, units)."""
        listed: list[Json] = [
            {"id": f"L{n}", "product": "tee", "variant": variant, "wanted": units, "ordered": units, "shipped": 0}
            for n, (variant, units) in enumerate(lines, 1)
        ]
        paid = sum(PRICES[line["variant"]] * line["wanted"] for line in listed) + SHIPPING
        address = {
            "name": "Ada Exemple",
            "line1": "3 rue des Lilas",
            "city": "Lyon",
            "postcode": "69001",
            "country": "FR",
        }
        order = {"lines": listed, "paid": paid, "refunded": 0, "fees": 0, "cancelled": False, "reason": None}
        kept: Json = {"version": 1, "edits": [], "history": [], "held": []}
        self.orders[order_id] = {**order, **kept, "address": address, "instructions": None, **more}

    def ship(self, order_id: str, line_id: str, units: int) -> bool:
        """Units leave; False when there are not so many."""
        order = self.orders[order_id]
        line = _line(order, line_id)
        if order["cancelled"] or line is None or line["shipped"] + units > line["wanted"]:
            return False
        line["shipped"] += units
        order["version"] += 1
        return True

    def touch(self, order_id: str) -> None:
        """Something else about the order changes."""
        self.orders[order_id]["version"] += 1

    def call(self, name: str, **given: Any) -> Any:
        """What an adapter can ask: plain values in and out."""
        return getattr(self, f"_call_{name}")(**given)

    def _call_order(self, order_id: str) -> Json | None:
        order = self.orders.get(order_id)
        return None if order is None else document(order_id, order)

    def _call_known(self, key: str) -> Json:
        """What is known under a key."""
        hidden = self.kind == "versioned"
        return {"made": not hidden and self.made[key] > 0, "paid_back": not hidden and self.paid_back[key] > 0}

    def _call_edit(self, order_id: str, key: str, version: int, steps: list[Json], refund: int, fee: int) -> str | None:
        """Make an edit in one go; None when it is made, else why not."""
        order = self.orders[order_id]
        if self.kind == "keyed" and self.made[key]:
            return None
        if self.kind == "versioned" and order["version"] != version:
            return "changed"
        if why := self._change(order, key, steps):
            return why
        self._pay_back(order, key, refund, fee)
        return None

    def _call_lines(self, order_id: str, key: str, steps: list[Json]) -> str | None:
        """The first of two steps."""
        return None if self.made[key] else self._change(self.orders[order_id], key, steps)

    def _call_refund(self, order_id: str, key: str, refund: int, fee: int) -> None:
        """The second of two steps."""
        if not self.paid_back[key]:
            self._pay_back(self.orders[order_id], key, refund, fee)

    def _call_hold(self, order_id: str, key: str) -> bool:
        held = self.orders[order_id]["held"]
        if key not in held:
            held.append(key)
        return True

    def _call_release(self, order_id: str, key: str) -> None:
        held = self.orders[order_id]["held"]
        if key in held:
            held.remove(key)

    def _change(self, order: Json, key: str, steps: list[Json]) -> str | None:
        changed = deepcopy(order)
        for step in steps:
            _STEPS[step["do"]](changed, step)
        if self.kind != "versioned" and any(line["shipped"] > line["wanted"] for line in changed["lines"]):
            return "shipped"
        changed["version"] += 1
        changed["edits"].append(key)
        shipped = {line["id"]: line["shipped"] for line in order["lines"]}
        changed["history"].append({"key": key, "steps": steps, "shipped": shipped})
        order.clear()
        order.update(changed)
        self.made[key] += 1
        return None

    def _pay_back(self, order: Json, key: str, refund: int, fee: int) -> None:
        order["refunded"] += refund
        order["fees"] += fee
        order["version"] += 1
        self.paid_back[key] += 1
        self.amounts[key] = (refund, fee)


def document(order_id: str, order: Json) -> Json:
    """The order as a neutral document."""
    goods = sum(PRICES[line["variant"]] * line["wanted"] for line in order["lines"])
    total = goods + (0 if order["cancelled"] else SHIPPING) + order["fees"]
    sums = {"lines": goods, "shipping": 0 if order["cancelled"] else SHIPPING, "tax": 0, "fees": order["fees"]}
    owed = total - (order["paid"] - order["refunded"])
    sums |= {"total": total, "refunded": order["refunded"], "outstanding": max(0, owed)}
    shipped = {line["id"]: line["shipped"] for line in order["lines"] if line["shipped"]}
    return {
        "source": {"platform": "neutral", "shop": "model", "order_id": order_id},
        "version": order["version"],
        "number": f"#{order_id}",
        "placed_at": "2026-11-20T09:00:00Z",
        "cancelled_at": "2026-11-20T10:00:00Z" if order["cancelled"] else None,
        "cancel_reason": order["reason"],
        "currency": "EUR",
        "taxes_included": True,
        "state": {"payment": "paid" if not order["refunded"] else "partially_refunded"},
        "contact": {"email": order.get("email")},
        "locale": order.get("locale"),
        "address": {"shipping": order["address"]},
        "lines": [_document_line(line) for line in order["lines"]],
        "deliveries": [_delivery(order)],
        "parcels": [_parcel(shipped)] if shipped else [],
        "totals": {name: {"shop": amount} for name, amount in sums.items()},
        "links": {"pay_outstanding": f"https://pay.example/{order_id}" if owed > 0 else None},
    }


def _document_line(line: Json) -> Json:
    quantity = {"ordered": line["ordered"], "current": line["wanted"], "fulfilled": line["shipped"]}
    unit = PRICES[line["variant"]]
    return {
        "id": line["id"],
        "product_id": line["product"],
        "variant_id": line["variant"],
        "title": "T-shirt",
        "options": [{"name": "Size", "value": line["variant"].upper()}],
        "replaces_line_id": line.get("replaces"),
        "quantity": {**quantity, "removed": max(0, line["ordered"] - line["wanted"])},
        "price": {"unit": {"shop": unit}, "total_after_discounts": {"shop": unit * line["wanted"]}, "tax": {"shop": 0}},
    }


def _delivery(order: Json) -> Json:
    lines = [
        {"line_id": line["id"], "quantity": line["wanted"], "remaining": line["wanted"] - line["shipped"]}
        for line in order["lines"]
    ]
    return {"id": "d", "method": "shipping", "state": "open", "lines": lines, "instructions": order["instructions"]}


def _parcel(shipped: dict[str, int]) -> Json:
    contents = [{"line_id": line, "quantity": units} for line, units in shipped.items()]
    return {"id": "p", "created_at": "2026-11-20T11:00:00Z", "allocation": "exact", "lines": contents}


def _line(order: Json, line_id: str) -> Json | None:
    return next((line for line in order["lines"] if line["id"] == line_id), None)


def _set(order: Json, step: Json) -> None:
    line = _line(order, step["line"])
    assert line is not None
    line["wanted"] = step["units"]
    line["ordered"] = max(line["ordered"], step["units"])


def _take(order: Json, step: Json) -> None:
    line = _line(order, step["line"])
    assert line is not None
    line["wanted"] -= step["units"]


def _add(order: Json, step: Json) -> None:
    units = step["units"]
    fresh = {"id": f"L{len(order['lines']) + 1}", "product": "tee", "variant": step["variant"], "shipped": 0}
    order["lines"].append({**fresh, "wanted": units, "ordered": units, "replaces": step["line"]})


def _address(order: Json, step: Json) -> None:
    order["address"] = step["address"]


def _instruct(order: Json, step: Json) -> None:
    order["instructions"] = step["text"]


def _cancel(order: Json, step: Json) -> None:
    order["cancelled"], order["reason"] = True, step["reason"]
    for line in order["lines"]:
        line["wanted"] = line["shipped"]


_STEPS: Final = {
    "set": _set,
    "take": _take,
    "add": _add,
    "address": _address,
    "instruct": _instruct,
    "cancel": _cancel,
}
