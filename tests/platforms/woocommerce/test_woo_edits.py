"""Edits in a played WooCommerce: what they come to there, and that the shop's own sums agree."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest

from portal.platforms.changes import (
    Applied,
    Begun,
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
)
from portal.platforms.live import ShopError
from portal.platforms.neutral import Address, Amount, NeutralOrder
from portal.platforms.woocommerce.shop import WooShop
from tests.platforms.woocommerce.played import Fault, Played
from tests.platforms.woocommerce.samples import meta, shipping_line

KEY = "0b7c1e0a-3a44-4a6e-9a0e-6f1d6f1a0001"
UNPAID: dict[str, Any] = {"status": "pending", "date_paid": None, "date_paid_gmt": None}


def edit(change: Change, **more: Any) -> Edit:
    return Edit(KEY, change, **more)


async def seen(shop: WooShop, order_id: int) -> NeutralOrder:
    found = await shop.order(str(order_id))
    assert found is not None
    return found


def lines_of(woo: Played, order_id: int) -> list[tuple[Any, ...]]:
    """(variation, quantity, subtotal, total) of each line that the shop has."""
    lines = woo.store.orders[order_id]["line_items"]
    return [(one["variation_id"], one["quantity"], one["subtotal"], one["total"]) for one in lines]


async def made(shop: WooShop, order_id: int, wanted: Edit) -> tuple[Quote, Applied, NeutralOrder]:
    """The quote, how it was made, and the order afterwards, which costs what was quoted."""
    before = await seen(shop, order_id)
    quote = await shop.quote(before, wanted)
    assert isinstance(quote, Quote), quote
    applied = await shop.apply(before, wanted)
    assert isinstance(applied, Applied), applied
    after = await seen(shop, order_id)
    if after.cancelled_at is None:
        assert after.totals.total.buyer == quote.after.total.buyer
    assert await shop.applied(before, wanted) == applied
    return quote, applied, after


async def test_another_size_at_the_same_price(woo: Played, shop: WooShop) -> None:
    line = woo.store.line(702, 2, subtotal="80.00", total="72.00")
    line["meta_data"].append(meta("Engraving", "Pour Maud"))
    order_id = woo.store.place([line])
    before = await seen(shop, order_id)
    quote, applied, after = await made(shop, order_id, edit(SwapVariant(before.lines[0].id, "701", 2)))
    assert (quote.due.buyer, quote.exact, applied.pay_url) == (0, True, None)
    assert lines_of(woo, order_id) == [(701, 2, "80.00", "72.00")]
    assert woo.writes() == [("PUT", f"orders/{order_id}")], "one write"
    new, old = after.lines
    assert (new.replaces_line_id, [wish.value for wish in new.personalisation]) == (old.id, ["Pour Maud"])
    assert (old.title, old.quantity.ordered, old.quantity.current, old.quantity.removed) == ("Linen apron", 2, 0, 2)
    assert [option.value for option in old.options] == ["M"]
    assert after.state.edited
    (change,) = after.adjustments
    assert (change.type, change.by, change.external_id) == ("edit", "customer", KEY)


async def test_some_units_of_a_line_become_another_size(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place([woo.store.line(702, 3, subtotal="120.00", total="100.00")])
    before = await seen(shop, order_id)
    _, _, after = await made(shop, order_id, edit(SwapVariant(before.lines[0].id, "701", 1)))
    assert lines_of(woo, order_id) == [(702, 2, "80.00", "66.67"), (701, 1, "40.00", "33.33")]
    assert [(line.quantity.ordered, line.quantity.current) for line in after.lines] == [(3, 2), (1, 1)]


async def test_a_cheaper_size_of_a_paid_order_is_paid_back(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    quote, applied, after = await made(shop, order_id, edit(SwapVariant(before.lines[0].id, "704", 2)))
    assert quote.due.buyer == -1600
    assert woo.store.paid_back == Decimal("16.00")
    assert woo.store.net(order_id) == Decimal("69.00")
    assert applied.reference == str(woo.store.refunds[order_id][0]["id"])
    assert (after.lines[0].price.total_after_discounts.buyer, after.totals.refunded.buyer) == (6400, 1600)
    assert after.lines[0].quantity.current == 2, "no unit went with that refund"


async def test_a_dearer_size_of_a_paid_order_is_not_for_us(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    wanted = edit(SwapVariant(before.lines[0].id, "703", 2))
    for answer in (await shop.quote(before, wanted), await shop.apply(before, wanted)):
        assert isinstance(answer, NotApplied)
        assert answer.why == "payment"
    assert woo.writes() == []


async def test_an_unpaid_order_is_changed_at_todays_price(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place(**UNPAID)
    before = await seen(shop, order_id)
    quote, applied, after = await made(shop, order_id, edit(SwapVariant(before.lines[0].id, "703", 1)))
    assert quote.due.buyer == 500
    assert lines_of(woo, order_id) == [(702, 1, "40.00", "40.00"), (703, 1, "45.00", "45.00")]
    assert applied.pay_url == woo.store.orders[order_id]["payment_url"]
    assert after.totals.outstanding.buyer == 9000


@pytest.mark.parametrize(("units", "total"), [(3, "120.00"), (1, "40.00")])
async def test_a_quantity_is_repriced_where_woocommerce_would_not(
    woo: Played, shop: WooShop, units: int, total: str
) -> None:
    order_id = woo.store.place(**UNPAID)
    before = await seen(shop, order_id)
    await made(shop, order_id, edit(SetQuantity(before.lines[0].id, units)))
    assert lines_of(woo, order_id) == [(702, units, total, total)]


async def test_fewer_units_of_a_paid_order_are_a_refund(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place([woo.store.line(702, 3, subtotal="120.00", total="100.00"), woo.store.line(701, 1)])
    before = await seen(shop, order_id)
    wanted = edit(SetQuantity(before.lines[0].id, 2), fee=Amount(shop=300, buyer=300))
    quote, _, after = await made(shop, order_id, wanted)
    assert (quote.due.buyer, quote.fee.buyer) == (-3033, 300)
    assert woo.store.paid_back == Decimal("30.33")
    (refund,) = woo.store.refunds[order_id]
    assert (refund["amount"], refund["line_items"][0]["quantity"], refund["line_items"][0]["total"]) == (
        "30.33",
        -1,
        "-33.33",
    )
    assert lines_of(woo, order_id)[0] == (702, 3, "120.00", "100.00"), "the order remembers what was paid"
    assert after.lines[0].quantity.current == 2
    assert (after.totals.fees.buyer, after.totals.lines.buyer) == (300, 10667)
    (change,) = after.adjustments
    assert (change.by, change.restocking_fee, change.amount.buyer) == ("customer", Amount(shop=300, buyer=300), -3033)


async def test_taxes_go_back_with_their_units_to_the_cent(woo: Played, shop: WooShop) -> None:
    woo.store.rate = Decimal(20)
    order_id = woo.store.place([woo.store.line(702, 3, subtotal="33.33", total="33.33"), woo.store.line(701, 1)])
    before = await seen(shop, order_id)
    wanted = edit(CancelUnits(((before.lines[0].id, 1), (before.lines[1].id, 1))))
    quote, _, after = await made(shop, order_id, wanted)
    assert quote.exact
    (refund,) = woo.store.refunds[order_id]
    parts = [Decimal(one["total"]) + Decimal(one["total_tax"]) for one in refund["line_items"]]
    assert -sum(parts) == Decimal(refund["amount"])
    assert Decimal(quote.due.buyer or 0) / 100 == -Decimal(refund["amount"])
    assert [line.quantity.current for line in after.lines] == [2, 0]
    assert (after.totals.lines.buyer or 0) + (after.totals.shipping.buyer or 0) == after.totals.total.buyer


async def test_units_of_an_unpaid_order_are_taken_out(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place([woo.store.line(702, 2), woo.store.line(701, 1)], **UNPAID)
    before = await seen(shop, order_id)
    _, _, after = await made(shop, order_id, edit(CancelUnits(((before.lines[0].id, 1), (before.lines[1].id, 1)))))
    assert lines_of(woo, order_id) == [(702, 1, "40.00", "40.00")]
    assert [(line.quantity.ordered, line.quantity.current) for line in after.lines] == [(2, 1), (1, 0)]
    assert (woo.store.refunds[order_id], after.adjustments[0].type) == ([], "cancel")


@pytest.mark.parametrize("by_units", [False, True])
async def test_a_whole_paid_order_goes_back_with_its_shipping(woo: Played, shop: WooShop, by_units: bool) -> None:
    woo.store.rate = Decimal(20)
    order_id = woo.store.place(
        fee_lines=[{"id": 611, "name": "Wrap", "total": "2.00", "total_tax": "0.40", "taxes": []}]
    )
    before = await seen(shop, order_id)
    change = CancelUnits(((before.lines[0].id, 2),)) if by_units else CancelOrder("customer")
    quote, _, after = await made(shop, order_id, edit(change, fee=Amount(shop=500, buyer=500)))
    assert after.cancelled_at is not None
    assert woo.store.orders[order_id]["status"] == "cancelled"
    whole = Decimal(woo.store.orders[order_id]["total"])
    assert woo.store.paid_back == whole - 5
    (refund,) = woo.store.refunds[order_id]
    parts = [one for name in ("line_items", "shipping_lines", "fee_lines") for one in refund[name]]
    assert -sum(Decimal(one["total"]) + Decimal(one["total_tax"]) for one in parts) == whole, "its lines are all of it"
    assert quote.due.buyer == -int((whole - 5) * 100)
    assert (after.totals.total.buyer, after.totals.fees.buyer) == (500, 500)
    assert [line.quantity.current for line in after.lines] == [0]
    assert after.cancel_reason == (None if by_units else "customer")


async def test_a_whole_unpaid_order_is_called_off(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place(**UNPAID)
    quote, _, after = await made(shop, order_id, edit(CancelOrder("customer")))
    assert (quote.due.buyer, after.state.payment) == (0, "voided")
    assert woo.writes() == [("PUT", f"orders/{order_id}")]


async def test_where_money_cannot_move_by_itself_the_shop_pays_back_by_hand(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place(payment_method="bacs")
    before = await seen(shop, order_id)
    await made(shop, order_id, edit(CancelUnits(((before.lines[0].id, 1),))))
    (refund,) = woo.store.refunds[order_id]
    assert (refund["amount"], refund["refunded_payment"], str(woo.store.paid_back)) == ("40.00", False, "0")


async def test_a_bank_that_says_no_changes_nothing(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    woo.store.gateway_fails = True
    for change in (CancelOrder(), CancelUnits(((before.lines[0].id, 1),))):
        answer = await shop.apply(before, edit(change))
        assert answer == NotApplied("payment", "The bank is closed.")
    assert await seen(shop, order_id) == before


async def test_a_swap_whose_difference_no_bank_moves_is_made_and_paid_back_by_hand(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    woo.store.gateway_fails = True
    await made(shop, order_id, edit(SwapVariant(before.lines[0].id, "704", 1)))
    assert [refund["refunded_payment"] for refund in woo.store.refunds[order_id]] == [False]


async def test_another_address(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    address = Address(
        name="Inès Ferrand", line1="9 quai Neuf", line2="Bât. B", postcode="69002", city="Lyon", country="FR"
    )
    _, _, after = await made(shop, order_id, edit(SetAddress(address)))
    kept = woo.store.orders[order_id]["shipping"]
    assert (kept["first_name"], kept["last_name"], kept["address_1"], kept["phone"]) == (
        "Inès",
        "Ferrand",
        "9 quai Neuf",
        "",
    )
    assert after.address.shipping == address
    assert woo.store.orders[order_id]["billing"]["address_1"] == "4 quai des Tanneurs", "the bill's is another"
    assert [change.type for change in after.adjustments] == ["address_change"]
    other = Address(name="Maud de la Tour", line1="1 rue Basse", postcode="69001", city="Lyon", country="FR")
    again = await shop.apply(after, Edit("another key", SetAddress(other)))
    assert isinstance(again, Applied)
    assert woo.store.orders[order_id]["shipping"]["last_name"] == "Tour"
    assert [
        len(entry["value"]) for entry in woo.store.orders[order_id]["meta_data"] if entry["key"] == "_jalon_edits"
    ] == [2]


async def test_instructions_are_the_customers_note(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    _, _, after = await made(shop, order_id, edit(SetInstructions("Code 4711B")))
    assert after.deliveries[0].instructions == "Code 4711B"
    assert isinstance(await shop.apply(after, Edit("another key", SetInstructions(None))), Applied)
    assert woo.store.orders[order_id]["customer_note"] == ""


async def test_shipped_units_are_refused_before_any_write(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place([woo.store.line(702, 2), woo.store.line(701, 1)])
    before = await seen(shop, order_id)
    first, second = (line.id for line in before.lines)
    woo.store.fulfil(order_id, (first, 2))
    address = Address(name="A", line1="1", postcode="69001", city="Lyon", country="FR")
    for change in (SwapVariant(first, "701", 1), SetQuantity(first, 1), CancelUnits(((first, 1),)), CancelOrder()):
        answer = await shop.apply(before, edit(change))
        assert isinstance(answer, NotApplied)
        assert answer.why == "shipped"
    elsewhere = await shop.apply(
        before, edit(SetAddress(address))
    )  # what waits may go there, once somebody looks again
    assert isinstance(elsewhere, NotApplied)
    assert elsewhere.why == "changed"
    assert woo.writes() == []
    now = await seen(shop, order_id)
    assert isinstance(await shop.apply(now, edit(CancelUnits(((second, 1),)))), Applied), (
        "the rest may still be changed"
    )


async def test_what_is_packed_or_done_is_out_of_reach(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    woo.store.fulfil(order_id, (before.lines[0].id, 2), done=False)
    answer = await shop.apply(before, edit(CancelOrder()))
    assert isinstance(answer, NotApplied)
    assert answer.why == "shipped"
    done = woo.store.place(status="completed")
    answer = await shop.apply(await seen(shop, done), edit(SetInstructions("x")))
    assert isinstance(answer, NotApplied)
    assert woo.writes() == []


async def test_an_order_that_changed_meanwhile_is_left_alone(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    woo.store.change(order_id, {"shipping": {"city": "Paris"}})
    now = await seen(shop, order_id)
    assert now.version == before.version, "WooCommerce did not move the date"
    assert await shop.apply(before, edit(SetInstructions("x"))) == NotApplied("changed")
    assert woo.writes() == []


async def test_what_is_packed_in_the_very_moment_is_told_to_the_shop(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    before = await seen(shop, order_id)
    woo.before_write = lambda: woo.store.fulfil(order_id, (before.lines[0].id, 2))
    assert isinstance(await shop.apply(before, edit(SwapVariant(before.lines[0].id, "701", 2))), Applied)
    (note,) = woo.store.notes[order_id]
    assert not note["customer_note"]
    assert "packed at the same moment" in note["note"]


async def test_a_bundle_is_changed_as_a_whole(woo: Played, shop: WooShop) -> None:
    parent = woo.store.line(702, 1)
    child = woo.store.line(701, 1, bundled_by=parent["id"])
    order_id = woo.store.place([parent | {"bundled_items": [child["id"]]}, child])
    before = await seen(shop, order_id)
    for line in before.lines:
        answer = await shop.quote(before, edit(CancelUnits(((line.id, 1),))))
        assert isinstance(answer, NotApplied)
        assert answer.why == "unsupported"


async def test_a_deposit_is_not_for_us(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place(status="partially-paid")
    answer = await shop.quote(await seen(shop, order_id), edit(CancelOrder()))
    assert isinstance(answer, NotApplied)
    assert answer.why == "payment"


STEPS = ["PUT", "POST"]


@pytest.mark.parametrize("after", [False, True], ids=["lost before", "lost after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", ["swap", "cheaper", "units", "whole", "address"])
async def test_an_edit_that_was_cut_off_is_found_and_gone_on_with(
    woo: Played, shop: WooShop, kind: str, step: str, after: bool
) -> None:
    order_id = woo.store.place([woo.store.line(702, 2), woo.store.line(701, 1)])
    before = await seen(shop, order_id)
    line = before.lines[0].id
    changes: dict[str, Change] = {
        "swap": SwapVariant(line, "701", 2),
        "cheaper": SwapVariant(line, "704", 2),
        "units": CancelUnits(((line, 1),)),
        "whole": CancelOrder(),
        "address": SetAddress(Address(name="A B", line1="1", postcode="69001", city="Lyon", country="FR")),
    }
    wanted = edit(changes[kind])
    quote = await shop.quote(before, wanted)
    assert isinstance(quote, Quote)
    woo.faults.append(Fault(step, r"orders/\d+(/refunds)?", after=after))
    with contextlib.suppress(ShopError):
        assert isinstance(await shop.apply(before, wanted), Applied)
    woo.faults.clear()  # there may be no such step in this edit
    stands = await shop.applied(before, wanted)
    if not isinstance(stands, Applied):
        begun = bool(woo.store.refunds[order_id]) or lines_of(woo, order_id)[0][0] != 702
        assert isinstance(stands, Begun) == begun
        assert isinstance(await shop.apply(before, wanted), Applied)
    assert isinstance(await shop.applied(before, wanted), Applied)
    assert isinstance(await shop.apply(before, wanted), Applied), "once more changes nothing"
    assert woo.store.paid_back == -Decimal(quote.due.buyer or 0) / 100
    assert len(woo.store.refunds[order_id]) == (kind in ("cheaper", "units", "whole"))
    assert (woo.store.orders[order_id]["status"] == "cancelled") == (kind == "whole")
    assert sum(line["quantity"] for line in woo.store.orders[order_id]["line_items"]) == 3


async def test_staff_may_take_back_what_is_being_prepared(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place(status="packed", shipping_lines=[shipping_line()])
    before = await seen(shop, order_id)
    assert isinstance(await shop.apply(before, edit(CancelOrder())), NotApplied)
    assert isinstance(await shop.apply(before, edit(CancelOrder("sold_in_store"), by="staff")), Applied)
    assert (await seen(shop, order_id)).cancel_reason == "sold_in_store"
