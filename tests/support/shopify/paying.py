"""Refunds and cancellations of the played Shopify."""

from __future__ import annotations

from typing import Any

from tests.support.shopify.records import NOTHING, Item, Order, Pair, Payment, Refund, less, plus
from tests.support.shopify.sessions import user_errors
from tests.support.shopify.shop import Job, Shop
from tests.support.shopify.views import Json, bag, minor


def suggest(order: Order, lines: list[Json] | None, *, shipping: bool, full: bool) -> Json:
    """Order.suggestedRefund."""
    if full:
        lines = [{"lineItemId": i.id, "quantity": i.current} for i in order.items if i.current]
    wanted = [(order.item(line["lineItemId"]), line["quantity"]) for line in lines or []]
    parts = [order.parting(item, quantity) for item, quantity in wanted]
    worth, tax = plus(*(part for part, _ in parts)), plus(*(part for _, part in parts))
    back = order.shipping_now if shipping else NOTHING
    amount = plus(worth, back, NOTHING if order.taxes_included else tax)
    amount = min(amount[0], max(0, order.received[0])), min(amount[1], max(0, order.received[1]))
    pair = order.currencies
    place = {item: work.location for work in order.works for item in (line.item for line in work.lines)}
    return {
        "amountSet": bag(amount, pair),
        "discountedSubtotalSet": bag(worth, pair),
        "totalTaxSet": bag(tax, pair),
        "shipping": {"amountSet": bag(back, pair), "taxSet": bag(NOTHING, pair)},
        "refundLineItems": [
            {
                "quantity": quantity,
                "restockType": "CANCEL",
                "lineItem": {"id": item.id},
                "location": {"id": place[item.id][0], "name": place[item.id][1]} if item.id in place else None,
            }
            for item, quantity in wanted
        ],
        "suggestedTransactions": list(_sources(order, amount)),
    }


def refund(shop: Shop, order: Order, given: Json, key: str) -> Json:
    """refundCreate: the same key and the same members give the same refund."""
    asked = repr(sorted(given.items(), key=lambda one: one[0]))
    known = shop.refunds_by_key.get(key)
    if known is not None:
        if known[1] != asked:
            return _refused("The idempotency key was used with other parameters.")
        return {"refund": {"id": known[0]}, "userErrors": []}
    why = _why_not(order, given)
    if why is not None:
        return _refused(why)
    made = _made(shop, order, given)
    shop.refunds_by_key[key] = (made.id, asked)
    shop.said += [f"refunded {order.name}"] if given.get("notify") else []
    shop.touch(order)
    return {"refund": {"id": made.id}, "userErrors": []}


def cancel(shop: Shop, order: Order, *, restock: bool, pay_back: bool, reason: str, note: str, notify: bool) -> Json:
    """orderCancel: a job."""
    why = _why_not_cancelled(shop, order)
    if why is not None:
        return {"job": None, "orderCancelUserErrors": [{"field": None, "message": why, "code": "INVALID"}]}

    def work() -> None:
        if _has_left(order):
            return  # it failed
        back = order.received if pay_back else NOTHING
        _pay(order, back)
        if pay_back or restock:
            lines = [_gone(order, item, item.current, "CANCEL" if restock else "NO_RESTOCK") for item in order.items]
            order.refunds.append(
                Refund(shop.id("Refund"), shop.clock.now(), "", back, [line for line in lines if line["quantity"]])
            )
        for item in order.items:
            item.current = 0
        for one in order.works:
            one.status = "CLOSED"
            for line in one.lines:
                line.total = line.remaining = 0
        order.cancelled = order.closed = shop.clock.now()
        order.cancel_reason, order.cancel_note = reason, note
        shop.said.extend([f"cancelled {order.name}"] if notify else [])
        shop.touch(order)

    job = Job(f"gid://shopify/Job/{len(shop.jobs)}-{order.id[-8:]}", work, shop.due())
    shop.jobs[job.id] = job
    return {"job": {"id": job.id, "done": False}, "orderCancelUserErrors": []}


def _why_not_cancelled(shop: Shop, order: Order) -> str | None:
    under_way = any(job.id.endswith(order.id[-8:]) and not job.done for job in shop.jobs.values())
    if order.cancelled or under_way:
        return "Cannot cancel an order that has already been canceled"
    return "Cannot cancel an order that has outstanding fulfillments" if _has_left(order) else None


def _has_left(order: Order) -> bool:
    return any(parcel.status == "SUCCESS" for parcel in order.parcels)


def _refused(message: str) -> Json:
    return {"refund": None, "userErrors": user_errors(message)}


def _why_not(order: Order, given: Json) -> str | None:
    if order.cancelled:
        return "The order has already been cancelled."
    for line in given["refundLineItems"]:
        if line["restockType"] == "CANCEL" and not line.get("locationId"):
            return "Location is required to restock."
        if order.open_units(line["lineItemId"]) < line["quantity"]:
            return "Quantity cannot be canceled: it has been fulfilled."
    if _amount(order, given) > order.received[1]:
        worth = f"{order.received[1] / 100:.2f}"
        return f"Refund amount is greater than net payment received {worth}"
    by_id = {payment.id: payment for payment in order.payments}
    for paid in given["transactions"]:
        payment = by_id.get(paid["parentId"])
        if payment is None or minor(paid["amount"], order.currencies[1]) > payment.amount[1] - payment.returned[1]:
            return "Transactions require a parent_id associated with the order"
    return None


def _made(shop: Shop, order: Order, given: Json) -> Refund:
    buyer = _amount(order, given)
    worth, lines = NOTHING, []
    for line in given["refundLineItems"]:
        item, quantity = order.item(line["lineItemId"]), line["quantity"]
        lines.append(_gone(order, item, quantity, line["restockType"]))
        worth = plus(worth, lines[-1]["subtotal"], NOTHING if order.taxes_included else lines[-1]["tax"])
    shipping = bool((given.get("shipping") or {}).get("fullRefund"))
    worth = plus(worth, order.shipping_now if shipping else NOTHING)
    paid = _both(order, buyer, worth)
    for line in lines:
        shop.take_off(order, line["item"], line["quantity"])
    kept = less(worth, paid) if given.get("discrepancyReason") == "RESTOCK" else NOTHING
    made = Refund(shop.id("Refund"), shop.clock.now(), given["note"], paid, lines, kept, shipping)
    _pay(order, paid)
    order.refunds.append(made)
    return made


def _gone(order: Order, item: Item, quantity: int, restock: str) -> Json:
    subtotal, tax = order.parting(item, quantity)
    return {"item": item.id, "quantity": quantity, "subtotal": subtotal, "tax": tax, "restock": restock}


def _both(order: Order, buyer: int, worth: Pair) -> Pair:
    """A payment back in both currencies, at the order's own rate."""
    if worth[1] == buyer:
        return worth
    total = plus(*(payment.amount for payment in order.payments))
    return (round(buyer * total[0] / total[1]) if total[1] else buyer), buyer


def _amount(order: Order, given: Json) -> int:
    return sum(minor(paid["amount"], order.currencies[1]) for paid in given["transactions"])


def _pay(order: Order, amount: Pair) -> None:
    left = amount
    for payment in order.payments:
        room = less(payment.amount, payment.returned)
        part = min(room[0], left[0]), min(room[1], left[1])
        payment.returned = plus(payment.returned, part)
        left = less(left, part)


def _sources(order: Order, amount: Pair) -> list[dict[str, Any]]:
    found, left = [], amount
    for payment in order.payments:
        room: Pair = less(payment.amount, payment.returned)
        part = min(room[0], left[0]), min(room[1], left[1])
        left = less(left, part)
        found.append(_source(payment, part, room, order.currencies))
    return found


def _source(payment: Payment, part: Pair, room: Pair, pair: tuple[str, str]) -> Json:
    return {
        "gateway": payment.gateway,
        "amountSet": bag(part, pair),
        "maximumRefundableSet": bag(room, pair),
        "parentTransaction": {"id": payment.id},
    }
