"""WooCommerce bodies as neutral orders: the order itself, its people, its lines and its money."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.neutral import as_json
from tests.platforms.woocommerce.samples import (
    address,
    line,
    meta,
    order,
    read,
    refund,
    shipping_line,
    tracked,
    tracking,
    units,
)


def test_an_order_in_full() -> None:
    found = read()
    assert found.source.model_dump() == {
        "platform": "woocommerce", "shop": "woo.example", "channel": "checkout", "order_id": "4711", "legacy_id": None,
        "api_version": "wc/v3",
    }  # fmt: skip
    assert (found.number, found.version, found.test) == ("4711", "2026-10-02T08:30:00Z", False)
    assert as_json(found)["placed_at"] == "2026-10-01T07:00:00Z"
    assert (found.currency.shop, found.currency.buyer, found.taxes_included) == ("EUR", "EUR", True)
    assert (found.state.payment, found.state.fulfilment, found.state.edited) == ("paid", "unfulfilled", False)
    assert found.state.raw == {"status": "processing"}
    assert found.links.admin == "https://woo.example/wp-admin/post.php?post=4711&action=edit"
    totals = {name: amount["shop"] for name, amount in found.totals.model_dump().items()}
    assert totals == {"lines": 4000, "shipping": 500, "tax": 0, "discount": 0, "fees": 0, "total": 4500,
                      "refunded": 0, "outstanding": 0}  # fmt: skip
    (sold,) = found.lines
    assert (sold.id, sold.product_id, sold.variant_id, sold.sku, sold.title) == (
        "501",
        "70",
        "701",
        "APRON-0",
        "Linen apron",
    )
    assert [(option.name, option.value) for option in sold.options] == [("Size", "M"), ("Colour", "Sage")]
    assert (units(sold), sold.quantity.editable) == ((1, 1, 0, 0, 0), 1)
    (way,) = found.deliveries
    assert (way.id, way.method, way.label, way.state) == ("601", "shipping", "Colissimo", "open")
    assert way.destination == found.address.shipping


def test_people_and_addresses() -> None:
    found = read()
    assert found.customer is not None
    assert (found.customer.external_id, found.customer.last_name) == ("12", "Ferrand")
    assert not found.customer.verified.email, "WooCommerce proves no address"
    assert (found.contact.email, found.contact.phone) == ("ines@example.test", "+33400000000")
    assert found.address.shipping is not None
    assert found.address.shipping.model_dump(exclude_none=True) == {
        "name": "Inès Ferrand", "line1": "4 quai des Tanneurs", "postcode": "69005", "city": "Lyon", "country": "FR",
        "phone": "+33400000000",
    }  # fmt: skip


def test_a_guest_without_contact_is_an_order_all_the_same() -> None:
    nobody = dict.fromkeys(address(email=""), "")
    found = read(customer_id=0, billing=nobody, shipping=nobody)
    assert (found.customer, found.contact.email, found.contact.phone) == (None, None, None)
    assert (found.address.shipping, found.address.billing) == (None, None)


def test_what_is_sent_without_an_address_of_its_own_goes_to_the_customers() -> None:
    empty = dict.fromkeys(address(), "") | {"country": "FR"}
    found = read(shipping=empty)
    assert found.address.shipping is not None
    assert found.address.shipping.city == "Lyon"
    pickup = shipping_line(method_id="local_pickup")
    assert read(shipping=empty, shipping_lines=[pickup]).address.shipping is None, "and what is fetched, to none"


def test_what_opens_the_order_for_anyone_is_not_kept() -> None:
    found = read(meta_data=[meta("_secret_of_a_plugin", "s"), meta("Gift wrap", "yes")])
    text = str(as_json(found))
    for secret in ("wc_order_invented", "203.0.113.9", "A browser", "t-1", "c0ffee", "order-pay", "_secret"):
        assert secret not in text
    assert found.raw["meta_data"] == {"Gift wrap": "yes"}
    assert found.raw["payment_method_title"] == "Card"


def test_where_to_pay_is_told_while_something_is_to_be_paid() -> None:
    found = read(status="pending", needs_payment=True, date_paid=None, date_paid_gmt=None)
    assert (found.links.pay_outstanding or "").startswith("https://woo.example/checkout/order-pay/")
    assert (found.state.payment, found.totals.outstanding.shop) == ("pending", 4500)


@pytest.mark.parametrize(
    ("changes", "payment", "fulfilment", "fulfilled", "editable"),
    [
        ({"status": "pending", "date_paid_gmt": None, "date_paid": None}, "pending", "unfulfilled", 0, 1),
        ({"status": "on-hold", "date_paid_gmt": None, "date_paid": None}, "pending", "unfulfilled", 0, 1),
        ({"date_paid_gmt": None, "date_paid": None}, "authorized", "unfulfilled", 0, 1),  # paid on delivery
        ({"status": "completed"}, "paid", "fulfilled", 1, 0),
        ({"status": "wc-shipped"}, "paid", "fulfilled", 1, 0),
        ({"status": "partial-shipped"}, "paid", "partial", 0, 0),
        ({"status": "packed"}, "paid", "in_progress", 0, 0),
        ({"status": "cancelled"}, "paid", "unknown", 0, 0),
        ({"status": "cancelled", "date_paid_gmt": None, "date_paid": None}, "voided", "unknown", 0, 0),
        ({"status": "refunded"}, "refunded", "unknown", 0, 0),
        ({"status": "failed", "date_paid_gmt": None, "date_paid": None}, "pending", "unfulfilled", 0, 0),
        ({"status": "partially-paid"}, "partially_paid", "unfulfilled", 0, 0),
        ({"status": "à la coupe"}, "paid", "unknown", 0, 0),
    ],
)
def test_statuses(changes: dict[str, Any], payment: str, fulfilment: str, fulfilled: int, editable: int) -> None:
    found = read(**changes)
    assert (found.state.payment, found.state.fulfilment) == (payment, fulfilment)
    assert found.state.raw["status"] == changes.get("status", "processing"), "its own word is kept"
    assert (found.lines[0].quantity.fulfilled, found.lines[0].quantity.editable) == (fulfilled, editable)
    assert (found.cancelled_at is not None) == (changes.get("status") == "cancelled")


def test_a_cancelled_order_has_a_date_though_nobody_tells_it() -> None:
    found = read(status="cancelled")
    assert found.cancelled_at == found.updated_at
    assert [delivery.state for delivery in found.deliveries] == ["cancelled"]


def test_dates_without_their_twin_in_utc_are_not_known() -> None:
    body = order(date_created="2026-10-01T09:00:00", date_modified="2026-10-02T10:30:00+02:00")
    del body["date_created_gmt"], body["date_modified_gmt"]
    found = read(body)
    assert found.placed_at is None, "nobody says where the shop is"
    assert as_json(found)["updated_at"] == "2026-10-02T10:30:00+02:00"


def test_choices_and_wishes_are_told_apart() -> None:
    entries = [
        meta("pa_size", "m", "Size", "M"),
        meta("colour", "Sage", "Colour"),  # an attribute of this product alone
        meta("engraving", "Pour Maud", "Engraving"),  # a plugin's, under a key of the same form
        meta("Gift message", "<p>Joyeux&nbsp;Noël &amp; merci</p>"),
        meta("_internal", "x"),
        meta("Backordered", "1"),
        meta("Drawing", {"url": "https://woo.example/a"}),
        meta("Extras", ["Pocket", "Loop"]),
    ]
    (found,) = read(line_items=[line(meta_data=entries)]).lines
    assert [(option.name, option.value) for option in found.options] == [("Size", "M"), ("Colour", "Sage")]
    wishes = [(wish.name, wish.value, wish.hidden) for wish in found.personalisation]
    assert wishes == [
        ("Engraving", "Pour Maud", False), ("Gift message", "Joyeux Noël & merci", False),
        ("Extras", "Pocket, Loop", False),
    ]  # fmt: skip
    assert found.flags.personalised
    plain = line(variation_id=0, name="Mug", parent_name=None, meta_data=[meta("size", "42")])
    (mug,) = read(line_items=[plain]).lines
    assert (mug.title, mug.options, [wish.name for wish in mug.personalisation]) == ("Mug", (), ["size"])


def test_titles_are_plain_text_without_the_variant() -> None:
    old = line(name="Woo Album &#8211; <em>Live</em> - M, Sage", parent_name=None)
    assert read(line_items=[old]).lines[0].title == "Woo Album – Live"


def test_lines_of_bundles_know_their_parent_and_are_not_changed_one_by_one() -> None:
    parent = line(bundled_items=[502], meta_data=[])
    child = line(1, bundled_by=501, total="0.00", subtotal="0.00", meta_data=[])
    found = read(line_items=[parent, child])
    assert [one.parent_id for one in found.lines] == [None, "501"]
    assert [one.quantity.editable for one in found.lines] == [0, 0]


def test_what_needs_no_parcel_is_digital() -> None:
    found = read(shipping_lines=[], needs_processing=False)
    assert [(one.kind, one.requires_shipping) for one in found.lines] == [("digital", False)]
    assert [(way.method, way.state) for way in found.deliveries] == [("digital", "open")]
    done = read(shipping_lines=[], needs_processing=False, status="completed")
    assert [way.state for way in done.deliveries] == ["closed"]
    assert done.lines[0].quantity.fulfilled == 1


def test_a_product_that_was_read_too_tells_whether_it_travels() -> None:
    product = {"id": 71, "virtual": True, "categories": [{"name": "Courses"}], "tags": [{"name": "final sale"}]}
    found = read(line_items=[line(), line(1, product=product)])
    assert [one.requires_shipping for one in found.lines] == [True, False]
    assert (found.lines[1].categories, found.lines[1].tags) == (("Courses",), ("final sale",))
    assert [(way.method, [part.line_id for part in way.lines]) for way in found.deliveries] == [
        ("shipping", ["501"]),
        ("digital", ["502"]),
    ]


def test_gift_cards_and_preorders_are_told_by_their_plugins_marks() -> None:
    card = line(meta_data=[meta("wc_gc_giftcard_amount", "50")])
    later = line(1, meta_data=[meta("_ywpo_item_preorder", "yes")])
    found = read(line_items=[card, later])
    assert [one.kind for one in found.lines] == ["gift_card", "physical"]
    assert [one.flags.preorder for one in found.lines] == [False, True]


def test_prices_are_told_as_the_shop_tells_them() -> None:
    taxed = line(quantity=3, subtotal="75.00", subtotal_tax="15.00", total="67.50", total_tax="13.50")
    body = order(
        line_items=[taxed], total="86.00", total_tax="14.33", discount_total="7.50", discount_tax="1.50",
        shipping_lines=[shipping_line(total="4.17", total_tax="0.83")], coupon_lines=[{"id": 1, "code": "autumn"}],
    )  # fmt: skip
    (sold,) = read(body).lines
    assert (sold.price.unit.shop, sold.price.total_after_discounts.shop, sold.price.tax.shop) == (3000, 8100, 1350)
    assert [(one.label, one.amount.shop) for one in sold.discounts] == [("autumn", 900)]
    totals = read(body).totals
    assert (totals.lines.shop, totals.shipping.shop, totals.total.shop, totals.discount.shop) == (8100, 500, 8600, 900)
    without = read(body, prices_include_tax=False)
    assert (without.lines[0].price.unit.shop, without.lines[0].price.total_after_discounts.shop) == (2500, 6750)
    assert without.totals.lines.shop == 6750


@pytest.mark.parametrize(("currency", "total", "minor"), [("JPY", "4500", 4500), ("KWD", "45.125", 45125)])
def test_currencies_without_hundredths_are_exact(currency: str, total: str, minor: int) -> None:
    body = order(currency=currency, total=total, line_items=[line(subtotal=total, total=total)], shipping_lines=[])
    found = read(body)
    assert (found.totals.total.shop, found.totals.lines.shop) == (minor, minor)
    assert found.lines[0].price.unit.buyer == minor


def test_another_currency_than_the_shops_is_the_buyers_alone() -> None:
    found = read(currency="USD", meta_data=[meta("_wcpay_multi_currency_order_default_currency", "EUR")])
    assert (found.currency.shop, found.currency.buyer) == ("EUR", "USD")
    assert (found.totals.total.shop, found.totals.total.buyer) == (None, 4500)
    curcy = {"EUR": {"rate": "1", "is_main": 1}, "USD": {"rate": "1.1", "is_main": 0}}
    assert read(currency="USD", meta_data=[meta("wmc_order_info", curcy)]).currency.shop == "EUR"


def test_refunds_are_taken_off_though_the_order_keeps_its_total() -> None:
    body = order(line_items=[line(quantity=2, subtotal="80.00", total="80.00")], total="85.00")
    found = read(body, refunds=[refund()])
    assert units(found.lines[0]) == (2, 1, 0, 1, 0)
    assert found.lines[0].price.total_after_discounts.shop == 4000
    assert (found.totals.total.shop, found.totals.refunded.shop, found.totals.lines.shop) == (4500, 4000, 4000)
    assert found.state.payment == "partially_refunded"
    (back,) = found.adjustments
    assert (back.type, back.by, back.amount.shop, back.note) == ("refund", "staff", -4000, "Sold out")
    assert [(part.line_id, part.quantity) for part in back.lines] == [("501", -1)]
    assert as_json(found)["adjustments"][0]["at"] == "2026-10-03T07:00:00Z"


def test_a_refund_that_is_told_by_its_sum_alone_is_taken_off_the_total() -> None:
    found = read(refunds=[{"id": 801, "reason": "", "total": "-12.50"}])
    assert (found.totals.total.shop, found.totals.refunded.shop) == (3250, 1250)
    assert units(found.lines[0]) == (1, 1, 0, 0, 0), "of which units it was is not told"


def test_shipping_and_fees_are_refunded_too() -> None:
    way = {"id": 9, "total": "-5.00", "total_tax": "0.00", "meta_data": [meta("_refunded_item_id", "601")]}
    back = refund(shipping_lines=[way], amount="45.00")
    found = read(refunds=[back], fee_lines=[{"id": 611, "name": "Wrapping", "total": "2.00", "total_tax": "0.00"}])
    assert (found.totals.shipping.shop, found.totals.fees.shop) == (0, 200)


def test_lines_that_share_an_id_or_lack_one_are_told_apart() -> None:
    found = read(line_items=[line(), line(), line(id=None)])
    assert [one.id for one in found.lines] == ["501", "501#2", "line-3"]
    twice = read(meta_data=[tracked(tracking(), tracking())], refunds=[refund(), refund()])
    assert [one.id for one in twice.parcels] == ["id-of-1Z999AA10123456784", "id-of-1Z999AA10123456784#2"]
    assert [one.id for one in twice.adjustments] == ["801", "801#2"]


def test_fractions_of_units_are_begun_units() -> None:
    assert units(read(line_items=[line(quantity="1.5")]).lines[0]) == (2, 2, 0, 0, 0)


def test_trial_payments_are_tests_and_languages_are_kept() -> None:
    found = read(meta_data=[meta("_wcpay_mode", "test"), meta("wpml_language", "fr")])
    assert (found.test, found.locale) == (True, "fr")
