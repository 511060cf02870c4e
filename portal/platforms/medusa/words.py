"""Medusa's enumerations in our words; what is missing here is "unknown", and the raw word is kept beside it."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "unknown"

_PAYMENT: Final = {
    "not_paid": "pending",
    "awaiting": "pending",
    "requires_action": "pending",
    "authorized": "authorized",
    "partially_authorized": "authorized",
    "captured": "paid",
    "completed": "paid",
    "partially_captured": "partially_paid",
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    "canceled": "voided",
}
_FULFILMENT: Final = {
    "not_fulfilled": "unfulfilled",
    "partially_fulfilled": "in_progress",  # packed, which is Medusa's word for it
    "fulfilled": "in_progress",
    "partially_shipped": "partial",
    "shipped": "fulfilled",
    "partially_delivered": "partial",
    "delivered": "fulfilled",
    "canceled": "restocked",
}
_RETURN: Final = {
    "open": "pending",
    "requested": "pending",
    "partially_received": "pending",
    "received": "completed",
    "canceled": "failed",
}


def payment(raw: object) -> str:
    """The state of the payment."""
    return _PAYMENT.get(raw, UNKNOWN) if isinstance(raw, str) else UNKNOWN


def fulfilment(raw: object) -> str:
    """The state of the whole order's fulfilment."""
    return _FULFILMENT.get(raw, UNKNOWN) if isinstance(raw, str) else UNKNOWN


def return_status(raw: object) -> str:
    """The state of one return."""
    return _RETURN.get(raw, UNKNOWN) if isinstance(raw, str) else UNKNOWN
