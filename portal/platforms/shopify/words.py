"""Shopify's enumerations in our words. Keys are folded (letters only, lower case), because one thing has
up to four spellings; what is missing here is "unknown", and the raw word is kept beside it."""

from __future__ import annotations

from typing import Final

from portal.platforms.shopify.shape import word

UNKNOWN: Final = "unknown"

_PAYMENT = {
    word(name): name
    for name in (
        "pending",
        "authorized",
        "partially_paid",
        "paid",
        "partially_refunded",
        "refunded",
        "voided",
        "expired",
    )
}
_FULFILMENT = {
    "unfulfilled": "unfulfilled",
    "open": "unfulfilled",
    "pending": "unfulfilled",
    "pendingfulfillment": "unfulfilled",
    "partial": "partial",
    "partiallyfulfilled": "partial",
    "fulfilled": "fulfilled",
    "inprogress": "in_progress",
    "onhold": "on_hold",
    "scheduled": "scheduled",
    "requestdeclined": "request_declined",
    "fulfillmentnotrequired": "not_required",
    "noteligible": "not_required",
    "restocked": "restocked",
}
_RETURN = {
    "noreturn": "none",
    "returnrequested": "requested",
    "inprogress": "in_progress",
    "inspectioncomplete": "inspected",
    "returned": "returned",
    "returnfailed": "failed",
}
_METHOD = {
    "shipping": "shipping",
    "pickup": "pickup",
    "pickuppoint": "pickup_point",
    "local": "local",
    "localdelivery": "local",
    "retail": "none",
    "none": "none",
}
_DELIVERY = {
    "open": "open",
    "scheduled": "scheduled",
    "onhold": "on_hold",
    "inprogress": "in_progress",
    "incomplete": "closed",
    "closed": "closed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
_PARCEL = {
    "success": "ok",
    "open": "ok",
    "pending": "ok",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "error": "failed",
    "failure": "failed",
}
_MILESTONE = {
    "confirmed": "preparing",
    "submitted": "preparing",
    "labelpurchased": "label_created",
    "labelprinted": "label_created",
    "carrierpickedup": "handed_over",
    "fulfilled": "handed_over",
    "markedasfulfilled": "handed_over",
    "intransit": "in_transit",
    "delayed": "in_transit",
    "outfordelivery": "out_for_delivery",
    "attempteddelivery": "attempted",
    "readyforpickup": "ready_for_pickup",
    "readyforrecipientpickup": "ready_for_pickup",
    "buyeractionrequired": "action_required",
    "failure": "exception",
    "notdelivered": "exception",
    "returningtosender": "returning",
    "delivered": "delivered",
    "pickedup": "collected",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "labelvoided": "cancelled",
}
_RETURNING = {
    "requested": "pending",
    "open": "pending",
    "closed": "completed",
    "declined": "failed",
    "canceled": "failed",
    "cancelled": "failed",
}


def payment(raw: object) -> str:
    """The state of the payment."""
    return _PAYMENT.get(word(raw), UNKNOWN)


def fulfilment(raw: object) -> str:
    """The state of the whole order's fulfilment."""
    return _FULFILMENT.get(word(raw), UNKNOWN)


def returning(raw: object) -> str:
    """The state of the whole order's returns."""
    return _RETURN.get(word(raw), UNKNOWN)


def method(raw: object) -> str:
    """How a delivery reaches the customer."""
    return _METHOD.get(word(raw), UNKNOWN)


def delivery_state(raw: object) -> str:
    """The state of a fulfilment order."""
    return _DELIVERY.get(word(raw), UNKNOWN)


def parcel_state(raw: object) -> str:
    """The state of a fulfilment."""
    return _PARCEL.get(word(raw), UNKNOWN)


def milestone(raw: object) -> str:
    """The milestone of a fulfilment or of one of its events."""
    return _MILESTONE.get(word(raw), UNKNOWN)


def return_status(raw: object) -> str:
    """The state of one return."""
    return _RETURNING.get(word(raw), UNKNOWN)
