"""What an edit comes to: sums conserve, nobody gets back more than they paid, and what is not known is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral import Address, Amount, NeutralOrder, neutral_order
from portal.platforms.pricing import quote
from tests.platforms.priced_orders import line, order, orders

SAGE = Variant("variant-sage", "Sage", (("Colour", "sage"),), Amount(shop=1000, buyer=1000))


def quoted(to: NeutralOrder, change: Change, variant: Variant | None = None, fee: int = 0, **more: Any) -> Quote:
    found = quote(to, Edit("key", change, Amount(shop=fee, buyer=fee)), variant, **more)
    assert isinstance(found, Quote), found
    return found


def refused(to: NeutralOrder, change: Change, variant: Variant | None = None) -> str:
    found = quote(to, Edit("key", change), variant)
    assert isinstance(found, NotApplied), found
    return found.why


@st.composite
def changes(draw: st.DrawFn, to: NeutralOrder) -> tuple[Change, Variant | None]:
    at = draw(st.sampled_from(to.lines))
    units = draw(st.integers(1, at.quantity.current))
    price = Amount(shop=(some := draw(st.integers(0, 500_000))), buyer=some)
    variant = Variant("other", "Other", (), price)
    every: list[tuple[Change, Variant | None]] = [
        (CancelUnits(((at.id, units),)), None),
        (CancelOrder(), None),
        (SetQuantity(at.id, draw(st.integers(1, 12))), None),
        (SwapVariant(at.id, "other", units), variant),
    ]
    return draw(st.sampled_from(every))


@given(st.data(), st.integers(0, 2_000_000))
def test_money_is_conserved_and_no_more_goes_back_than_was_paid(data: st.DataObject, fee: int) -> None:
    to = data.draw(orders())
    change, variant = data.draw(changes(to))
    found = quoted(to, change, variant, fee)
    for sums in (found.before, found.after):
        parts = [sums.lines.shop, sums.shipping.shop, sums.fees.shop, 0 if to.taxes_included else sums.tax.shop]
        assert sum(part for part in parts if part is not None) == sums.total.shop
    assert found.exact
    assert found.due.shop == (found.after.total.shop or 0) - (found.before.total.shop or 0)
    assert -(found.due.shop or 0) <= (found.before.total.shop or 0)
    assert 0 <= (found.fee.shop or 0) <= fee
    assert found.due == found.due.model_copy(update={"buyer": found.due.shop})


@given(st.data())
def test_the_same_quantity_changes_nothing(data: st.DataObject) -> None:
    to = data.draw(orders())
    at = data.draw(st.sampled_from(to.lines))
    found = quoted(to, SetQuantity(at.id, at.quantity.current), fee=700)
    assert found.after == found.before
    assert (found.due.shop, found.fee.shop) == (0, 0)


@given(orders(), st.data())
def test_another_variant_at_the_same_price_costs_nothing(to: NeutralOrder, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(to.lines))
    units = data.draw(st.integers(1, at.quantity.current))
    found = quoted(to, SwapVariant(at.id, "other", units), Variant("other", "Other", (), at.price.unit))
    assert found.after == found.before
    assert found.due.shop == 0


@given(orders(), st.integers(0, 9_000_000))
def test_a_whole_order_gives_back_all_but_the_fee(to: NeutralOrder, fee: int) -> None:
    found = quoted(to, CancelOrder(), fee=fee)
    total = to.totals.total.shop or 0
    assert found.due.shop == min(fee, total) - total
    assert (found.after.total.shop, found.fee.shop) == (min(fee, total), min(fee, total))


@given(orders())
def test_the_units_of_all_lines_are_the_whole_order(to: NeutralOrder) -> None:
    every = CancelUnits(tuple((at.id, at.quantity.current) for at in to.lines))
    assert quoted(to, every) == quoted(to, CancelOrder())


@pytest.mark.parametrize(("currency", "unit", "back"), [("JPY", 1_999, -1_999), ("KWD", 12_345, -12_345)])
def test_currencies_without_cents_and_with_mills_are_exact(currency: str, unit: int, back: int) -> None:
    to = order(line("1", unit, 3), shipping=500, currency=currency)
    assert quoted(to, CancelUnits((("1", 1),))).due.shop == back


def test_a_discount_and_a_tax_go_with_their_units() -> None:
    to = order(line("1", 2000, 3, off=1000, rate=20, on_top=True), line("2", 500, 1), shipping=490, on_top=True)
    found = quoted(to, CancelUnits((("1", 1),)), fee=200)
    # 5000 for three is 3333 for two, with a fifth of tax on it: 1000 becomes 667
    assert (found.after.lines.shop, found.after.tax.shop, found.after.shipping.shop) == (3833, 667, 490)
    assert (found.after.discount.shop, found.after.fees.shop) == (667, 200)
    assert found.due.shop == (3833 + 667 + 490 + 200) - (5500 + 1000 + 490)


def test_a_dearer_variant_is_paid_for_and_keeps_its_share_of_the_discount() -> None:
    to = order(line("1", 800, 2, off=160))
    found = quoted(to, SwapVariant("1", SAGE.id, 1), SAGE)
    assert found.due.shop == 180  # 900 for one at 1000 with a tenth off, instead of 720
    assert quoted(to, SwapVariant("1", SAGE.id, 1), SAGE, fee=500).fee.shop == 0  # nothing to keep it back of


def test_shipping_stays_with_what_stays_and_goes_with_the_whole_order() -> None:
    to = order(line("1", 1000, 2), shipping=490)
    assert quoted(to, CancelUnits((("1", 1),))).after.shipping.shop == 490
    assert quoted(to, CancelOrder()).due.shop == -2490
    kept = quoted(to, CancelOrder(), keep_shipping=True)
    assert (kept.due.shop, kept.after.shipping.shop, kept.exact) == (-2000, 490, True)


@pytest.mark.parametrize("payment", ["pending", "authorized", "voided"])
def test_of_an_order_that_is_not_paid_nothing_goes_back(payment: str) -> None:
    to = order(line("1", 1000, 3), state={"payment": payment}, shipping=500)
    found = quoted(to, CancelUnits((("1", 2),)), fee=300)
    assert (found.due.shop, found.fee.shop, found.after.total.shop, found.exact) == (0, 0, 1500, True)
    assert quoted(to, SetQuantity("1", 4)).due.shop == 1000


def test_of_an_order_paid_in_part_only_what_was_paid_goes_back() -> None:
    part = {"total": {"shop": 3000}, "lines": {"shop": 3000}, "outstanding": {"shop": 1200}, "shipping": {"shop": 0}}
    to = order(line("1", 1000, 3), state={"payment": "partially_paid"}, totals=part)
    assert quoted(to, CancelUnits((("1", 1),))).due.shop == 0  # 1800 of 2000 are paid
    assert quoted(to, CancelUnits((("1", 2),))).due.shop == -800
    assert quoted(to, CancelOrder()).due.shop == -1800


def test_what_was_refunded_before_does_not_go_back_again() -> None:
    sums = {"total": {"shop": 3000}, "lines": {"shop": 3000}, "refunded": {"shop": 1000}, "shipping": {"shop": 0}}
    to = order(line("1", 1000, 3), state={"payment": "partially_refunded"}, totals=sums)
    found = quoted(to, CancelOrder())
    assert (found.due.shop, found.exact) == (-2000, False)  # whether the total is less it already, nobody says


def test_a_fee_kept_back_before_stays_kept_back() -> None:
    fee = {"id": "1", "type": "cancel", "restocking_fee": {"shop": 300}, "amount": {"shop": -700}}
    sums = {"total": {"shop": 1300}, "lines": {"shop": 1000}, "fees": {"shop": 300}, "shipping": {"shop": 0}}
    to = order(line("1", 1000, 1), totals={**sums, "outstanding": {"shop": 0}}, adjustments=[fee])
    found = quoted(to, CancelOrder())
    assert (found.due.shop, found.after.fees.shop, found.after.total.shop) == (-1000, 300, 300)


def test_both_currencies_are_reckoned_each_in_its_own() -> None:
    price = {"unit": {"shop": 1000, "buyer": 1111}, "total_after_discounts": {"shop": 2000, "buyer": 2222}}
    sums = {name: {"shop": 0, "buyer": 0} for name in ("shipping", "tax", "fees", "outstanding")}
    sums |= {"lines": {"shop": 2000, "buyer": 2222}, "total": {"shop": 2000, "buyer": 2222}}
    to = neutral_order({
        "number": "7",
        "currency": {"shop": "EUR", "buyer": "USD"},
        "taxes_included": True,
        "state": {"payment": "paid"},
        "lines": [{"id": "1", "title": "Thing", "quantity": 2, "price": price}],
        "totals": sums,
    })  # fmt: skip
    found = quoted(to, CancelUnits((("1", 1),)))
    assert (found.due.shop, found.due.buyer, found.exact) == (-1000, -1111, True)
    fee = quote(to, Edit("key", CancelUnits((("1", 1),)), Amount(shop=100)))
    assert isinstance(fee, Quote)
    assert (fee.fee.buyer, fee.exact) == (111, False)  # given in one currency, guessed in the other


def test_a_short_document_is_enough_and_a_gap_in_it_is_said() -> None:
    short: Any = {"number": "1", "currency": "EUR", "state": {"payment": "paid"}}
    lines = [{"id": "1", "title": "Thing", "quantity": 2, "price": {"unit": {"shop": 450}}}]
    whole = neutral_order({**short, "lines": lines, "totals": {"total": {"shop": 900}}})
    assert (quoted(whole, CancelUnits((("1", 1),))).due.shop, quoted(whole, CancelOrder()).exact) == (-450, True)
    more = neutral_order({**short, "lines": lines, "totals": {"total": {"shop": 1100}}})
    part = quoted(more, CancelUnits((("1", 1),)))
    assert (part.due.shop, part.exact) == (-450, False)  # nobody says what the other 200 are
    assert (quoted(more, CancelOrder()).due.shop, quoted(more, CancelOrder()).exact) == (-1100, True)
    less = neutral_order({**short, "lines": lines, "totals": {"total": {"shop": 600}}})
    assert quoted(less, CancelUnits((("1", 1),))).due.shop == -300  # a discount on all of it goes with its share
    bare = neutral_order({**short, "lines": [{"id": "1", "title": "Thing", "quantity": 2}]})
    unknown = quoted(bare, CancelUnits((("1", 1),)))
    assert (unknown.due.shop, unknown.after.total.shop, unknown.exact) == (None, None, False)


def test_where_tax_is_said_only_for_the_whole_order_it_is_guessed_if_it_matters() -> None:
    bare = {**line("1", 1000, 2), "price": {"unit": {"shop": 1000}, "total_after_discounts": {"shop": 2000}}}
    sums = {"lines": {"shop": 2000}, "shipping": {"shop": 0}, "tax": {"shop": 400}, "outstanding": {"shop": 0}}
    document: Any = {"number": "1", "currency": "EUR", "state": {"payment": "paid"}, "lines": [bare]}
    included = neutral_order({**document, "totals": {**sums, "total": {"shop": 2000}}})
    found = quoted(included, CancelUnits((("1", 1),)))
    assert (found.due.shop, found.after.tax.shop, found.exact) == (-1000, None, True)
    added = neutral_order({**document, "totals": {**sums, "total": {"shop": 2400}}})
    guessed = quoted(added, CancelUnits((("1", 1),)))
    assert (guessed.due.shop, guessed.after.tax.shop, guessed.exact) == (-1200, 200, False)


def test_an_address_or_an_instruction_costs_nothing() -> None:
    to = order(line("1", 1000, 1))
    for change in (SetAddress(Address(line1="Quai 4", city="Brest")), SetInstructions("Ring twice.")):
        found = quoted(to, change, fee=400)
        assert (found.due.shop, found.fee.shop, found.after) == (0, 0, found.before)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (CancelUnits((("1", 2), ("1", 1))), "shipped"),
        (CancelUnits((("1", 9),)), "changed"),
        (CancelUnits((("nine", 1),)), "changed"),
        (CancelUnits((("1", 0),)), "unsupported"),
        (SetQuantity("1", 0), "unsupported"),
        (SetQuantity("2", 2), "changed"),
        (CancelOrder(), "shipped"),
        (SwapVariant("1", "variant-sage", 3), "shipped"),
        (SwapVariant("1", "variant-other", 1), "unavailable"),
    ],
)
def test_what_the_order_does_not_allow_is_refused(change: Change, why: str) -> None:
    gone = {**line("2", 500, 1), "quantity": {"ordered": 1, "current": 0, "removed": 1}}
    parcels = [{"id": "p", "lines": [{"line_id": "1", "quantity": 1}]}]
    to = order(line("1", 1000, 3), gone, parcels=parcels)
    assert refused(to, change, SAGE) == why


def test_what_waits_may_go_elsewhere_until_somebody_prepares_it() -> None:
    brest, part = SetAddress(Address(city="Brest")), {"line_id": "1", "quantity": 3, "remaining": 2}
    parcels = [{"id": "p", "lines": [{"line_id": "1", "quantity": 1}]}]
    waits = order(line("1", 1000, 3), parcels=parcels, deliveries=[{"id": "d", "lines": [part]}])
    begun = order(
        line("1", 1000, 3), parcels=parcels, deliveries=[{"id": "d", "state": "in_progress", "lines": [part]}]
    )
    gone = order(line("1", 1000, 3), parcels=[{"id": "p", "lines": [{"line_id": "1", "quantity": 3}]}])
    assert isinstance(quote(waits, Edit("key", brest)), Quote)
    assert refused(begun, brest) == "shipped"
    assert isinstance(quote(begun, Edit("key", brest, by="staff")), Quote)
    assert refused(gone, brest) == "shipped"
    packed = {**line("1", 1000, 3), "quantity": {"ordered": 3, "current": 3, "in_progress": 1}}
    assert refused(order(packed), brest) == "shipped"  # one of them has its label
    assert isinstance(quote(order(packed), Edit("key", brest, by="staff")), Quote)


@pytest.mark.parametrize(("member", "why"), [("cancelled_at", "cancelled"), ("closed_at", "closed")])
def test_an_order_that_is_over_is_left_alone(member: str, why: str) -> None:
    over: Any = {member: "2026-10-03T09:00:00Z"}
    to = order(line("1", 1000, 3), **over)
    assert refused(to, SetQuantity("1", 2)) == why


def test_staff_take_back_what_is_being_prepared_and_customers_do_not() -> None:
    preparing = {"id": "d", "state": "in_progress", "lines": [{"line_id": "1", "quantity": 3}]}
    to = order(line("1", 1000, 3), deliveries=[preparing])
    for change in (CancelUnits((("1", 1),)), CancelOrder()):
        assert refused(to, change) == "shipped"
        assert isinstance(quote(to, Edit("key", change, by="staff")), Quote)


def test_what_is_sold_out_is_not_swapped_for() -> None:
    few = Variant(SAGE.id, "Sage", (), SAGE.price, available=1)
    to = order(line("1", 1000, 3))
    assert refused(to, SwapVariant("1", SAGE.id, 2), few) == "unavailable"
    assert quoted(to, SwapVariant("1", SAGE.id, 1), few).due.shop == 0


def test_another_country_is_another_order_and_what_is_collected_has_no_address() -> None:
    there = {"shipping": {"city": "Lyon", "country": "FR"}}
    bern = SetAddress(Address(city="Bern", country="CH"))
    assert refused(order(line("1", 1000, 3), address=there), bern) == "unsupported"
    collected = [{"id": "d", "method": "pickup", "lines": [{"line_id": "1", "quantity": 3}]}]
    assert refused(order(line("1", 1000, 3), deliveries=collected), SetAddress(Address(city="Brest"))) == "unsupported"
