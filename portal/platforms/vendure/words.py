"""Vendure's states and spellings in our words.

States are strings that a shop can add to; what is missing here is "unknown", and the raw word is kept beside it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

UNKNOWN: Final = "unknown"
MODIFYING: Final = "Modifying"
ARRANGING: Final = "ArrangingAdditionalPayment"
CANCELLED: Final = "Cancelled"
DELIVERED: Final = "Delivered"
BEGINNING: Final = "Jalon changes this order"  # the note with which an edit begins
FINAL: Final = (DELIVERED, CANCELLED)
UNPAID: Final = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})

# A fulfilment is Pending while the parcel is being prepared.
_MILESTONE: Final = {
    "Created": "preparing",
    "Pending": "preparing",
    "Shipped": "handed_over",
    "Delivered": "delivered",
    "Cancelled": "cancelled",
}
_REFUND: Final = {"Pending": "pending", "Settled": "completed", "Failed": "failed"}
_FULFILMENT: Final = {
    "PartiallyShipped": "partial",
    "PartiallyDelivered": "partial",
    "Shipped": "fulfilled",
    "Delivered": "fulfilled",
}
_PICKUP = re.compile(r"click.?(and|&|n)?.?collect|pick.?up|in.?store|retrait|abhol|recogida|ritiro|afhal|zelf.?afhalen")
_DIGITAL = re.compile(r"digital|download|e.?mail.?delivery|licen[cs]e")
_MARK = re.compile(r"\s*\(?jalon-[0-9a-f]{24}\)?")


def milestone(state: str | None) -> str:
    """How far a fulfilment is."""
    return _MILESTONE.get(state or "", UNKNOWN)


def refund_status(state: str | None) -> str:
    """How far a refund is."""
    return _REFUND.get(state or "", UNKNOWN)


def fulfilment(state: str | None) -> str | None:
    """What the order's state says of its fulfilment, where it says anything."""
    return _FULFILMENT.get(state or "")


def method(handler: str | None, code: str | None, name: str | None) -> str:
    """How a shipping method reaches the customer, from the names that the shop gave it: Vendure has no field for
    it."""
    said = _folded(" ".join(word for word in (handler, code, name) if word))
    if _DIGITAL.search(said):
        return "digital"
    return "pickup" if _PICKUP.search(said) else "shipping"


def marked(words: str, mark: str) -> str:
    """A text for staff with a mark of ours (`portal.platforms.marks`), by which it is found again."""
    return f"{words} ({mark})".strip()


def unmarked(words: str | None) -> str | None:
    """The text without a mark of ours."""
    return _MARK.sub("", words or "").strip() or None


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
