"""Customers, contacts and addresses. "" and null both mean that nothing is known."""

from __future__ import annotations

from typing import Any

from portal.platforms.woocommerce.shape import Node, ident, part, text


def customer(order: Node) -> dict[str, Any] | None:
    """Who ordered; WooCommerce proves no address. None where nobody is named at all."""
    billing = part(order, "billing")
    known = {
        "external_id": ident(order, "customer_id"),
        "first_name": text(billing, "first_name"),
        "last_name": text(billing, "last_name"),
        "email": text(billing, "email"),
        "phone": text(billing, "phone"),
    }
    if not any(known.values()):
        return None
    return {**known, "verified": {"email": False, "phone": False}}


def contact(order: Node) -> dict[str, str | None]:
    """Where the order's own news go."""
    billing, shipping = part(order, "billing"), part(order, "shipping")
    return {"email": text(billing, "email"), "phone": text(billing, "phone") or text(shipping, "phone")}


def shipping(order: Node, *, travels: bool) -> dict[str, Any] | None:
    """Where the order goes: to the customer's own address, where something is sent and no other one is given."""
    own = part(order, "shipping")
    if _is_place(own):
        return address(own)
    billing = part(order, "billing")
    return address(billing) if travels and _is_place(billing) else None


def address(node: Node) -> dict[str, Any] | None:
    """A postal address, or None for one that says nothing."""
    names = (text(node, "first_name"), text(node, "last_name"))
    country = (text(node, "country") or "").upper()
    built = {
        "name": " ".join(name for name in names if name) or None,
        "company": text(node, "company"),
        "line1": text(node, "address_1"),
        "line2": text(node, "address_2"),
        "postcode": text(node, "postcode"),
        "city": text(node, "city"),
        "region": text(node, "state"),
        "country": country if len(country) == 2 and country.isascii() and country.isalpha() else None,
        "phone": text(node, "phone"),
    }
    return built if any(built.values()) else None


def _is_place(node: Node) -> bool:
    """Whether it says where: a country alone is what shops fill in by themselves."""
    return any(text(node, name) for name in ("address_1", "address_2", "postcode", "city"))
