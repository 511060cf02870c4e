"""Customers, contacts and addresses. "" and null both mean that nothing is known."""

from __future__ import annotations

from typing import Any

from portal.platforms.medusa.shape import Node, part, text


def customer(order: Node) -> dict[str, Any] | None:
    """Whom Medusa knows as the customer: guests are customers without an account there."""
    person = part(order, "customer")
    identity = text(person, "id") or text(order, "customer_id")
    if identity is None:
        return None
    return {
        "external_id": identity,
        "first_name": text(person, "first_name"),
        "last_name": text(person, "last_name"),
        "email": text(person, "email"),
        "phone": text(person, "phone"),
    }


def contact(order: Node) -> dict[str, str | None]:
    """Where the order's own news go."""
    phone = text(part(order, "shipping_address"), "phone") or text(part(order, "billing_address"), "phone")
    return {"email": text(order, "email"), "phone": phone}


def address(node: Node) -> dict[str, Any] | None:
    """A postal address, or None for one that says nothing."""
    names = (text(node, "first_name"), text(node, "last_name"))
    built = {
        "name": " ".join(name for name in names if name) or None,
        "company": text(node, "company"),
        "line1": text(node, "address_1"),
        "line2": text(node, "address_2"),
        "postcode": text(node, "postal_code"),
        "city": text(node, "city"),
        "region": text(node, "province"),
        "country": _country(node),
        "phone": text(node, "phone"),
    }
    return built if any(value is not None for value in built.values()) else None


def _country(node: Node) -> str | None:
    code = text(node, "country_code") or ""
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else None
