"""One order of Medusa as a neutral order: people, lines, money, parcels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.medusa import documents
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.units import editable_units, nothing_left
from tests.platforms.medusa.samples import (
    LARGE,
    MUG,
    SENDING,
    SHIRT,
    added,
    edit,
    fulfilment,
    item,
    mug,
    order,
    payment,
    raw,
    read,
    summary,
    units,
    updated,
)


def sums(found: NeutralOrder) -> tuple[int | None, ...]:
    """(lines, shipping, tax, fees, total, refunded, outstanding)."""
    totals = found.totals
    named = (totals.lines, totals.shipping, totals.tax, totals.fees, totals.total, totals.refunded, totals.outstanding)
    return tuple(amount.shop for amount in named)


def test_who_and_where() -> None:
    found = read()
    assert (found.source.platform, found.source.order_id, found.number) == ("medusa", "order_01TEA", "1001")
    assert (found.contact.email, found.contact.phone, found.locale) == ("zoe@mail.example", "+33612345678", "fr-FR")
    home = found.address.shipping
    assert home is not None
    assert (home.name, home.line1, home.line2, home.company, home.region, home.country) == (
        "Zoé Lambert",
        "3 rue du Port",
        None,
        None,
        None,
        "FR",
    )
    assert read(custom_display_id="AL-1001").number == "AL-1001"


def test_a_guest_without_phone_customer_or_address_is_read() -> None:
    found = read(email=None, customer=None, customer_id=None, shipping_address=None, billing_address=None)
    assert (found.customer, found.address.shipping, found.contact.email, found.contact.phone) == (None,) * 4
    assert [delivery.method for delivery in found.deliveries] == ["shipping"]


def test_an_answer_that_was_asked_for_little_is_read() -> None:
    """What shops' own programs hand on: no version, no status, no payments, names of product and variant swapped."""
    body = {name: order()[name] for name in ("id", "display_id", "email", "currency_code", "total", "items")}
    body["items"] = [item(title="S / Red", subtitle="T-shirt Été", detail=None)]
    (found,) = documents(body)
    assert (found.lines[0].title, found.totals.total.shop, found.state.payment) == ("T-shirt Été", 11748, "unknown")
    assert found.lines[0].quantity.ordered == 3
    assert (found.totals.outstanding.shop, found.totals.refunded.shop) == (None, None)


def test_options_are_named_where_the_variant_came_along() -> None:
    chosen = [{"value": "S", "option": {"title": "Size"}}, {"value": "Red", "option": {"title": "Colour"}}]
    lines = read(items=[item(variant={"options": chosen}), mug()]).lines
    assert [(option.name, option.value) for option in lines[0].options] == [("Size", "S"), ("Colour", "Red")]
    assert lines[1].options == ()  # a product without a choice
    assert [option.value for option in read().lines[0].options] == ["S", "Red"]


def test_what_the_customer_asked_for_is_told_and_the_shops_own_notes_are_not() -> None:
    noted = {"erp": "4711", "personalisation": {"Engraving": "Zoé", "_file": "z.svg"}}
    (line, _) = read(items=[item(metadata=noted), mug()]).lines
    assert [(wish.name, wish.value, wish.hidden) for wish in line.personalisation] == [
        ("Engraving", "Zoé", False),
        ("_file", "z.svg", True),
    ]
    assert line.flags.personalised
    assert not read().lines[0].flags.personalised


def test_digital_goods_are_a_delivery_of_their_own() -> None:
    voucher = item("ordli_01PDF", "PDF", 1, product_id="prod_01PDF", requires_shipping=False)
    found = read(items=[item(), voucher])
    assert [(delivery.method, len(delivery.lines)) for delivery in found.deliveries] == [
        ("shipping", 1),
        ("digital", 1),
    ]
    assert [line.kind for line in found.lines] == ["physical", "digital"]


def test_a_line_that_an_edit_added_is_sent_as_the_others_of_its_product() -> None:
    swapped = item(LARGE, "TEE-L", 1, requires_shipping=False)
    assert [line.kind for line in read(items=[item(), swapped]).lines] == ["physical", "physical"]


def test_money_on_top_of_taxes() -> None:
    found = read()
    assert (sums(found), found.taxes_included) == ((9300, 490, 1958, 0, 11748, 0, 0), False)
    price = found.lines[0].price
    assert (price.unit.shop, price.total_after_discounts.shop, price.tax.shop) == (2500, 7500, 1500)


def test_money_with_taxes_inside() -> None:
    inside: dict[str, Any] = {"is_tax_inclusive": True}
    found = read(items=[item(**inside, **raw(unit_price="30", total="90", tax_total="15"))])
    price = found.lines[0].price
    assert (price.unit.shop, price.total_after_discounts.shop, found.taxes_included) == (3000, 9000, True)
    assert sums(found)[:3] == (11160, 588, 1958)


def test_parts_of_a_cent_are_rounded_so_that_the_sums_hold() -> None:
    """Medusa rounds nothing: 7.25 % of 29.99 is 2.174275."""
    amounts = raw(
        total="125.4396",
        tax_total="8.4796",
        item_total="119.54085",
        item_tax_total="8.08085",
        shipping_total="5.89875",
        shipping_tax_total="0.39875",
    )
    found = read(currency_code="usd", summary=summary("125.4396", "125.4396"), **amounts)
    assert sums(found) == (11146, 550, 848, 0, 12544, 0, 0)


def test_what_rounding_leaves_over_is_tax() -> None:
    amounts = raw(total="1.512", tax_total="0.004", item_total="1.004", item_tax_total="0", shipping_total="0.504")
    found = read(items=[item()], summary=summary("1.512", "1.512"), **raw(shipping_tax_total="0"), **amounts)
    assert sums(found)[:5] == (100, 50, 1, 0, 151)
    far = raw(total="9", tax_total="0.004", item_total="1.004", item_tax_total="0", shipping_total="0.504")
    assert sums(read(items=[item()], **raw(shipping_tax_total="0"), **far))[2] == 0


@pytest.mark.parametrize(("currency", "text", "minor"), [("jpy", "10780", 10780), ("kwd", "29.13", 29130)])
def test_yen_have_no_cents_and_dinars_a_thousand(currency: str, text: str, minor: int) -> None:
    found = read(currency_code=currency, **raw(total=text))
    assert (found.currency.shop, found.totals.total.shop) == (currency.upper(), minor)


@given(st.decimals(0, 10**9, places=6), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_exact_digits_count_whatever_the_float_says(amount: Decimal, currency: str) -> None:
    exact = {"total": float(amount) + 0.3, "raw_total": {"value": str(amount), "precision": 20}}
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    found = read(currency_code=currency.lower(), **exact).totals.total.shop
    assert found is not None
    assert abs(Decimal(found).scaleb(-digits) - amount) <= Decimal(5).scaleb(-digits - 1)


def test_discounts_are_taken_off_and_named() -> None:
    off = [{"code": "TEN", **raw(amount="7.5")}]
    (line,) = read(items=[item(adjustments=off, **raw(total="81", tax_total="13.5"))]).lines
    assert (line.price.total_after_discounts.shop, line.discounts[0].label) == (6750, "TEN")
    assert line.discounts[0].amount.shop == 750


def test_a_fee_is_a_credit_below_zero_and_a_refund_goes_back() -> None:
    refund = {"id": "ref_01", "created_at": "2026-11-19T09:00:00.000Z", "note": "jalon", **raw(amount="24.99")}
    fee = {"id": "ordcl_01", "reference": "restocking_fee", **raw(amount="-5.01")}
    found = read(
        items=[item(quantity=2, **raw(total="60", tax_total="10")), mug()],
        credit_lines=[fee],
        payment_collections=[payment(refund)],
        summary=summary("92.49", "92.49"),
        **raw(total="92.49", item_total="81.6", item_tax_total="13.6", tax_total="14.58"),
    )
    assert sums(found) == (6800, 490, 1458, 501, 9249, 2499, 0)
    kinds = {one.type: one for one in found.adjustments}
    assert (kinds["refund"].amount.shop, kinds["fee"].amount.shop) == (-2499, 501)


def test_what_was_promised_and_not_captured_is_not_owed() -> None:
    held = payment(status="authorized")
    held["payments"][0]["captures"] = []
    found = read(payment_status="authorized", payment_collections=[held], summary=summary("117.48", "0"))
    assert (found.state.payment, found.totals.outstanding.shop) == ("authorized", 0)


def test_a_price_rise_is_still_to_be_paid() -> None:
    found = read(payment_status="partially_captured", summary=summary("120.48"), **raw(total="120.48"))
    assert (found.state.payment, found.totals.outstanding.shop) == ("partially_paid", 300)


@pytest.mark.parametrize(
    ("costs", "pending", "outstanding"), [("117.48", "-30", 0), ("87.48", "-30", -3000), ("150.48", "3", 300)]
)
def test_a_return_is_owed_back_once_it_is_back(costs: str, pending: str, outstanding: int) -> None:
    """Asked for; received; and in an exchange, where only the difference is to be paid."""
    assert read(summary=summary(costs, pending=pending)).totals.outstanding.shop == outstanding


def test_a_parcel_and_what_is_packed() -> None:
    waiting = fulfilment("ful_02", {MUG: 1}, shipped_at=None, labels=[])
    found = read(fulfillments=[fulfilment(), waiting], fulfillment_status="partially_shipped")
    assert [units(line) for line in found.lines] == [(3, 3, 1, 0, 0, 0), (1, 1, 0, 1, 0, 0)]
    (parcel,) = found.parcels  # what is packed has not left
    assert (parcel.status, parcel.allocation, parcel.delivery_id) == ("handed_over", "exact", SENDING)
    (tracking,) = parcel.tracking
    assert (tracking.carrier, tracking.number, tracking.url) == ("laposte", "6A12345678901", None)
    assert [(part.quantity, part.remaining) for part in found.deliveries[0].lines] == [(3, 2), (1, 1)]
    assert editable_units(found) == {SHIRT: 2, MUG: 0}
    assert not nothing_left(found)


def test_several_labels_of_one_parcel_are_its_numbers() -> None:
    labels = [{"tracking_number": number, "tracking_url": f"https://c.example/{number}"} for number in ("A1", "A2")]
    (parcel,) = read(fulfillments=[fulfilment(labels=labels, metadata={"carrier": "DPD"})]).parcels
    assert [(one.number, one.carrier) for one in parcel.tracking] == [("A1", "dpd"), ("A2", "dpd")]
    assert parcel.tracking[0].url == "https://c.example/A1"


def test_a_delivered_parcel_and_one_that_was_taken_back() -> None:
    arrived = fulfilment(delivered_at="2026-11-20T09:00:00.000Z")
    back = fulfilment("ful_02", {MUG: 1}, canceled_at="2026-11-19T09:00:00.000Z")
    found = read(fulfillments=[arrived, back])
    assert [(parcel.status, parcel.state) for parcel in found.parcels] == [
        ("delivered", "ok"),
        ("cancelled", "cancelled"),
    ]
    assert units(found.lines[1]) == (1, 1, 0, 0, 0, 0)


def test_click_and_collect_is_ready_when_packed_and_collected_when_delivered() -> None:
    place = {"name": "Lyon", "address": {"city": "Lyon", "country_code": "fr"}}
    option = {"name": "At the shop", "service_zone": {"fulfillment_set": {"type": "pickup", "location": place}}}
    way = {"id": SENDING, "name": "At the shop", "shipping_option": option}
    packed = fulfilment(shipped_at=None, labels=[], shipping_option=option)
    (waits,) = read(shipping_methods=[way], fulfillments=[packed]).deliveries
    assert (waits.method, waits.destination, waits.location and waits.location.name) == ("pickup", None, "Lyon")
    assert (waits.pickup.ready_at is not None, waits.pickup.collected_at) == (True, None)
    done = read(shipping_methods=[way], fulfillments=[{**packed, "delivered_at": "2026-11-20T09:00:00.000Z"}])
    assert done.deliveries[0].pickup.collected_at is not None
    assert [parcel.status for parcel in done.parcels] == ["collected"]


def test_a_line_of_which_nothing_is_left_is_found_again_and_what_replaced_it_says_so() -> None:
    swap = edit(updated(SHIRT, 0, -3), added(LARGE, 3))
    body = {
        "order": order(items=[item(LARGE, "TEE-L"), mug()], version=2),
        "order_changes": [swap],
        "order_items": [{"item_id": SHIRT, "item": item()}, {"item_id": LARGE, "item": item(LARGE)}],
    }
    (found,) = documents(body)
    large, _, gone = found.lines
    assert (units(gone), gone.sku, gone.price.total_after_discounts.shop) == ((3, 0, 0, 0, 0, 3), "TEE-S", 0)
    assert (large.replaces_line_id, large.quantity.current, found.state.edited) == (SHIRT, 3, True)
    (edited,) = found.adjustments
    assert (edited.type, edited.by, [(one.line_id, one.quantity) for one in edited.lines]) == (
        "edit",
        "staff",
        [(SHIRT, -3), (LARGE, 3)],
    )


def test_an_edit_that_was_not_confirmed_is_none() -> None:
    body = {"order": order(), "order_changes": [edit(updated(SHIRT, 1, -2), status="requested")], "order_items": []}
    (found,) = documents(body)
    assert (units(found.lines[0]), found.adjustments) == ((3, 3, 0, 0, 0, 0), ())


def test_units_that_came_back_are_the_customers_no_more() -> None:
    detail = {"quantity": 3, "shipped_quantity": 3, "delivered_quantity": 3, "return_received_quantity": 1}
    given_back = {
        "id": "return_01",
        "status": "received",
        "requested_at": "2026-11-21T09:00:00.000Z",
        "items": [{"item_id": SHIRT, "quantity": 1}],
    }
    found = read(items=[item(detail=detail)], returns=[given_back])
    assert units(found.lines[0]) == (3, 2, 2, 0, 1, 0)
    assert [(one.type, one.status) for one in found.adjustments] == [("return", "completed")]
    assert found.state.return_ == "returned"


def test_a_cancelled_order_wants_nothing_and_owes_nothing() -> None:
    found = read(status="canceled", canceled_at=None, summary=summary("117.48", "0"))
    assert found.cancelled_at is not None
    assert [line.quantity.current for line in found.lines] == [0, 0]
    assert (found.totals.outstanding.shop, found.deliveries[0].state) == (0, "cancelled")


def test_the_version_is_the_last_change_of_any_part() -> None:
    """Capturing a payment leaves the order's own date alone."""
    late = payment(updated_at="2026-11-22T08:00:00.000Z")
    found = read(payment_collections=[late])
    assert found.version == "2026-11-22T08:00:00Z"
    product = {"updated_at": "2027-01-01T00:00:00.000Z"}
    assert read(items=[item(variant={"product": product, **product})]).version == "2026-11-18T09:00:05Z"


def test_instructions_are_a_member_of_the_metadata() -> None:
    found = read(metadata={"delivery_instructions": "Ring twice.", "erp": "4711"})
    assert found.deliveries[0].instructions == "Ring twice."
