"""Money after an edit: the fee is kept back, and what is due back goes back to the cards that paid.

Each step is found again by the edit's mark, so settling again does what is still missing and nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portal.platforms.changes import Applied, Edit
from portal.platforms.medusa.amounts import Money, currency_of, exact, summed
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.sessions import note_of, outcome_unknown
from portal.platforms.medusa.shape import Node, nodes, part, text
from portal.platforms.medusa.totals import payments
from portal.platforms.neutral.money import exponent
from portal.platforms.neutral.parts import NeutralOrder

FEE: Final = "restocking_fee"  # what the credit line refers to


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order costs and what has been paid for it, in minor units."""

    costs: int
    paid: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What is still to be done about an edit's money, in minor units: the fee to be put down, and what goes back."""

    fee: int
    back: int


def due(before: int, after: int, paid: int) -> int:
    """What is to be paid more, or goes back (negative), because an order costs something else. What was open before
    stays open and is no part of it."""
    open_before, open_after = before - paid, after - paid
    back = min(open_after, 0) - min(open_before, 0)
    return back + max(0, max(open_after, 0) - max(open_before, 0))


def standing(order: Node, money: Money) -> Standing:
    """How the order, or the preview of an edit, stands."""
    summary = part(order, "summary")
    costs, paid = money.minor(exact(summary, "accounting_total")), money.minor(exact(summary, "transaction_total"))
    return Standing(costs or 0, paid or 0)


def standing_of(order: NeutralOrder) -> int:
    """What the order cost when it was read, in minor units."""
    return order.totals.total.shop or 0


def owed(before: NeutralOrder, edit: Edit, order: Node) -> Owed:
    """What is still to be done now that the lines are as the edit wants them; `order` is the order as it is."""
    money, mark = Money(currency_of(order)), note_of(edit.key)
    now = standing(order, money)
    kept = _kept(order, mark, money)
    returned = _returned(order, mark, money)
    back = -min(0, due(standing_of(before), now.costs - kept, now.paid + returned))
    fee = min(max(0, edit.fee.shop or 0), back)
    return Owed(max(0, fee - kept), max(0, back - fee - returned))


async def settle(api: Api, before: NeutralOrder, edit: Edit, order: Node) -> None:
    """Do it. Raises ShopError; what is not done then is `owed` still."""
    left = owed(before, edit, order)
    currency, mark = currency_of(order) or "", note_of(edit.key)
    path = f"/admin/orders/{escaped(text(order, 'id') or '')}/credit-lines"
    try:
        if left.fee:
            await api.post(path, {"amount": -major(left.fee, currency), "reference": FEE, "reference_id": mark})
        for payment, amount in _shares(order, left.back, Money(currency)):
            body = {"amount": major(amount, currency), "note": mark}
            await api.post(f"/admin/payments/{escaped(payment)}/refund", body)
    except Refused as refused:
        raise outcome_unknown(refused) from refused


def applied(change: str | None, order: Node, storefront: str | None) -> Applied:
    """The outcome, with where the customer pays what is due: the page that Medusa's own back office links to."""
    if storefront is None or standing(order, Money(currency_of(order))).paid >= _costs(order):
        return Applied(change)
    waiting = [held for held in nodes(order, "payment_collections") if held.get("status") in ("not_paid", "awaiting")]
    name = text(waiting[-1], "id") if waiting else None
    where = f"{storefront}/payment-collection/{name}?order_id={text(order, 'id')}"
    return Applied(change, where if name else None)


def is_authorized_only(order: Node) -> bool:
    """Whether a payment was promised and not taken yet. Medusa lets go of such a promise when an edit is confirmed,
    and the customer would have to pay anew."""
    held = nodes(order, "payment_collections")
    return any(collection.get("status") in ("authorized", "partially_authorized") for collection in held)


def major(minor: int, currency: str) -> float:
    """An amount as JSON has it; the shortest decimal form of it is exact."""
    return float(Decimal(minor).scaleb(-exponent(currency)))


def _costs(order: Node) -> int:
    return standing(order, Money(currency_of(order))).costs


def _kept(order: Node, mark: str, money: Money) -> int:
    lines = [line for line in nodes(order, "credit_lines") if text(line, "reference_id") == mark]
    return -(money.minor(summed(exact(line, "amount") for line in lines)) or 0)


def _returned(order: Node, mark: str, money: Money) -> int:
    refunds = [refund for payment in payments(order) for refund in nodes(payment, "refunds")]
    mine = [refund for refund in refunds if mark in (text(refund, "note") or "")]
    return money.minor(summed(exact(refund, "amount") for refund in mine)) or 0


def _shares(order: Node, amount: int, money: Money) -> Iterator[tuple[str, int]]:
    """Which payment gives back how much: none more than was taken with it."""
    for payment in payments(order):
        taken = money.minor(summed(exact(one, "amount") for one in nodes(payment, "captures"))) or 0
        given = money.minor(summed(exact(one, "amount") for one in nodes(payment, "refunds"))) or 0
        part_ = min(amount, max(0, taken - given))
        if part_ and (name := text(payment, "id")):
            amount -= part_
            yield name, part_
