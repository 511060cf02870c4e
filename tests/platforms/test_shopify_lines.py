"""Lines of webhook bodies: quantities, prices, swaps and refunds."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.shopify import documents
from tests.platforms.shopify_samples import FIRST, SECOND, line, money, order, read, refund, units


def test_a_line_in_full() -> None:
    (found,) = read().lines
    assert (found.id, found.product_id, found.variant_id) == (
        FIRST,
        "gid://shopify/Product/7001",
        "gid://shopify/ProductVariant/9001",
    )
    assert (found.title, found.sku, found.kind, found.requires_shipping) == ("Linen apron", "APRON-0", "physical", True)
    assert [(option.name, option.value) for option in found.options] == [(None, "M"), (None, "Sage")]
    assert units(found) == (1, 1, 0, 0, 0)
    assert found.quantity.editable is None
    assert (found.price.unit.shop, found.price.total_after_discounts.buyer) == (4000, 4000)


@pytest.mark.parametrize("properties", [[], {}, None, "", 7, [None], [{}], [{"value": "x"}]])
def test_properties_may_be_nothing_in_many_ways(properties: object) -> None:
    assert read(line_items=[line(properties=properties)]).lines[0].personalisation == ()


def test_properties_are_personalisation() -> None:
    listed = line(properties=[{"name": "Name", "value": "Ulysse"}, {"name": "_ref", "value": 7}])
    mapped = line(1, properties={"Name": "Ulysse"})
    first, second = read(line_items=[listed, mapped]).lines
    assert [(wish.name, wish.value, wish.hidden) for wish in first.personalisation] == [
        ("Name", "Ulysse", False),
        ("_ref", "7", True),
    ]
    assert [wish.name for wish in second.personalisation] == ["Name"]
    assert first.flags.personalised
    assert not read(line_items=[line(properties=[{"name": "_ref", "value": "7"}])]).lines[0].flags.personalised


def test_gift_cards_tips_and_downloads_are_delivered_without_a_parcel() -> None:
    lines = [
        line(gift_card=True, requires_shipping=False),
        line(1, requires_shipping=False),
        line(2, requires_shipping=False, tip={"payment_gateway": "card"}),
        line(3),
    ]
    found = read(line_items=lines)
    assert [item.kind for item in found.lines] == ["gift_card", "digital", "tip", "physical"]
    assert [(d.id, d.method, len(d.lines)) for d in found.deliveries] == [
        ("synthetic:shipping", "shipping", 1),
        ("synthetic:digital", "digital", 3),
    ]


def test_old_bodies_have_bare_amounts_and_no_current_quantities() -> None:
    old = order(refunds=[refund()], line_items=[line(quantity=2, total_discount="10.00")])
    for name in [name for name in old if name.endswith("_set")]:
        del old[name]
    for name in ("price_set", "current_quantity", "discount_allocations", "admin_graphql_api_id"):
        del old["line_items"][0][name]
    (found,) = documents(old)
    assert found.totals.total.shop == 4500
    assert units(found.lines[0]) == (2, 1, 0, 1, 0)
    assert (found.lines[0].id, found.lines[0].price.unit.shop) == (FIRST, 4000)
    assert found.lines[0].price.total_after_discounts.shop == 3000


@pytest.mark.parametrize(("status", "fulfilled"), [(None, 0), ("partial", 2), ("fulfilled", 2)])
def test_what_cannot_be_fulfilled_now_was_not_fulfilled_by_that(status: str | None, fulfilled: int) -> None:
    held = order(fulfillment_status=status, line_items=[line(quantity=3, current_quantity=3, fulfillable_quantity=1)])
    del held["fulfillments"]
    (found,) = documents(held)
    assert units(found.lines[0])[2] == fulfilled


def test_a_removed_line_stays_with_nothing_left() -> None:
    found = read(line_items=[line(quantity=2, current_quantity=0), line(1)])
    assert [units(item) for item in found.lines] == [(2, 0, 0, 0, 2), (1, 1, 0, 0, 0)]
    assert found.lines[0].price.total_after_discounts.shop == 0
    assert found.state.edited
    assert [part.line_id for part in found.deliveries[0].lines] == [SECOND]


def swapped(**changes: Any) -> list[dict[str, Any]]:
    other = line(1, product_id=7777, variant_title=None)
    return [line(current_quantity=0), other, line(5, id=99, product_id=7001, variant_title="L / Sage", **changes)]


def test_a_swapped_variant_is_a_new_line_that_replaces_the_old() -> None:
    lines = swapped(admin_graphql_api_id="gid://shopify/LineItem/99")
    found = read(line_items=lines)
    assert [item.replaces_line_id for item in found.lines] == [None, None, FIRST]
    assert found.state.edited


def test_variants_that_were_bought_together_replace_nothing() -> None:
    pair = [line(current_quantity=0), line(1, product_id=7001, variant_title="L / Sage")]
    assert [item.replaces_line_id for item in read(line_items=pair).lines] == [None, None]
    untouched = swapped(admin_graphql_api_id="gid://shopify/LineItem/99")
    untouched[0]["current_quantity"] = 1
    assert [item.replaces_line_id for item in read(line_items=untouched).lines] == [None, None, None]
    last = line(7, id=98, admin_graphql_api_id=None)
    other_product = [*swapped(admin_graphql_api_id="gid://shopify/LineItem/99"), last]
    assert [item.replaces_line_id for item in read(line_items=other_product).lines] == [None] * 4


def test_two_candidates_are_no_answer() -> None:
    new = swapped(admin_graphql_api_id="gid://shopify/LineItem/99")
    rival = new[2] | {"id": 100, "admin_graphql_api_id": "gid://shopify/LineItem/100", "variant_title": "XL / Sage"}
    assert [item.replaces_line_id for item in read(line_items=[*new, rival]).lines] == [None] * 4


def test_refunded_units_are_not_removed_units() -> None:
    lines = [line(quantity=3, current_quantity=1)]
    found = read(line_items=lines, refunds=[refund(1), refund(1, paid=None, id=772, admin_graphql_api_id=None)])
    assert units(found.lines[0]) == (3, 1, 0, 1, 1)
    assert [(a.type, a.amount.shop, a.lines[0].quantity) for a in found.adjustments] == [
        ("refund", -4000, -1),
        ("edit", 0, -1),
    ]
    assert (found.adjustments[0].by, found.adjustments[0].status) == ("staff", "completed")
    assert found.totals.refunded.shop == 4000


def test_a_cancelled_and_refunded_order() -> None:
    found = read(
        cancelled_at="2026-10-03T08:00:00+02:00",
        cancel_reason="customer",
        financial_status="refunded",
        line_items=[line(current_quantity=0)],
        refunds=[refund()],
    )
    assert (found.cancel_reason, found.state.payment) == ("customer", "refunded")
    assert units(found.lines[0]) == (1, 0, 0, 1, 0)
    assert [delivery.state for delivery in found.deliveries] == ["cancelled"]


@pytest.mark.parametrize(("state", "status"), [("success", "completed"), ("pending", "pending"), ("failure", "failed")])
def test_refunds_know_whether_they_were_paid(state: str, status: str) -> None:
    body = refund()
    body["transactions"][0]["status"] = state
    (adjustment,) = read(refunds=[body]).adjustments
    assert adjustment.status == status


def test_what_is_left_of_a_line_costs_what_is_left() -> None:
    discount = [{"discount_application_index": 9, "amount": "30.00", "amount_set": money("30.00")}]
    three: dict[str, Any] = {
        "quantity": 3,
        "discount_allocations": discount,
        "tax_lines": [{"price_set": money("15.00")}],
    }
    worth = refund()
    worth["refund_line_items"][0] |= {"subtotal_set": money("31.00"), "total_tax_set": money("4.00")}
    whole, shared, exact = (
        read(line_items=[line(current_quantity=current, **three)], refunds=refunds).lines[0].price
        for current, refunds in ((3, []), (2, []), (2, [worth]))
    )
    assert (whole.total_after_discounts.shop, whole.tax.shop) == (9000, 1500)
    assert (shared.total_after_discounts.shop, shared.tax.shop) == (6000, 1000)
    assert (exact.total_after_discounts.shop, exact.tax.shop) == (5900, 1100)
