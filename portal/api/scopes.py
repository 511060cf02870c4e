"""What a key may be good for. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """One right of an API key."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    EDITS_WRITE = "edits:write"
    LINKS_WRITE = "links:write"
    PRODUCTS_WRITE = "products:write"
    HOOKS_WRITE = "hooks:write"


EXPLAINED: Final = {
    Scope.ORDERS_READ: "read orders, with names and addresses, and what may be done with them",
    Scope.ORDERS_WRITE: "store orders, and say what was sent, is ready, was collected or arrived",
    Scope.EDITS_WRITE: "change and cancel orders for the shop, and answer customers' requests",
    Scope.LINKS_WRITE: "make the secret links that open an order's page",
    Scope.PRODUCTS_WRITE: "store products and their variants",
    Scope.HOOKS_WRITE: "say where news are sent to",
}


class UnknownScope(ValueError):
    """No right has this name."""


def scopes_from(text: str) -> frozenset[Scope]:
    """The rights in a text, parted by blanks or commas. Raises UnknownScope, naming the first that there is not."""
    try:
        return frozenset(Scope(word) for word in text.replace(",", " ").split())
    except ValueError as wrong:
        known = ", ".join(scope.value for scope in Scope)
        raise UnknownScope(f"{wrong}; there are {known}") from wrong
