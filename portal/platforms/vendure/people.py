"""Customers, contacts and addresses of a Vendure order."""

from __future__ import annotations

from typing import Any

from portal.platforms.neutral.parts import Address
from portal.platforms.vendure.shape import Node, part, text


def customer(order: Node) -> dict[str, Any] | None:
    """The order's customer; a guest is one without a user."""
    person = part(order, "customer")
    if not person:
        return None
    email = text(person, "emailAddress")
    return {
        "external_id": text(person, "id"),
        "first_name": text(person, "firstName"),
        "last_name": text(person, "lastName"),
        "email": email,
        "phone": text(person, "phoneNumber"),
        "verified": {"email": email is not None and part(person, "user").get("verified") is True},
    }


def contact(order: Node) -> dict[str, str | None]:
    """Where the order's own news go."""
    person, address = part(order, "customer"), part(order, "shippingAddress")
    return {
        "email": text(person, "emailAddress"),
        "phone": text(person, "phoneNumber") or text(address, "phoneNumber"),
    }


def address(node: Node) -> dict[str, Any] | None:
    """A postal address, or None for one that says nothing."""
    built = {
        "name": text(node, "fullName"),
        "company": text(node, "company"),
        "line1": text(node, "streetLine1"),
        "line2": text(node, "streetLine2"),
        "postcode": text(node, "postalCode"),
        "city": text(node, "city"),
        "region": text(node, "province"),
        "country": _country(node),
        "phone": text(node, "phoneNumber"),
    }
    return built if any(value is not None for value in built.values()) else None


def as_vendure(wanted: Address) -> dict[str, Any]:
    """An address as Vendure's inputs have it. Every member is there: what is left out would stay as it was."""
    built: dict[str, Any] = {
        "fullName": wanted.name or "",
        "company": wanted.company or "",
        "streetLine1": wanted.line1 or "",
        "streetLine2": wanted.line2 or "",
        "postalCode": wanted.postcode or "",
        "city": wanted.city or "",
        "province": wanted.region or "",
        "phoneNumber": wanted.phone or "",
    }
    return {**built, "countryCode": wanted.country} if wanted.country else built


def _country(node: Node) -> str | None:
    code = text(node, "countryCode") or ""
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else None
