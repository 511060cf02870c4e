"""What a fee that is kept back is called on the order, where it is an item of its own. Pure."""

from __future__ import annotations

from typing import Final

_TITLES: Final = {
    "en": "Restocking fee",
    "fr": "Frais de remise en stock",
    "de": "Wiedereinlagerungsgebühr",
    "es": "Gastos de reposición",
    "it": "Spese di riassortimento",
    "nl": "Herbevoorradingskosten",
}
_FOLDED: Final = frozenset(title.casefold() for title in _TITLES.values())


def fee_title(locale: str | None) -> str:
    """In the customer's language, where we have it."""
    return _TITLES.get((locale or "en").replace("_", "-").split("-")[0].lower(), _TITLES["en"])


def is_fee(title: str | None) -> bool:
    """Whether a line without a product is such a fee."""
    return (title or "").casefold() in _FOLDED
