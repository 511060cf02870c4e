"""PrestaShop's order states in our words. A state is a row that the shop can add: what it means is told by its flags,
by the shop's own settings, and by what the shop says of it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from portal.platforms.prestashop.shape import Node, text, yes

Standing = Literal[
    "unpaid",
    "open",
    "preparing",
    "shipped",
    "delivered",
    "ready",
    "collected",
    "cancelled",
    "refunded",
    "failed",
    "unknown",
]

SENT: Final = frozenset({"shipped", "delivered", "collected"})
PAID: Final = frozenset({"open", "preparing", "ready", *SENT})  # as a rule, where the state itself was not read
# The shop's settings that hold the number of a state, and what it means.
SETTINGS: Final[Mapping[str, Standing]] = {
    "PS_OS_CHEQUE": "unpaid",
    "PS_OS_BANKWIRE": "unpaid",
    "PS_OS_PAYMENT": "open",
    "PS_OS_WS_PAYMENT": "open",
    "PS_OS_PREPARATION": "preparing",
    "PS_OS_SHIPPING": "shipped",
    "PS_OS_DELIVERED": "delivered",
    "PS_OS_CANCELED": "cancelled",
    "PS_OS_REFUND": "refunded",
    "PS_OS_ERROR": "failed",
}
# As PrestaShop is installed.
USUAL: Final[Mapping[str, Standing]] = {
    "1": "unpaid",
    "2": "open",
    "3": "preparing",
    "4": "shipped",
    "5": "delivered",
    "6": "cancelled",
    "7": "refunded",
    "8": "failed",
    "9": "open",
    "10": "unpaid",
    "11": "open",
    "12": "unpaid",
    "13": "unpaid",
}
_TEMPLATES: Final[Mapping[str, Standing]] = {
    "order_canceled": "cancelled",
    "refund": "refunded",
    "payment_error": "failed",
    "preparation": "preparing",
    "shipped": "shipped",
}
_FULFILMENT: Final[Mapping[str, str]] = {
    "preparing": "in_progress",
    **dict.fromkeys(("unpaid", "open", "ready", "failed"), "unfulfilled"),
    **dict.fromkeys(SENT, "fulfilled"),
}
_POINTS: Final = ("relais", "relay", "pickup", "point", "parcelshop", "locker", "inpost")


class BadStates(ValueError):
    """A shop's own reading of its states that cannot be read; the message says why."""


def states(said: str | None) -> Mapping[str, Standing]:
    """What a shop says of its states: "14=ready, 15=preparing". Raises BadStates."""
    found: dict[str, Standing] = {}
    words = tuple(word for word in get_args(Standing) if word != "unknown")
    for pair in filter(None, (one.strip() for one in (said or "").split(","))):
        number, _, word = (piece.strip() for piece in pair.partition("="))
        known = next((one for one in words if one == word), None)
        if known is None or not number.isdecimal():
            raise BadStates(f"{pair!r} is not NUMBER=WORD with one of {', '.join(words)}")
        found[number] = known
    return found


def standing(number: str | None, state: Node, told: Mapping[str, Standing]) -> Standing:
    """Where an order stands by its state; `told` by the shop, here or in its settings."""
    known = told.get(number or "")
    if known is not None:
        return known
    if not state:
        return USUAL.get(number or "", "unknown")
    by_template = _TEMPLATES.get(text(state, "template") or "")
    if by_template is not None:
        return by_template
    if yes(state, "shipped"):
        return "shipped"
    return "open" if yes(state, "paid") else "unpaid"


def fulfilment(stands: Standing) -> str:
    """The state of the whole order's fulfilment."""
    return _FULFILMENT.get(stands, "unknown")


def method(carrier: Node, name: str | None, *, fetched: bool) -> str:
    """How a carrier reaches the customer. The one that is called 0 is the shop itself."""
    if fetched or name == "0":
        return "pickup"
    made_by = f"{text(carrier, 'external_module_name') or ''} {name or ''}".lower()
    return "pickup_point" if any(word in made_by for word in _POINTS) else "shipping"
