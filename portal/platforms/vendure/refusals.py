"""Vendure's error results in our words: why an edit was not made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.platforms.changes import NotApplied, Why
from portal.platforms.vendure import words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.shape import Node, text

# By the type of the result. A transition that is refused is judged by where the order was.
WHY: Final[Mapping[str, Why]] = {
    "AlreadyRefundedError": "payment",
    "CancelActiveOrderError": "closed",
    "CancelPaymentError": "payment",
    "CouponCodeExpiredError": "refused",
    "CouponCodeInvalidError": "refused",
    "CouponCodeLimitError": "refused",
    "CreateFulfillmentError": "refused",
    "EmptyOrderLineSelectionError": "changed",
    "FulfillmentStateTransitionError": "refused",
    "IneligibleShippingMethodError": "refused",
    "InsufficientStockError": "unavailable",
    "InsufficientStockOnHandError": "unavailable",
    "InvalidFulfillmentHandlerError": "unsupported",
    "ItemsAlreadyFulfilledError": "shipped",
    "MultipleOrderError": "refused",
    "NegativeQuantityError": "refused",
    "NoChangesSpecifiedError": "changed",
    "NothingToRefundError": "payment",
    "OrderLimitError": "unavailable",
    "OrderModificationStateError": "changed",
    "OrderStateTransitionError": "refused",
    "PaymentMethodMissingError": "payment",
    "PaymentOrderMismatchError": "payment",
    "PaymentStateTransitionError": "payment",
    "QuantityTooGreatError": "changed",
    "RefundAmountError": "payment",
    "RefundOrderStateError": "payment",
    "RefundPaymentIdMissingError": "payment",
    "RefundStateTransitionError": "payment",
}
_WHY_NOT_FROM: Final[Mapping[str, Why]] = {
    words.CANCELLED: "cancelled",
    words.DELIVERED: "shipped",
    "Shipped": "shipped",
    words.MODIFYING: "busy",
    words.ARRANGING: "payment",
}
# What our plugin throws when a change would take units off that are in a parcel.
GUARDED: Final = "JALON_UNITS_IN_A_PARCEL"


def refusal_of(result: Node) -> NotApplied | None:
    """What an error result means; None for a result that is none."""
    code = text(result, "errorCode")
    if code is None:
        return None
    kind = text(result, "__typename") or ""
    said = text(result, "transitionError", "message") or code
    came_from = _WHY_NOT_FROM.get(text(result, "fromState") or "")
    return NotApplied(came_from or WHY.get(kind, "refused"), f"{code}: {said}"[:300])


def thrown(refused: Refused) -> NotApplied:
    """What an error that Vendure threw means: it has carried nothing out."""
    if GUARDED in refused.words:
        return NotApplied("shipped", GUARDED)
    return NotApplied("changed" if refused.code == "ENTITY_NOT_FOUND" else "refused", refused.code)
