"""One Shopify order, from a webhook body or a GraphQL answer, as a neutral order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from portal.platforms.contract import Delivered
from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.money import MoneyError, currency_code
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify import people, words
from portal.platforms.shopify.adjustments import adjustments_of
from portal.platforms.shopify.amounts import Currencies
from portal.platforms.shopify.deliveries import deliveries_of
from portal.platforms.shopify.ledger import fulfilment_of, ledger_of, names_of, told_apart
from portal.platforms.shopify.lines import lines_of
from portal.platforms.shopify.parcels import parcels_of
from portal.platforms.shopify.pickups import with_pickups
from portal.platforms.shopify.raw import raw_of
from portal.platforms.shopify.shape import (
    Node,
    cut_off,
    first,
    folded,
    gid,
    is_graphql,
    nodes,
    part,
    stated,
    tail,
    text,
    when,
    yes,
)
from portal.platforms.shopify.totals import totals_of

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")


def order_of(body: Node, delivered: Delivered) -> NeutralOrder:
    """The neutral order of one order body. Raises InvalidOrder when it has no id or no number."""
    order: Node = folded(body) if is_graphql(body) else body
    currencies = _currencies(order)
    names = names_of(order)
    ledger = ledger_of(order, names, currencies)
    lines = lines_of(order, names, ledger, currencies)
    deliveries = told_apart(deliveries_of(order, names, lines))
    parcels = told_apart(parcels_of(order, names, deliveries))
    built = {
        **_head(order, delivered),
        "state": _state(order, lines),
        "currency": {"shop": currencies.shop, "buyer": currencies.buyer},
        "customer": people.customer(order),
        "contact": people.contact(order),
        "address": {
            "shipping": people.address(part(order, "shipping_address")),
            "billing": people.address(part(order, "billing_address")),
        },
        "lines": lines,
        "deliveries": with_pickups(order, deliveries, parcels),
        "parcels": parcels,
        "adjustments": told_apart(adjustments_of(order, names, currencies)),
        "totals": totals_of(order, currencies),
        "raw": raw_of(body),
    }
    return neutral_order(built)


def cut_parts(body: Node) -> Iterator[str]:
    """The lists of the order that have more pages than this answer, by their name in it."""
    order: Node = folded(body) if is_graphql(body) else body
    yield from (_camel(name) for name in ("line_items", "fulfillment_orders", "returns") if cut_off(order, name))
    for fulfilment in nodes(order, "fulfillments"):
        yield from (_camel(name) for name in ("fulfillment_line_items", "events") if cut_off(fulfilment, name))


def _head(order: Node, delivered: Delivered) -> dict[str, Any]:
    identity = gid("Order", order)
    shop = delivered.shop or _shop(order)
    return {
        "schema": "order/1",
        "source": {
            "platform": "shopify",
            "shop": shop,
            "channel": _channel(order),
            "order_id": identity,
            "legacy_id": tail(identity),
            "api_version": delivered.api_version,
        },
        "number": text(order, "name", "order_number", "number"),
        "confirmation": text(order, "confirmation_number"),
        "test": yes(order, "test"),
        "locale": text(order, "customer_locale"),
        "placed_at": when(order, "processed_at", "created_at"),
        "updated_at": when(order, "updated_at"),
        "cancelled_at": when(order, "cancelled_at"),
        "cancel_reason": (text(order, "cancel_reason") or "").lower() or None,
        "closed_at": when(order, "closed_at"),
        "taxes_included": order.get("taxes_included") if isinstance(order.get("taxes_included"), bool) else None,
        "links": _links(order, shop, identity),
        "tags": _tags(order),
        "note": text(order, "note"),
    }


def _channel(order: Node) -> str | None:
    """Where it was placed: "web", "pos", or the sales channel's own handle."""
    definition = part(part(order, "channel_information"), "channel_definition")
    return text(definition, "handle") or text(order, "source_name")


def _shop(order: Node) -> str | None:
    """The shop's own domain, where a link in the body shows it."""
    try:
        host = urlsplit(text(order, "order_status_url", "status_page_url") or "").hostname or ""
    except ValueError:
        return None
    return host if _SHOP.fullmatch(host) else None


def _currencies(order: Node) -> Currencies:
    """As stated, else as the first amounts have them."""
    sets = list(_money_sets(order))
    shop = _code(first(order, "currency_code", "currency")) or _first_code(sets, "shop_money")
    buyer = _code(first(order, "presentment_currency_code", "presentment_currency"))
    return Currencies(shop, buyer or _first_code(sets, "presentment_money") or shop)


def _money_sets(order: Node) -> Iterator[Node]:
    for holder in (order, *nodes(order, "line_items")):
        yield from (value for value in holder.values() if isinstance(value, dict) and "shop_money" in value)


def _first_code(sets: list[Node], side: str) -> str | None:
    codes = (_code(part(one, side).get("currency_code")) for one in sets)
    return next((code for code in codes if code), None)


def _code(value: object) -> str | None:
    try:
        return currency_code(value) if isinstance(value, str) else None
    except MoneyError:
        return None


def _state(order: Node, lines: list[dict[str, Any]]) -> dict[str, Any]:
    members = {
        name: order[name]
        for name in (
            "financial_status",
            "fulfillment_status",
            "display_financial_status",
            "display_fulfillment_status",
            "return_status",
        )
        if order.get(name) is not None
    }
    graph = any(name.startswith("display") for name in members) or "return_status" in members
    changed = any(line["quantity"]["removed"] or line["replaces_line_id"] for line in lines)
    return {
        "payment": words.payment(first(order, "display_financial_status", "financial_status")),
        "fulfilment": fulfilment_of(order),
        "return": _returning(order),
        "edited": yes(order, "edited") or (not isinstance(order.get("edited"), bool) and changed),
        "raw": {_camel(name): value for name, value in members.items()} if graph else members,
    }


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _returning(order: Node) -> str:
    if text(order, "return_status"):
        return words.returning(order.get("return_status"))
    if not stated(order, "returns"):
        return words.UNKNOWN
    raws = {str(item.get("status")).lower() for item in nodes(order, "returns")}
    steps = (("requested", "requested"), ("open", "in_progress"), ("closed", "returned"))
    return next((step for raw, step in steps if raw in raws), "none")


def _links(order: Node, shop: str | None, identity: str | None) -> dict[str, str | None]:
    """The shop's own status page is left out: its link opens the order for whoever holds it."""
    admin = f"https://{shop}/admin/orders/{tail(identity)}" if shop and identity and _SHOP.fullmatch(shop) else None
    pay = text(part(order, "payment_collection_details"), "additional_payment_collection_url")
    return {"status_page": None, "pay_outstanding": pay, "admin": admin}


def _tags(order: Node) -> list[str]:
    """A list in GraphQL, one comma-separated text in REST."""
    tags = order.get("tags")
    listed = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
    return [tag.strip() for tag in listed if isinstance(tag, str) and tag.strip()]
