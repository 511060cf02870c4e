"""The order's sums as they stand now, after edits and refunds."""

from __future__ import annotations

from decimal import Decimal

from portal.platforms.medusa.amounts import Money, Sides, exact, less, summed
from portal.platforms.medusa.shape import Node, nodes, part, stated

_ROUNDING = 2  # minor units by which rounded parts may miss their rounded sum


def totals_of(order: Node, money: Money, *, taxed_inside: bool) -> dict[str, Sides]:
    """Every sum of the document; what the body does not have is not known."""

    def net(name: str, parts: str) -> int | None:
        total, tax = (_sum(order, f"{name}_{end}", parts, end) for end in ("total", "tax_total"))
        return money.minor(total if taxed_inside else less(total, tax))

    lines, shipping = net("item", "items"), net("shipping", "shipping_methods")
    total, tax = money.minor(exact(order, "total")), money.minor(_tax(order))
    if not taxed_inside:
        tax = _closing(tax, total, lines, shipping, money.minor(_credit(order)))
    discount = exact(order, "discount_total")
    return {
        "lines": {"shop": lines},
        "shipping": {"shop": shipping},
        "tax": {"shop": tax},
        "discount": money.sides(discount if taxed_inside else less(discount, exact(order, "discount_tax_total"))),
        "fees": money.sides(fees(order)),
        "total": {"shop": total},
        "refunded": money.sides(refunded(order)),
        "outstanding": {"shop": outstanding(order, money)},
    }


def _sum(order: Node, name: str, parts: str, member: str) -> Decimal | None:
    """A sum of the order; answers that were asked for less have it in their parts alone."""
    found = exact(order, name)
    if found is not None or not stated(order, parts):
        return found
    return summed(exact(item, member) for item in nodes(order, parts))


def _tax(order: Node) -> Decimal | None:
    found = exact(order, "tax_total")
    parts = (_sum(order, "item_tax_total", "items", "tax_total"), _sum(order, "", "shipping_methods", "tax_total"))
    return summed(parts) if found is None else found


def fees(order: Node) -> Decimal | None:
    """What the shop kept back of refunds: Medusa has it as a negative credit."""
    if not stated(order, "credit_lines"):
        return None
    kept = [amount for line in nodes(order, "credit_lines") if (amount := exact(line, "amount")) and amount < 0]
    return -sum(kept, Decimal())


def refunded(order: Node) -> Decimal | None:
    """What went back to the customer."""
    if not stated(order, "payment_collections"):
        return exact(part(order, "summary"), "refunded_total")
    return summed(exact(refund, "amount") for refund in refunds(order))


def refunds(order: Node) -> list[Node]:
    """Every refund of every payment."""
    return [refund for payment in payments(order) for refund in nodes(payment, "refunds")]


def payments(order: Node) -> list[Node]:
    """Every payment of the order."""
    return [payment for held in nodes(order, "payment_collections") for payment in nodes(held, "payments")]


def outstanding(order: Node, money: Money) -> int | None:
    """What is still to be paid, or to be paid back (negative).

    Medusa counts a return as owed back from the moment that it is asked for; here it is when it has come back. What a
    customer's bank has promised is not asked for again.
    """
    if order.get("status") == "canceled":
        return money.minor(Decimal())
    summary = part(order, "summary")
    pending, costs, paid = (
        exact(summary, f"{name}") for name in ("pending_difference", "accounting_total", "transaction_total")
    )
    plain = None if costs is None or paid is None else (money.minor(costs) or 0) - (money.minor(paid) or 0)
    if pending is None or money.currency is None:
        return plain
    if pending > 0:
        # A return that is under way lowers it; else the difference is of what customers see, which is rounded.
        counted = plain if plain is not None and less(costs, paid) == pending else money.minor(pending)
        return max(0, (counted or 0) - (money.minor(_promised(order)) or 0))
    return money.minor(pending) if plain is None else min(0, plain)


def _promised(order: Node) -> Decimal:
    """What payments were authorised for and not captured."""
    held = [payment for payment in payments(order) if not payment.get("canceled_at")]
    amounts = [
        less(exact(one, "amount"), *(exact(part_, "amount") for part_ in nodes(one, "captures"))) for one in held
    ]
    return sum((max(amount, Decimal()) for amount in amounts if amount is not None), Decimal())


def _credit(order: Node) -> Decimal | None:
    """What takes away from the total (positive) or adds to it, beside lines and shipping."""
    if stated(order, "credit_lines"):
        return summed(exact(line, "amount") for line in nodes(order, "credit_lines"))
    return exact(order, "credit_line_total") or Decimal()


def _closing(tax: int | None, total: int | None, *others: int | None) -> int | None:
    """The tax that makes the rounded parts add up to the rounded total; Medusa's own where they are further apart."""
    lines, shipping, credit = others
    if tax is None or total is None or lines is None or shipping is None or credit is None:
        return tax
    closing = total - lines - shipping + credit
    return closing if abs(closing - tax) <= _ROUNDING else tax
