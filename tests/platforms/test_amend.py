"""Documents of orders that are kept here, after changes: nothing is lost, nothing that left is touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral import (
    Address,
    Amount,
    NeutralOrder,
    as_json,
    as_stated,
    neutral_order,
    restored,
    version_key,
)
from portal.platforms.neutral.amend import amended
from portal.platforms.neutral.bumping import next_version
from portal.platforms.neutral.handing import preparing, sendable, settled, shipped, tracking_of
from portal.platforms.units import editable_units
from tests.platforms.priced_orders import line, order, orders

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BLUE = Variant("variant-blue", "Blue", (("Colour", "blue"),), Amount(shop=1500, buyer=1500))


def changed(to: NeutralOrder, change: Change, variant: Variant | None = None, **more: Any) -> NeutralOrder:
    found = amended(to, Edit(more.pop("key", "key"), change, **more), AT, variant)
    assert isinstance(found, NeutralOrder), found
    return found


def planned(*lines: Any, **more: Any) -> NeutralOrder:
    """An order whose lines are all in one delivery."""
    parts = [{"line_id": each["id"], "quantity": each["quantity"]} for each in lines]
    return order(*lines, deliveries=[{"id": "home", "method": "shipping", "lines": parts}], **more)


def test_units_that_are_cancelled_stay_to_be_read_and_go_off_the_bill() -> None:
    before = planned(line("1", 1000, 3), line("2", 500, 1), shipping=490)
    after = changed(before, CancelUnits((("1", 1),)), key="edit-1", fee=Amount(shop=100, buyer=100))
    (first, second), (home,) = after.lines, after.deliveries
    quantity = first.quantity
    assert (quantity.ordered, quantity.current, quantity.refunded, quantity.removed) == (3, 2, 1, 0)
    assert (first.price.total_after_discounts.shop, second) == (2000, before.lines[1])
    assert [(part.line_id, part.quantity, part.remaining) for part in home.lines] == [("1", 2, 2), ("2", 1, None)]
    totals = after.totals
    assert (totals.lines.shop, totals.shipping.shop, totals.fees.shop, totals.total.shop) == (2500, 490, 100, 3090)
    assert (totals.refunded.shop, totals.outstanding.shop, after.state.payment) == (900, 0, "partially_refunded")
    (noted,) = after.adjustments
    assert (noted.type, noted.status, noted.by, noted.external_id) == ("cancel", "pending", "customer", "edit-1")
    assert (noted.amount.shop, noted.restocking_fee and noted.restocking_fee.shop) == (-900, 100)
    assert [(part.line_id, part.quantity) for part in noted.lines] == [("1", -1)]
    assert version_key(after.version) > version_key(before.version)
    assert after.cancelled_at is None


def test_a_line_of_which_nothing_is_left_stays() -> None:
    after = changed(planned(line("1", 1000, 2), line("2", 500, 1)), CancelUnits((("1", 2),)))
    assert [(each.id, each.quantity.current) for each in after.lines] == [("1", 0), ("2", 1)]
    assert after.state.edited


def test_another_variant_is_a_line_of_its_own_that_names_the_one_it_replaces() -> None:
    engraved = {**line("1", 1000, 3, off=300), "personalisation": [{"name": "Engraving", "value": "M. & L."}]}
    after = changed(planned(engraved), SwapVariant("1", BLUE.id, 2), BLUE, key="e")
    old, new = after.lines
    assert (old.quantity.current, old.quantity.removed, old.price.total_after_discounts.shop) == (1, 2, 900)
    assert (new.id, new.replaces_line_id, new.product_id, new.variant_id) == ("1:e", "1", "product-1", BLUE.id)
    assert [(option.name, option.value) for option in new.options] == [("Colour", "blue")]
    assert (new.quantity.current, new.price.unit.shop, new.price.total_after_discounts.shop) == (2, 1500, 2700)
    assert [wish.value for wish in new.personalisation] == ["M. & L."]
    assert {part.line_id: part.quantity for part in after.deliveries[0].lines} == {"1": 1, "1:e": 2}
    assert (after.totals.outstanding.shop, after.state.payment) == (900, "partially_paid")
    assert [(part.line_id, part.quantity) for part in after.adjustments[0].lines] == [("1", -2), ("1:e", 2)]


def test_more_units_go_with_the_others() -> None:
    after = changed(planned(line("1", 1000, 2)), SetQuantity("1", 5))
    quantity, (part,) = after.lines[0].quantity, after.deliveries[0].lines
    assert (quantity.ordered, quantity.current, part.quantity, part.remaining) == (5, 5, 5, 5)
    assert after.totals.outstanding.shop == 3000


def test_what_nobody_has_begun_with_is_taken_off_first() -> None:
    begun = {"id": "begun", "state": "in_progress", "lines": [{"line_id": "1", "quantity": 2}]}
    waits = {"id": "waits", "state": "open", "lines": [{"line_id": "1", "quantity": 1}]}
    before = order(line("1", 1000, 3), deliveries=[begun, waits])
    after = changed(before, CancelUnits((("1", 2),)), by="staff")
    assert [(each.id, each.lines[0].quantity, each.state) for each in after.deliveries] == [
        ("begun", 1, "in_progress"),
        ("waits", 0, "cancelled"),
    ]


def test_a_whole_order_is_over_with_its_reason() -> None:
    before = planned(line("1", 1000, 2), shipping=490)
    after = changed(before, CancelOrder("sold_in_store"), by="staff")
    assert (after.cancelled_at, after.cancel_reason, after.state.payment) == (AT, "sold_in_store", "refunded")
    assert (after.totals.total.shop, after.totals.refunded.shop, after.lines[0].quantity.current) == (0, 2490, 0)
    assert (after.deliveries[0].state, after.adjustments[0].by, after.adjustments[0].reason) == (
        "cancelled",
        "staff",
        "sold_in_store",
    )
    assert amended(after, Edit("again", CancelOrder()), AT) == NotApplied("cancelled")


def test_of_an_order_that_is_not_paid_nothing_goes_back() -> None:
    before = planned(line("1", 1000, 2), state={"payment": "pending"})
    after = changed(before, CancelUnits((("1", 1),)))
    assert (after.lines[0].quantity.removed, after.lines[0].quantity.refunded) == (1, 0)
    assert (after.adjustments[0].status, after.adjustments[0].amount.shop) == ("completed", 0)
    assert (after.totals.total.shop, after.totals.outstanding.shop, after.state.payment) == (1000, 1000, "pending")


def test_an_address_holds_for_the_order_and_its_deliveries() -> None:
    there = {"name": "Inès Ferrand", "line1": "Quai 4", "city": "Lyon", "country": "FR"}
    home = {"id": "home", "method": "shipping", "destination": there, "lines": [{"line_id": "1", "quantity": 2}]}
    before = order(line("1", 1000, 2), address={"shipping": there}, deliveries=[home])
    after = changed(before, SetAddress(Address(name="Inès Ferrand", line1="Cours 9", city="Brest")))
    assert after.address.shipping is not None
    assert (after.address.shipping.city, after.address.shipping.country) == ("Brest", "FR")
    assert after.deliveries[0].destination == after.address.shipping
    assert after.totals == before.totals


@pytest.mark.parametrize("deliveries", [[], [{"id": "home", "method": "shipping"}]])
def test_instructions_are_for_whoever_brings_it(deliveries: list[Any]) -> None:
    after = changed(order(line("1", 1000, 2), deliveries=deliveries), SetInstructions("Ring twice."))
    assert [delivery.instructions for delivery in after.deliveries] == ["Ring twice."]
    assert editable_units(after) == {"1": 2}


def test_the_same_edit_twice_is_made_once() -> None:
    before = planned(line("1", 1000, 3))
    once = changed(before, CancelUnits((("1", 1),)), key="e")
    assert amended(once, Edit("e", CancelUnits((("1", 1),))), AT + timedelta(hours=1)) is once


def test_money_that_went_back_is_settled() -> None:
    after = changed(planned(line("1", 1000, 3)), CancelUnits((("1", 1),)))
    done = settled(after, AT)
    assert [part.status for part in done.adjustments] == ["completed"]
    assert done.totals == after.totals
    assert settled(done, AT) is done
    dearer = changed(planned(line("1", 1000, 1)), SetQuantity("1", 2))
    paid = settled(dearer, AT)
    assert (paid.totals.outstanding.shop, paid.state.payment, paid.totals.total.shop) == (0, "paid", 2000)


@given(orders(), st.randoms())
def test_cancelling_unit_by_unit_comes_to_what_cancelling_all_at_once_does(to: NeutralOrder, random: Any) -> None:
    units = [each.id for each in to.lines for _ in range(each.quantity.current)]
    random.shuffle(units)
    step = to
    for number, unit in enumerate(units):
        step = changed(step, CancelUnits(((unit, 1),)), key=str(number))
    once = changed(to, CancelOrder())
    assert step.totals == once.totals
    assert (step.cancelled_at, step.state.payment) == (once.cancelled_at, once.state.payment)
    assert [each.quantity.current for each in step.lines] == [each.quantity.current for each in once.lines]
    assert sum(part.amount.shop or 0 for part in step.adjustments) == (once.adjustments[0].amount.shop or 0)


@pytest.mark.parametrize("version", [None, 0, 7, "9", "2026-11-20T10:00:00Z", "2031-01-01T00:00:00Z", "spring", "a~"])
def test_a_version_is_followed_by_a_later_one(version: str | int | None) -> None:
    assert version_key(next_version(version, AT)) > version_key(version)


class Kept(RuleBasedStateMachine):
    """An order under any changes, and what must hold however they come."""

    @initialize(to=orders())
    def begin(self, to: NeutralOrder) -> None:
        self.order = to
        self.paid = to.totals.total.shop or 0
        self.number = 0

    def edit(self, change: Change, variant: Variant | None = None, by: Any = "customer") -> None:
        self.number += 1
        self.keep(amended(self.order, Edit(str(self.number), change, by=by), AT, variant))

    def keep(self, found: NeutralOrder | NotApplied) -> None:
        if isinstance(found, NeutralOrder):
            before = {each.id: each.quantity.fulfilled for each in self.order.lines}
            after = {each.id: each.quantity.fulfilled for each in found.lines}
            assert all(after[name] >= units for name, units in before.items())
            assert found is self.order or version_key(found.version) > version_key(self.order.version)
            self.order = found

    def some(self, at: int) -> Any:
        return self.order.lines[at % len(self.order.lines)]

    @rule(at=st.integers(0, 9), units=st.integers(1, 4), by=st.sampled_from(["customer", "staff"]))
    def cancel(self, at: int, units: int, by: str) -> None:
        self.edit(CancelUnits(((self.some(at).id, units),)), by=by)

    @rule(at=st.integers(0, 9), units=st.integers(1, 9))
    def set_quantity(self, at: int, units: int) -> None:
        self.edit(SetQuantity(self.some(at).id, units))

    @rule(at=st.integers(0, 9), units=st.integers(1, 4), price=st.integers(0, 9999))
    def swap(self, at: int, units: int, price: int) -> None:
        name = f"variant-{self.number}"
        variant = Variant(name, "Other", (), Amount(shop=price, buyer=price))
        self.edit(SwapVariant(self.some(at).id, name, units), variant)

    @rule(by=st.sampled_from(["customer", "staff"]))
    def cancel_all(self, by: str) -> None:
        if self.number > 6:
            self.edit(CancelOrder(), by=by)

    @rule()
    def prepare(self) -> None:
        if self.number > 3:
            self.keep(preparing(self.order, AT))

    @rule(at=st.integers(0, 9), units=st.integers(1, 4))
    def ship(self, at: int, units: int) -> None:
        self.number += 1
        tracking = tracking_of("Colissimo", f"6A{self.number:011}")
        self.keep(shipped(self.order, str(self.number), {self.some(at).id: units}, tracking, AT))

    @rule()
    def pay(self) -> None:
        self.paid += self.order.totals.outstanding.shop or 0
        self.keep(settled(self.order, AT))

    @invariant()
    def nothing_is_lost(self) -> None:
        for each in self.order.lines:
            quantity = each.quantity
            assert quantity.ordered == quantity.current + quantity.refunded + quantity.removed
            assert 0 <= quantity.fulfilled <= quantity.current
            assert quantity.fulfilled + quantity.in_progress <= quantity.current
        sent = {each.id: 0 for each in self.order.lines}
        for parcel in self.order.parcels:
            for part in parcel.lines:
                sent[part.line_id] += part.quantity
        assert sent == {each.id: each.quantity.fulfilled for each in self.order.lines}
        assert all(units <= sendable(self.order)[name] for name, units in editable_units(self.order).items())

    @invariant()
    def money_adds_up(self) -> None:
        totals = self.order.totals
        goods = sum(each.price.total_after_discounts.shop or 0 for each in self.order.lines)
        tax = 0 if self.order.taxes_included else totals.tax.shop or 0
        assert totals.lines.shop == goods
        assert totals.total.shop == goods + (totals.shipping.shop or 0) + (totals.fees.shop or 0) + tax
        refunded, owed = totals.refunded.shop or 0, totals.outstanding.shop or 0
        assert 0 <= refunded <= self.paid
        assert totals.total.shop == self.paid - refunded + owed
        assert totals == totals.model_copy(
            update={"total": totals.total.model_copy(update={"buyer": totals.total.shop})}
        )

    @invariant()
    def it_is_read_back_as_it_was_written(self) -> None:
        assert neutral_order(as_json(self.order)) == self.order
        assert restored(as_stated(self.order)) == self.order


TestKept = Kept.TestCase
TestKept.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
