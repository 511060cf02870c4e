"""WooCommerce's words in ours. Statuses are open texts: plugins and shops add their own, so a shop can say what one
of its statuses means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

Standing = Literal[
    "unpaid",  # waits for its money
    "open",  # to be prepared
    "preparing",  # in the warehouse's hands
    "partly",  # some of it has been sent
    "shipped",
    "delivered",
    "ready",  # waits to be collected
    "collected",
    "done",  # the shop is done with it, often before it arrives
    "cancelled",
    "refunded",
    "failed",  # its payment failed
    "deposit",  # paid in part
    "none",  # a cart, a draft or the bin: no order
    "unknown",
]

STANDINGS: Final[tuple[str, ...]] = get_args(Standing)
SENT: Final = frozenset({"shipped", "delivered", "collected", "done"})
EDITABLE: Final = frozenset({"unpaid", "open"})

_CORE: Final[dict[str, Standing]] = {
    "pending": "unpaid",
    "on-hold": "unpaid",
    "processing": "open",
    "completed": "done",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
    "trash": "none",
    "auto-draft": "none",
    "draft": "none",
    "checkout-draft": "none",
}
# What widely used plugins add, each under one name everywhere.
_COMMON: Final[dict[str, Standing]] = {
    "pre-ordered": "open",
    "partially-paid": "deposit",
    "partial-payment": "deposit",
    "scheduled-payment": "deposit",
    "preparing": "preparing",
    "packing": "preparing",
    "packed": "preparing",
    "in-production": "preparing",
    "ready-to-ship": "preparing",
    "awaiting-shipment": "preparing",
    "partial-shipped": "partly",
    "partially-shipped": "partly",
    "shipped": "shipped",
    "in-transit": "shipped",
    "delivered": "delivered",
    "ready-pickup": "ready",
    "ready-for-pickup": "ready",
    "ready-to-collect": "ready",
    "pickup": "collected",
    "picked-up": "collected",
    "collected": "collected",
}
_FULFILMENT: Final[dict[str, str]] = {
    "partly": "partial",
    "preparing": "in_progress",
    **dict.fromkeys(("unpaid", "open", "ready", "failed", "deposit"), "unfulfilled"),
    **dict.fromkeys(SENT, "fulfilled"),
}
_CARRIED: Final[dict[str, str]] = {
    "pre_transit": "label_created",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "ready_for_pickup",
    "delivered": "delivered",
    "failure": "exception",
    "exception": "exception",
    "return_to_sender": "returning",
}
_POINTS: Final = (
    "relais",
    "relay",
    "pickup_point",
    "parcelshop",
    "parcel_shop",
    "locker",
    "packeta",
    "inpost",
    "paczk",
)


class BadStatuses(ValueError):
    """A shop's own reading of its statuses that cannot be read; the message says why."""


def slug(status: object) -> str:
    """A status as it is compared: "wc-Processing" is "processing"."""
    return str(status).strip().lower().removeprefix("wc-") if isinstance(status, str) else ""


def statuses(said: str | None) -> Mapping[str, Standing]:
    """What a shop says of its own statuses: "bei-der-post=shipped, abholbereit=ready". Raises BadStatuses."""
    found: dict[str, Standing] = {}
    for pair in filter(None, (one.strip() for one in (said or "").split(","))):
        name, sign, word = (piece.strip() for piece in pair.partition("="))
        known = next((standing for standing in _known() if standing == word), None)
        if not sign or not name or known is None:
            raise BadStatuses(f"{pair!r} is not STATUS=WORD with one of {', '.join(_known())}")
        found[slug(name)] = known
    return found


def standing(status: object, own: Mapping[str, Standing]) -> Standing:
    """Where a status leaves an order."""
    name = slug(status)
    return own.get(name) or _CORE.get(name) or _COMMON.get(name) or "unknown"


def fulfilment(stands: Standing, told: object) -> str:
    """The state of the whole order's fulfilment; `told` is what WooCommerce's own fulfilments say."""
    if told == "fulfilled":
        return "fulfilled"
    if told == "partially_fulfilled":
        return "partial"
    return _FULFILMENT.get(stands, "unknown")


def milestone(told: object) -> str:
    """What a tracking plugin says of a parcel."""
    return _CARRIED.get(told.strip().lower(), "unknown") if isinstance(told, str) else "unknown"


def method(method_id: str | None, title: str | None) -> str:
    """How a shipping line reaches the customer, by the plugin that made it."""
    made_by = (method_id or "").lower().split(":")[0]
    if made_by.startswith(("local_pickup", "pickup_location", "legacy_local_pickup")):
        return "pickup"
    if made_by.startswith(("local_delivery", "legacy_local_delivery")):
        return "local"
    if any(word in made_by for word in _POINTS):
        return "pickup_point"
    return "shipping" if made_by or title else "unknown"


def _known() -> tuple[Standing, ...]:
    return tuple(word for word in get_args(Standing) if word not in ("none", "unknown"))
