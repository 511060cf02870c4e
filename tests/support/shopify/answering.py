"""The roots of the played schema: what each query and mutation does with the shop."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, value_from_ast_untyped

from tests.support.shopify import paying, sessions
from tests.support.shopify.records import Order, Parcel, Return, Work
from tests.support.shopify.sessions import Session, session_view, user_errors
from tests.support.shopify.shop import Bulk, Shop
from tests.support.shopify.views import (
    Json,
    connection,
    digest,
    order_view,
    parcel_view,
    refund_view,
    return_view,
    stamp,
    variant_view,
    work_view,
)

_SINCE = re.compile(r"updated_at:>='([^']+)'")


class Roots:
    """Every root field by its name. `info` is the executor's, `variables` are those of the question."""

    def __init__(self, shop: Shop, base: str, variables: Json) -> None:
        self.shop, self.base, self.variables = shop, base, variables

    # queries

    def order(self, _: Any, id: str) -> Json | None:
        order = self.shop.orders.get(id)
        if order is None:
            return None
        view = order_view(self.shop, order)
        view["suggestedRefund"] = (
            lambda _info, refund_line_items=None, refund_shipping=False, suggest_full_refund=False: paying.suggest(
                order, refund_line_items, shipping=bool(refund_shipping), full=bool(suggest_full_refund)
            )
        )
        return view

    def orders(self, info: Any, query: str | None = None, sort_key: str = "PROCESSED_AT", **page: Any) -> Json:
        found = _SINCE.search(query or "")
        since = datetime.fromisoformat(found[1]) if found else None
        key = "updated" if sort_key == "UPDATED_AT" else "placed"
        chosen = [order for order in self.shop.orders.values() if since is None or order.updated >= since]
        chosen.sort(key=lambda order: (getattr(order, key), order.id))
        return connection(lambda: [order_view(self.shop, order) for order in chosen])(info, **page)

    def orders_count(self, info: Any, query: str | None = None, **_limit: Any) -> Json:
        return {"count": len(self.orders(info, query=query)["nodes"])}

    def fulfillment_order(self, _: Any, id: str) -> Json | None:
        return next((work_view(order, work) for order, work in self._works() if work.id == id), None)

    def fulfillment(self, _: Any, id: str) -> Json | None:
        return next((parcel_view(order, parcel) for order, parcel in self._parcels() if parcel.id == id), None)

    def refund(self, _: Any, id: str) -> Json | None:
        every = ((order, refund) for order in self.shop.orders.values() for refund in order.refunds)
        return next((refund_view(order, refund) for order, refund in every if refund.id == id), None)

    def return_(self, _: Any, id: str) -> Json | None:
        every = ((order, one) for order in self.shop.orders.values() for one in order.returns)
        return next((return_view(order, one) for order, one in every if one.id == id), None)

    def node(self, _: Any, id: str) -> Json | None:
        session: Session | None = self.shop.sessions.get(id)
        return session_view(session) if session else None

    def product(self, _: Any, id: str) -> Json | None:
        mine = [variant for variant in self.shop.variants.values() if variant.product == id]
        pair = next((order.currencies for order in self.shop.orders.values()), ("EUR", "EUR"))
        return (
            {"id": id, "variants": connection(lambda: [variant_view(variant, pair) for variant in mine])}
            if mine
            else None
        )

    def product_variant(self, _: Any, id: str) -> Json | None:
        variant = self.shop.variants.get(id)
        pair = next((order.currencies for order in self.shop.orders.values()), ("EUR", "EUR"))
        return variant_view(variant, pair) if variant else None

    def job(self, _: Any, id: str) -> Json | None:
        job = self.shop.jobs.get(id)
        return {"id": job.id, "done": job.done} if job else None

    def bulk_operation(self, _: Any, id: str) -> Json | None:
        bulk = self.shop.bulks.get(id)
        return self._looked_at(bulk) if bulk else None

    def returnable_fulfillments(self, info: Any, order_id: str, **page: Any) -> Json:
        order = self.shop.orders[order_id]
        wished = {line["own"] for one in order.returns for line in one.lines}

        def lines(parcel: Parcel) -> list[Json]:
            return [
                {"quantity": quantity, "fulfillmentLineItem": {"id": own, "lineItem": {"id": item}}}
                for own, item, quantity in parcel.lines
                if own not in wished
            ]

        return connection(
            lambda: [
                {"id": parcel.id, "returnableFulfillmentLineItems": connection(lambda p=parcel: lines(p))}  # type: ignore[misc] # bound now
                for parcel in order.parcels
                if parcel.status == "SUCCESS"
            ]
        )(info, **page)

    def return_reason_definitions(self, info: Any, **page: Any) -> Json:
        known = [
            {"id": f"gid://shopify/ReturnReasonDefinition/{n}", "handle": h, "deleted": False}
            for n, h in enumerate(self.shop.reasons)
        ]
        return connection(lambda: known)(info, **page)

    def shop_(self, _: Any) -> Json:
        return {"id": "gid://shopify/Shop/1", "name": "Atelier Lune", "myshopifyDomain": self.shop.domain}

    def current_app_installation(self, _: Any) -> Json:
        return {
            "id": "gid://shopify/AppInstallation/1",
            "app": {"id": "gid://shopify/App/1", "title": "Jalon"},
            "accessScopes": [{"handle": scope} for scope in sorted(self.shop.scopes)],
        }

    def public_api_versions(self, _: Any) -> list[Json]:
        return [{"handle": handle, "supported": handle != "unstable"} for handle in ("2026-07", "2026-10", "unstable")]

    def webhook_subscriptions(self, info: Any, **page: Any) -> Json:
        version = {"handle": self.shop.hook_version}
        return connection(lambda: [{**hook, "apiVersion": version} for hook in self.shop.hooks])(info, **page)

    # changes of orders

    def order_edit_begin(self, _: Any, id: str) -> Json:
        order = self.shop.orders.get(id)
        if order is None:
            return {"calculatedOrder": None, "userErrors": user_errors("The order does not exist.")}
        return sessions.begin(self.shop, order)

    def order_edit_set_quantity(self, _: Any, id: str, line_item_id: str, quantity: int, **__: Any) -> Json:
        return sessions.set_quantity(self.shop, id, line_item_id, quantity)

    def order_edit_add_variant(self, _: Any, id: str, variant_id: str, quantity: int, **__: Any) -> Json:
        return sessions.add_variant(self.shop, id, variant_id, quantity)

    def order_edit_add_line_item_discount(self, _: Any, id: str, line_item_id: str, discount: Json) -> Json:
        return sessions.add_discount(self.shop, id, line_item_id, discount)

    def order_edit_add_custom_item(self, _: Any, id: str, title: str, price: Json, **__: Any) -> Json:
        return sessions.add_fee(self.shop, id, title, price)

    def order_edit_commit(self, _: Any, id: str, notify_customer: bool = False, staff_note: str = "") -> Json:
        made = sessions.commit(self.shop, id, staff_note, notify=notify_customer)
        order: Order | None = made["order"]
        return {**made, "order": order and order_view(self.shop, order)}

    def refund_create(self, info: GraphQLResolveInfo[Any], input: Json) -> Json:
        given = [d for d in info.field_nodes[0].directives or () if d.name.value == "idempotent"]
        if not given:
            raise GraphQLError("The @idempotent directive is required.", extensions={"code": "BAD_REQUEST"})
        key = str(value_from_ast_untyped((given[0].arguments or ())[0].value, self.variables))
        return paying.refund(self.shop, self.shop.orders[input["orderId"]], input, key)

    def order_cancel(
        self, _: Any, order_id: str, reason: str, restock: bool, notify_customer: bool = False, staff_note: str = "",
        refund_method: Json | None = None,
    ) -> Json:  # fmt: skip
        back = bool((refund_method or {}).get("originalPaymentMethodsRefund"))
        return paying.cancel(
            self.shop, self.shop.orders[order_id], restock=restock, pay_back=back, reason=reason, note=staff_note,
            notify=notify_customer,
        )  # fmt: skip

    def order_update(self, _: Any, input: Json) -> Json:
        order = self.shop.orders[input["id"]]
        if "shippingAddress" in input:
            self._readdress(order, input["shippingAddress"])
        if "customAttributes" in input:
            order.attributes = [dict(one) for one in input["customAttributes"]]
        for one in input.get("metafields", ()):
            order.metafields[(one["namespace"], one["key"])] = one["value"]
        self.shop.touch(order, content=False)
        return {"order": order_view(self.shop, order), "userErrors": []}

    def metafields_set(self, _: Any, metafields: list[Json]) -> Json:
        for one in metafields:
            order = self.shop.orders[one["ownerId"]]
            place = (one["namespace"], one["key"])
            held = order.metafields.get(place)
            if "compareDigest" in one and one["compareDigest"] != (None if held is None else digest(held)):
                error = {
                    "field": None,
                    "message": "The resource has been updated since it was loaded.",
                    "code": "STALE_OBJECT",
                }
                return {"metafields": None, "userErrors": [error]}
            order.metafields[place] = one["value"]
            self.shop.touch(order, content=False)
        return {"metafields": [{"id": "gid://shopify/Metafield/1"}], "userErrors": []}

    # goods

    def fulfillment_order_hold(self, _: Any, id: str, fulfillment_hold: Json) -> Json:
        work = next(work for _, work in self._works() if work.id == id)
        handle = fulfillment_hold["handle"]
        if any(hold["handle"] == handle for hold in work.holds):
            error = {"field": None, "message": "taken", "code": "DUPLICATE_FULFILLMENT_HOLD_HANDLE"}
            return {"fulfillmentHold": None, "userErrors": [error]}
        if work.request not in ("UNSUBMITTED", "REJECTED", "CANCELLATION_ACCEPTED"):
            return {
                "fulfillmentHold": None,
                "userErrors": [{"field": None, "message": "It is in progress.", "code": None}],
            }
        hold = {"id": self.shop.id("FulfillmentHold"), "handle": handle, "reason": "OTHER", "heldByRequestingApp": True}
        work.holds.append(hold)
        work.status = "ON_HOLD"
        return {"fulfillmentHold": hold, "userErrors": []}

    def fulfillment_order_release_hold(self, _: Any, id: str, hold_ids: list[str]) -> Json:
        order, work = next((order, work) for order, work in self._works() if work.id == id)
        work.holds = [hold for hold in work.holds if hold["id"] not in hold_ids]
        work.status = work.status if work.holds else "OPEN"
        return {"fulfillmentOrder": work_view(order, work), "userErrors": []}

    def fulfillment_create(self, _: Any, fulfillment: Json) -> Json:
        wanted = fulfillment["lineItemsByFulfillmentOrder"]
        found = [
            (order, work) for order, work in self._works() if work.id in {one["fulfillmentOrderId"] for one in wanted}
        ]
        if any(work.status not in ("OPEN", "IN_PROGRESS") for _, work in found):
            return {"fulfillment": None, "userErrors": user_errors("Fulfillment order is not in a fulfillable state.")}
        if len({work.location for _, work in found}) > 1:
            return {
                "fulfillment": None,
                "userErrors": user_errors("All fulfillment orders must be at the same location."),
            }
        order, works = found[0][0], {work.id: work for _, work in found}
        taken: list[tuple[str, str, int]] = []
        for one in wanted:
            taken += self._take(works[one["fulfillmentOrderId"]], one.get("fulfillmentOrderLineItems"))
        parcel = Parcel(self.shop.id("Fulfillment"), found[0][1].id, self.shop.clock.now(), taken)
        tracking = fulfillment.get("trackingInfo")
        parcel.tracking = {"company": None, "number": None, "url": None, **tracking} if tracking else None
        order.parcels.append(parcel)
        self.shop.touch(order)
        return {"fulfillment": {"id": parcel.id}, "userErrors": []}

    def fulfillment_order_line_items_prepared_for_pickup(self, _: Any, input: Json) -> Json:
        for one in input["lineItemsByFulfillmentOrder"]:
            order, work = next((o, w) for o, w in self._works() if w.id == one["fulfillmentOrderId"])
            if work.prepared or work.method != "PICK_UP":
                error = {"field": None, "message": "no", "code": "NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER"}
                return {"userErrors": [error]}
            work.prepared = True
            self.shop.said.append(f"ready {order.name}")
            self.shop.touch(order)
        return {"userErrors": []}

    def fulfillment_event_create(self, _: Any, fulfillment_event: Json) -> Json:
        order, parcel = next((o, p) for o, p in self._parcels() if p.id == fulfillment_event["fulfillmentId"])
        at = datetime.fromisoformat(fulfillment_event["happenedAt"])
        names = ("message", "city", "country", "zip", "estimatedDeliveryAt")
        event = {"id": self.shop.id("FulfillmentEvent"), "status": fulfillment_event["status"], "happenedAt": stamp(at)}
        event |= {name: fulfillment_event.get(name) for name in names}
        parcel.events.append(event)
        parcel.display = event["status"]
        parcel.delivered = at if event["status"] == "DELIVERED" else parcel.delivered
        self.shop.touch(order, content=False)
        return {"fulfillmentEvent": event, "userErrors": []}

    def return_request(self, _: Any, input: Json) -> Json:
        order = self.shop.orders[input["orderId"]]
        by_own = {own: item for parcel in order.parcels for own, item, _ in parcel.lines}
        lines = [
            {
                "id": self.shop.id("ReturnLineItem"), "own": line["fulfillmentLineItemId"],
                "item": by_own[line["fulfillmentLineItemId"]], "quantity": line["quantity"],
                "note": line.get("customerNote"), "reason": line.get("returnReasonDefinitionId"),
            }
            for line in input["returnLineItems"]
        ]  # fmt: skip
        made = Return(self.shop.id("Return"), self.shop.clock.now(), lines)
        order.returns.append(made)
        self.shop.touch(order, content=False)
        return {"return": return_view(order, made), "userErrors": []}

    # the connection

    def webhook_subscription_create(self, _: Any, topic: str, webhook_subscription: Json) -> Json:
        uri = webhook_subscription["uri"]
        if any(hook["topic"] == topic and hook["uri"] == uri for hook in self.shop.hooks):
            return {
                "webhookSubscription": None,
                "userErrors": user_errors("Address for this topic has already been taken"),
            }
        hook = {"id": self.shop.id("WebhookSubscription"), "topic": topic, "uri": uri, "format": "JSON"}
        self.shop.hooks.append({**hook, "filter": None, "includeFields": []})
        return {"webhookSubscription": {"id": hook["id"]}, "userErrors": []}

    def webhook_subscription_delete(self, _: Any, id: str) -> Json:
        self.shop.hooks = [hook for hook in self.shop.hooks if hook["id"] != id]
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}

    def bulk_operation_run_query(self, _: Any, query: str, group_objects: bool) -> Json:
        if not self.shop.takes_bulk:
            error = {
                "field": None,
                "message": "A bulk operation is already in progress.",
                "code": "OPERATION_IN_PROGRESS",
            }
            return {"bulkOperation": None, "userErrors": [error]}
        assert group_objects, "its file is read in one go"
        bulk = Bulk(self.shop.id("BulkOperation"), query, self.shop.clock.now(), self.shop.due())
        self.shop.bulks[bulk.id] = bulk
        return {"bulkOperation": {"id": bulk.id, "status": "CREATED"}, "userErrors": []}

    # what they share

    def _works(self) -> list[tuple[Order, Work]]:
        return [(order, work) for order in self.shop.orders.values() for work in order.works]

    def _parcels(self) -> list[tuple[Order, Parcel]]:
        return [(order, parcel) for order in self.shop.orders.values() for parcel in order.parcels]

    def _take(self, work: Work, lines: list[Json] | None) -> list[tuple[str, str, int]]:
        wanted = (
            {line["id"]: line["quantity"] for line in lines} if lines else {one.id: one.remaining for one in work.lines}
        )
        taken = []
        for line in work.lines:
            quantity = min(line.remaining, wanted.get(line.id, 0))
            if quantity:
                line.remaining -= quantity
                taken.append((self.shop.id("FulfillmentLineItem"), line.item, quantity))
        self.shop.settle(work)
        return taken

    def _readdress(self, order: Order, place: Json) -> None:
        order.address = {**dict.fromkeys(("company", "address2", "province", "provinceCode")), **place}
        for work in order.works:
            if self.shop.works_follow and work.status not in ("CLOSED", "CANCELLED"):
                work.destination = dict(order.address)

    def _looked_at(self, bulk: Bulk) -> Json:
        if bulk.due <= self.shop.clock.now() and bulk.status == "CREATED":
            bulk.status = "FAILED" if bulk.fails else "COMPLETED"
            self.run_bulk(bulk)
        done = bulk.status == "COMPLETED" and bulk.count
        return {
            "id": bulk.id, "status": bulk.status, "errorCode": bulk.fails, "createdAt": stamp(bulk.at),
            "url": f"{self.base}/bulk/{bulk.id[-17:]}.jsonl" if done else None, "rootObjectCount": str(bulk.count),
        }  # fmt: skip

    def run_bulk(self, bulk: Bulk) -> None:
        """Replaced by whoever can execute queries."""
        raise NotImplementedError


def flattened(orders: list[Json]) -> bytes:
    """Objects with their lists as JSON Lines, each list's members behind their parent."""
    lines: list[bytes] = []

    def add(node: Json, parent: str | None) -> None:
        own = {name: value for name, value in node.items() if not _is_list(value)}
        lines.append(json.dumps(own | ({"__parentId": parent} if parent else {})).encode())
        for value in node.values():
            if _is_list(value):
                for edge in value["edges"]:
                    add(edge["node"], node["id"])

    for order in orders:
        add(order, None)
    return b"".join(line + b"\n" for line in lines)


def _is_list(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"edges"}
