"""Amounts of an order's document as its customer knows them. Pure."""

from __future__ import annotations

from portal.orders.viewmodels import Money
from portal.platforms.neutral import Amount, NeutralOrder


def money_of(amount: Amount, document: NeutralOrder) -> Money | None:
    """An amount as the customer knows it: in their currency where that is known, else in the shop's."""
    currency = document.currency
    if amount.buyer is not None and currency.buyer is not None:
        return Money(amount.buyer, currency.buyer)
    return Money(amount.shop, currency.shop) if amount.shop is not None and currency.shop is not None else None
