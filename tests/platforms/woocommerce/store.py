"""WooCommerce's side, as far as it was recorded: it keeps orders and changes them as told, without a second thought.

It takes shipped units out, changes completed orders, prices nothing anew, leaves totals alone when money goes back,
and seldom moves an order's date of change.
"""

from __future__ import annotations

import copy
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

from portal.kit.clock import Clock
from tests.platforms.woocommerce.samples import line, meta, order

Json = dict[str, Any]
CENT = Decimal("0.01")


class No(Exception):
    """WooCommerce says no."""

    def __init__(self, status: int, code: str, message: str = "No.") -> None:
        super().__init__(code)
        self.status, self.body = status, {"code": code, "message": message, "data": {"status": status}}


class Store:
    """One shop. `rate` is the tax in percent; `paid_back` what gateways have moved; `changed` is called with each
    order that would be told of."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.orders: dict[int, Json] = {}
        self.refunds: dict[int, list[Json]] = {}
        self.fulfilments: dict[int, list[Json]] = {}
        self.notes: dict[int, list[Json]] = {}
        self.products: dict[int, Json] = {}
        self.variations: dict[int, list[Json]] = {}
        self.gateways = {"invented_card": ["products", "refunds"], "bacs": ["products"]}
        self.gateway_fails = False
        self.rate = Decimal(0)
        self.paid_back = Decimal(0)
        self.events: list[tuple[str, int]] = []
        self._ids = count(1000)
        self.add_product(70, [("S", "40.00"), ("M", "40.00"), ("L", "45.00"), ("XS", "32.00")])

    def add_product(self, product_id: int, sizes: list[tuple[str, str]], **changes: Any) -> None:
        """A product in these sizes; the ids of its variations are 701, 702…"""
        self.products[product_id] = {"id": product_id, "categories": [], "tags": [], "virtual": False} | changes
        self.variations[product_id] = [
            {"id": product_id * 10 + n, "status": "publish", "price": price, "regular_price": price, "sku": f"A-{size}",
             "purchasable": True, "stock_status": "instock", "manage_stock": False, "stock_quantity": None,
             "backorders_allowed": False, "attributes": [{"id": 1, "name": "Size", "option": size}]}
            for n, (size, price) in enumerate(sizes, 1)
        ]  # fmt: skip

    def place(self, lines: list[Json] | None = None, **changes: Any) -> int:
        """A new order; returns its id."""
        order_id = next(self._ids)
        body = order(id=order_id, number=str(order_id), line_items=lines or [self.line(702, 2)])
        now = self._now()
        for name in ("created", "modified", "paid"):
            body[f"date_{name}_gmt"] = body[f"date_{name}"] = now
        body.update(copy.deepcopy(changes))
        self._reckon(body)
        self.orders[order_id] = body
        self.refunds[order_id], self.fulfilments[order_id], self.notes[order_id] = [], [], []
        self.events.append(("order.created", order_id))
        return order_id

    def line(self, variation_id: int, quantity: int, **changes: Any) -> Json:
        """An order line of a variation at its price (taxes are added, or in it: the price is without)."""
        product_id = variation_id // 10
        found = next(one for one in self.variations[product_id] if one["id"] == variation_id)
        size = found["attributes"][0]["option"]
        price = str(Decimal(found["price"]) * quantity)
        body = line(
            id=next(self._ids), product_id=product_id, variation_id=variation_id, quantity=quantity, subtotal=price,
            total=price, sku=found["sku"], name=f"Linen apron - {size}",
            meta_data=[meta("pa_size", size.lower(), "Size", size), meta("_reduced_stock", str(quantity))],
        )  # fmt: skip
        return body | changes

    def read(self, order_id: int) -> Json:
        """An order's body; those that were deleted for good are none."""
        if order_id not in self.orders:
            raise No(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        body = copy.deepcopy(self.orders[order_id])
        body["refunds"] = [
            {"id": one["id"], "reason": one["reason"], "total": f"-{one['amount']}"} for one in self.refunds[order_id]
        ]
        body["needs_payment"] = body["status"] in ("pending", "failed") and Decimal(body["total"]) > 0
        return body

    def change(self, order_id: int, told: Json) -> Json:
        """PUT: whatever is told, and nothing else."""
        self.read(order_id)
        body = self.orders[order_id]
        for name in ("shipping", "billing"):
            body[name] = {**body[name], **told.get(name, {})}
        body["customer_note"] = told.get("customer_note", body["customer_note"])
        for entry in told.get("meta_data", ()):
            self._put_meta(body, entry)
        for item in told.get("line_items", ()):
            self._put_line(body, item)
        if "line_items" in told:
            self._reckon(body)
        if "status" in told and told["status"] != body["status"]:
            self.set_status(order_id, told["status"])
        else:
            self.events.append(("order.updated", order_id))
        return self.read(order_id)

    def set_status(self, order_id: int, status: str) -> None:
        """The one thing that always moves the date of change."""
        body = self.orders[order_id]
        body["status"] = status
        if status == "completed":
            body["date_completed_gmt"] = body["date_completed"] = self._now()
        self._touch(order_id)

    def refund(self, order_id: int, told: Json) -> Json:
        """POST: money goes back, the order's total stays."""
        body = self.read(order_id)
        amount = Decimal(str(told["amount"]))
        left = Decimal(body["total"]) - sum((Decimal(one["amount"]) for one in self.refunds[order_id]), Decimal(0))
        code = "woocommerce_rest_cannot_create_order_refund"
        if amount < 0 or amount > left:
            raise No(500, code, "Invalid refund amount.")
        moves = told.get("api_refund", True)
        if moves and "refunds" not in self.gateways.get(body["payment_method"], []):
            raise No(500, code, "The payment gateway for this order does not support automatic refunds.")
        if moves and self.gateway_fails:
            raise No(500, code, "The bank is closed.")
        made = self._refund(order_id, told, amount, moved=moves)
        self.refunds[order_id].insert(0, made)
        self.paid_back += amount if moves else 0
        if amount == left:
            self.orders[order_id]["status"] = "refunded"
        self._touch(order_id)
        return made

    def fulfil(self, order_id: int, *items: tuple[str, int], number: str = "6A00000000001", done: bool = True) -> None:
        """A fulfilment is recorded, of as many units as one likes. No date moves."""
        told = {"_items": [{"item_id": int(item), "qty": units} for item, units in items], "_tracking_number": number,
                "_shipment_provider": "colissimo", "_date_fulfilled": f"{self._now()}Z"}  # fmt: skip
        self.fulfilments[order_id].append({
            "id": next(self._ids), "entity_type": "WC_Order", "entity_id": str(order_id),
            "status": "fulfilled" if done else "unfulfilled", "is_fulfilled": "1" if done else "",
            "date_updated": f"{self._now()}Z", "date_deleted": None,
            "meta_data": [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(told.items())],
        })  # fmt: skip
        self._put_meta(self.orders[order_id], {"key": "_fulfillment_status", "value": "partially_fulfilled"})
        self.events.append(("order.updated", order_id))

    def bin(self, order_id: int) -> None:
        """Into the bin, from where it can come back."""
        self.orders[order_id]["status_before"] = self.orders[order_id]["status"]
        self.set_status(order_id, "trash")
        self.events[-1] = ("order.deleted", order_id)

    def restore(self, order_id: int) -> None:
        """Out of the bin."""
        self.set_status(order_id, self.orders[order_id]["status_before"])
        self.events[-1] = ("order.restored", order_id)

    def delete(self, order_id: int) -> None:
        """For good, and nobody is told."""
        del self.orders[order_id]

    def net(self, order_id: int) -> Decimal:
        """What the order costs now, as the shop's own page reckons it."""
        back = sum((Decimal(one["amount"]) for one in self.refunds[order_id]), Decimal(0))
        return Decimal(self.orders[order_id]["total"]) - back

    def _refund(self, order_id: int, told: Json, amount: Decimal, *, moved: bool) -> Json:
        kinds: dict[str, list[Json]] = {"line_items": [], "shipping_lines": [], "fee_lines": []}
        body = self.orders[order_id]
        for item in told.get("line_items", ()):
            kind = next(kind for kind in kinds if any(one["id"] == item["id"] for one in body[kind]))
            of = next(one for one in body[kind] if one["id"] == item["id"])
            tax = sum((Decimal(part["refund_total"]) for part in item.get("refund_tax", ())), Decimal(0))
            kinds[kind].append(of | {
                "id": next(self._ids), "quantity": -int(item.get("quantity", 0)), "total": f"-{item['refund_total']}",
                "total_tax": f"-{tax}", "meta_data": [meta("_refunded_item_id", str(of["id"]))],
            })  # fmt: skip
        return {
            "id": next(self._ids), "date_created": self._now(), "date_created_gmt": self._now(),
            "amount": _text(amount), "reason": told.get("reason", ""), "refunded_by": 1, "refunded_payment": moved,
            "meta_data": [{"id": n, **entry} for n, entry in enumerate(told.get("meta_data", ()))], **kinds,
        }  # fmt: skip

    def _put_meta(self, body: Json, entry: Json) -> None:
        kept = next((one for one in body["meta_data"] if one["key"] == entry["key"]), None)
        if kept is None:
            body["meta_data"].append({"id": next(self._ids), "key": entry["key"], "value": entry["value"]})
        else:
            kept["value"] = entry["value"]

    def _put_line(self, body: Json, told: Json) -> None:
        if "id" not in told:
            new = self.line(told["variation_id"], told["quantity"])
            new.update({name: told[name] for name in ("subtotal", "total") if name in told})
            new["meta_data"] = [
                *new["meta_data"],
                *(meta(one["key"], one["value"]) for one in told.get("meta_data", ())),
            ]
            body["line_items"].append(new)
            return
        kept = next(one for one in body["line_items"] if one["id"] == told["id"])
        if told.get("quantity") == 0:
            body["line_items"].remove(kept)
        else:
            kept.update({name: told[name] for name in ("quantity", "subtotal", "total") if name in told})

    def _reckon(self, body: Json) -> None:
        """Taxes and sums, of the lines as they are."""
        for item in body["line_items"]:
            for name in ("subtotal", "total"):
                item[f"{name}_tax"] = _text(Decimal(item[name]) * self.rate / 100)
            item["taxes"] = (
                [{"id": 1, "total": item["total_tax"], "subtotal": item["subtotal_tax"]}] if self.rate else []
            )
        lines, ways, fees = body["line_items"], body["shipping_lines"], body["fee_lines"]
        everything = [*lines, *ways, *fees]
        tax = sum((Decimal(one["total_tax"]) for one in everything), Decimal(0))
        body["total_tax"], body["shipping_total"] = _text(tax), _text(_sum(ways, "total"))
        body["discount_total"] = _text(_sum(lines, "subtotal") - _sum(lines, "total"))
        body["total"] = _text(_sum(everything, "total") + tax)

    def _touch(self, order_id: int) -> None:
        self.orders[order_id]["date_modified_gmt"] = self._now()
        self.events.append(("order.updated", order_id))

    def _now(self) -> str:
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S")


def _sum(parts: list[Json], name: str) -> Decimal:
    return sum((Decimal(one[name]) for one in parts), Decimal(0))


def _text(amount: Decimal) -> str:
    return str(amount.quantize(CENT, ROUND_HALF_UP))
