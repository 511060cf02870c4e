"""Orders with prices, for tests of money: made up, whole, and in any currency."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from portal.platforms.neutral import NeutralOrder, neutral_order

Json = dict[str, Any]


def line(line_id: str, unit: int, quantity: int, *, off: int = 0, rate: int = 0, on_top: bool = False) -> Json:
    """A line of `quantity` units at `unit`, less `off` for all of them, with tax of `rate` percent."""
    total = unit * quantity - off
    tax = round(total * rate / 100) if on_top else total - round(total * 100 / (100 + rate))
    price = {"unit": {"shop": unit}, "total_after_discounts": {"shop": total}, "tax": {"shop": tax}}
    discounts = [{"label": "Welcome", "amount": {"shop": off}}] if off else []
    ids = {"product_id": f"product-{line_id}", "variant_id": f"variant-{line_id}"}
    return {"id": line_id, "title": "Thing", "quantity": quantity, "price": price, "discounts": discounts, **ids}


def order(*lines: Json, shipping: int = 0, on_top: bool = False, currency: str = "EUR", **more: Any) -> NeutralOrder:
    """A paid order of these lines; `more` are members of the document."""
    goods = sum(each["price"]["total_after_discounts"]["shop"] for each in lines)
    tax = sum(each["price"]["tax"]["shop"] for each in lines)
    sums = {"lines": goods, "shipping": shipping, "tax": tax, "fees": 0, "refunded": 0, "outstanding": 0}
    sums["total"] = goods + shipping + (tax if on_top else 0)
    sums["discount"] = sum(off["amount"]["shop"] for each in lines for off in each["discounts"])
    return neutral_order({
        "number": "1001",
        "updated_at": "2026-10-02T10:30:00+02:00",
        "currency": currency,
        "taxes_included": not on_top,
        "state": {"payment": "paid"},
        "lines": list(lines),
        "totals": {name: {"shop": amount} for name, amount in sums.items()},
        **more,
    })  # fmt: skip


@st.composite
def orders(draw: st.DrawFn) -> NeutralOrder:
    """Paid orders of one to four lines, nothing of them shipped."""
    on_top = draw(st.booleans())
    lines = []
    for position in range(draw(st.integers(1, 4))):
        unit, quantity = draw(st.integers(0, 500_000)), draw(st.integers(1, 7))
        off = draw(st.integers(0, unit * quantity))
        rate = draw(st.sampled_from([0, 5, 10, 20]))
        lines.append(line(str(position + 1), unit, quantity, off=off, rate=rate, on_top=on_top))
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    return order(*lines, shipping=draw(st.integers(0, 5_000)), on_top=on_top, currency=currency)
