"""What is kept back of a refund by a policy's fee, in whole minor units of each currency. Pure.

The share is of the price of the items that are given up, after discounts; a half is rounded up. The flat amount comes
once a change, however many items it is about. No fee is more than the items cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from portal.editing.facts import LineFacts
from portal.editing.policy.deadlines import later
from portal.editing.policy.rules import Fee
from portal.platforms.neutral.parts import Amount

_WHOLE: Final = 10_000  # hundredths of a percent
NOTHING_PAID: Final = frozenset({"pending", "unpaid", "voided", "expired"})
NOT_CAPTURED: Final = frozenset({"authorized", "partially_paid"})


class Part(NamedTuple):
    """Units of a line that are given up, and the fee that its rule asks for."""

    line: LineFacts
    units: int
    fee: Fee


class Due(NamedTuple):
    """The fee now (None: none), and until when there is none. `known` is False when there is one in a currency that
    the policy names no amount for."""

    amount: Amount | None
    free_until: datetime | None
    known: bool = True


NO_FEE: Final = Due(None, None)


def fee_of(
    parts: Sequence[Part], since: datetime | None, now: datetime, currency: tuple[str | None, str | None]
) -> Due:
    """The fee for all the parts together. `since`: from when free times count."""
    asked, free_until = _asked(parts, since, now)
    if not asked:
        return Due(None, free_until)
    of_shop, of_buyer = currency
    shop = buyer = _in_one([(part, part.line.price.shop) for part in asked], of_shop)
    if of_shop != of_buyer:
        buyer = _in_one([(part, part.line.price.buyer) for part in asked], of_buyer)
    if shop is None and buyer is None:
        return Due(None, free_until, known=False)
    return Due(_amount(shop, buyer) if shop or buyer else None, free_until)


@lru_cache(4096)  # there are fewer prices than orders
def _amount(shop: int | None, buyer: int | None) -> Amount:
    return Amount(shop=shop, buyer=buyer)


def _asked(parts: Sequence[Part], since: datetime | None, now: datetime) -> tuple[list[Part], datetime | None]:
    """The parts whose free time is over, and when the first of the other free times will be."""
    asked: list[Part] = []
    ends: list[datetime] = []
    for part in parts:
        free_for = part.fee.free_for
        end = later(since, free_for) if since and free_for else None
        if end is not None and now < end:
            ends.append(end)
        elif part.fee.hundredths or part.fee.flat:
            asked.append(part)
    return asked, min(ends, default=None)


def _in_one(parts: Sequence[tuple[Part, int | None]], currency: str | None) -> int | None:
    """The fee in one currency, from the parts with the prices of their lines in it; None when it cannot be told."""
    shares = cost = flat = 0
    for (line, units, fee), price in parts:
        if price is None or not line.current:
            return None
        shares += _rounded(price * units * fee.hundredths, line.current * _WHOLE)
        cost += _rounded(price * units, line.current)
        if fee.flat:
            if currency is None or currency not in fee.flat:
                return None
            flat = max(flat, fee.flat[currency])
    return min(shares + flat, cost)


def _rounded(amount: int, by: int) -> int:
    """Half up, and never less than nothing."""
    return (2 * amount + by) // (2 * by) if amount > 0 else 0
