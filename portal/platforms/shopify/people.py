"""Customers, contacts and addresses. "" and null both mean that nothing is known."""

from __future__ import annotations

from typing import Any

from portal.platforms.shopify.shape import Node, degrees, gid, part, text, yes


def customer(order: Node) -> dict[str, Any] | None:
    """The order's customer, or None: guests and protected data have none."""
    person = part(order, "customer")
    if not person:
        return None
    email = text(part(person, "default_email_address"), "email_address") or text(person, "email")
    phone = text(part(person, "default_phone_number"), "phone_number") or text(person, "phone")
    return {
        "external_id": gid("Customer", person),
        "first_name": text(person, "first_name"),
        "last_name": text(person, "last_name"),
        "email": email,
        "phone": phone,
        "verified": {"email": bool(email) and yes(person, "verified_email"), "phone": False},
    }


def contact(order: Node) -> dict[str, str | None]:
    """Where the order's own news go."""
    return {"email": text(order, "email", "contact_email"), "phone": text(order, "phone")}


def address(node: Node) -> dict[str, Any] | None:
    """A postal address of any of Shopify's four shapes, or None for one that says nothing."""
    parts = (text(node, "first_name"), text(node, "last_name"))
    built = {
        "name": text(node, "name") or " ".join(name for name in parts if name) or None,
        "company": text(node, "company"),
        "line1": text(node, "address1"),
        "line2": text(node, "address2"),
        "postcode": text(node, "zip"),
        "city": text(node, "city"),
        "region": text(node, "province_code", "province"),
        "country": _country(node),
        "phone": text(node, "phone"),
        "lat": degrees(node, "latitude"),
        "lon": degrees(node, "longitude"),
    }
    return built if any(value is not None for value in built.values()) else None


def _country(node: Node) -> str | None:
    """The two letters of ISO 3166, where they are given; names of countries are not guessed."""
    code = text(node, "country_code_v2", "country_code", "country") or ""
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else None
