"""Shopify webhook bodies as neutral orders: the order itself, its people and its money."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.neutral import as_json
from portal.platforms.shopify import documents
from tests.platforms.shopify_samples import address, fulfilment, line, money, order, read, refund


def test_an_order_in_full() -> None:
    found = read()
    assert found.source.model_dump() == {
        "platform": "shopify",
        "shop": "atelier-demo.myshopify.com",
        "channel": None,
        "order_id": "gid://shopify/Order/5550000000001",
        "legacy_id": "5550000000001",
        "api_version": None,
    }
    assert (found.number, found.confirmation, found.locale, found.test) == ("#3001", "QK7PLM", "fr-FR", False)
    assert found.version == "2026-10-02T08:30:00Z"
    assert as_json(found)["placed_at"] == "2026-10-01T09:00:00+02:00"
    assert found.tags == ("gift", "priority")
    assert (found.currency.shop, found.currency.buyer, found.taxes_included) == ("EUR", "EUR", True)
    assert (found.state.payment, found.state.fulfilment, found.state.return_) == ("paid", "unfulfilled", "none")
    assert found.state.raw == {"financial_status": "paid"}
    assert found.links.admin == "https://atelier-demo.myshopify.com/admin/orders/5550000000001"
    totals = {name: amount["shop"] for name, amount in found.totals.model_dump().items()}
    assert totals == {"lines": 4000, "shipping": 500, "tax": 750, "discount": 0, "fees": 0, "total": 4500,
                      "refunded": 0, "outstanding": 0}  # fmt: skip


def test_the_channel_is_kept_in_its_own_place() -> None:
    found = read(source_name="pos")
    assert (found.source.channel, found.raw) == ("pos", {})


def test_people_and_addresses() -> None:
    found = read()
    assert found.customer is not None
    assert (found.customer.external_id, found.customer.last_name) == ("gid://shopify/Customer/8001", "Ferrand")
    assert (found.customer.verified.email, found.customer.verified.phone) == (True, False)
    assert found.contact.email == "ines@example.test"
    assert found.address.shipping is not None
    assert found.address.shipping.model_dump() == {
        "name": "Inès Ferrand", "company": None, "line1": "4 quai des Tanneurs", "line2": None, "postcode": "69005",
        "city": "Lyon", "region": None, "country": "FR", "phone": "+33400000000", "lat": 45.76, "lon": 4.82,
    }  # fmt: skip


def test_what_opens_the_order_for_anyone_is_not_kept() -> None:
    found = read(
        browser_ip="203.0.113.9", token="t", checkout_token="c", client_details={"user_agent": "x"}, po_number="P1"
    )
    assert found.raw == {"po_number": "P1"}
    assert found.links.status_page is None
    assert "authenticate" not in str(as_json(found))


def test_a_guest_without_contact_is_an_order_all_the_same() -> None:
    nobody = dict.fromkeys(("customer", "phone", "contact_email", "shipping_address", "billing_address"))
    found = read(email="", **nobody)
    assert (found.customer, found.contact.email, found.contact.phone) == (None, None, None)
    assert (found.address.shipping, found.address.billing) == (None, None)
    assert [delivery.method for delivery in found.deliveries] == ["unknown"]


def test_a_phone_may_be_all_there_is() -> None:
    customer = {
        "id": 5,
        "first_name": "Noé",
        "last_name": "",
        "email": None,
        "phone": "+33600000000",
        "verified_email": True,
    }
    found = read(email=None, contact_email=None, phone="+33600000000", customer=customer)
    assert (found.contact.email, found.contact.phone) == (None, "+33600000000")
    assert found.customer is not None
    assert (found.customer.last_name, found.customer.email, found.customer.verified.email) == (None, None, False)


def test_two_currencies_stay_apart() -> None:
    both = ("USD", "JPY")
    discount = [{"discount_application_index": 0, "amount": "4.00", "amount_set": money("4.00", "600", both)}]
    found = read(
        currency="USD",
        presentment_currency="JPY",
        discount_applications=[{"title": "AUTUMN"}],
        current_total_price_set=money("45.00", "6750", both),
        total_outstanding="1.50",
        line_items=[line(price_set=money("40.00", "6000", both), discount_allocations=discount)],
    )
    assert (found.totals.total.shop, found.totals.total.buyer) == (4500, 6750)
    assert (found.totals.outstanding.shop, found.totals.outstanding.buyer) == (150, None)
    price = found.lines[0].price
    assert (price.unit.shop, price.unit.buyer) == (4000, 6000)
    assert (price.total_after_discounts.shop, price.total_after_discounts.buyer) == (3600, 5400)
    assert [(d.label, d.amount.shop, d.amount.buyer) for d in found.lines[0].discounts] == [("AUTUMN", 400, 600)]
    assert found.totals.shipping.shop is None, "an amount in a third currency is not the order's"


def test_three_digit_currencies_are_exact() -> None:
    kwd = ("KWD", "KWD")
    found = read(currency="KWD", presentment_currency="KWD", current_total_price_set=money("1.234", None, kwd))
    assert found.totals.total.shop == 1234


def test_unknown_words_are_unknown_and_kept() -> None:
    found = read(financial_status="mostly_paid", fulfillment_status="on_its_way")
    assert (found.state.payment, found.state.fulfilment) == ("unknown", "unknown")
    assert found.state.raw == {"financial_status": "mostly_paid", "fulfillment_status": "on_its_way"}


def test_ids_beyond_doubles_come_from_the_global_id() -> None:
    exact, rounded = 820982911946154508, 820982911946154500
    body = order(
        id=rounded,
        admin_graphql_api_id=f"gid://shopify/Order/{exact}",
        line_items=[line(id=rounded, admin_graphql_api_id=f"gid://shopify/LineItem/{exact}")],
        fulfillments=[fulfilment(line_items=[{"id": rounded, "quantity": 1}])],
    )
    (found,) = documents(body)
    assert (found.source.legacy_id, found.lines[0].id) == (str(exact), f"gid://shopify/LineItem/{exact}")
    assert found.lines[0].quantity.fulfilled == 1


def test_the_shop_is_what_the_caller_says() -> None:
    (found,) = documents(order(), shop="other.myshopify.com")
    assert found.source.shop == "other.myshopify.com"
    assert read(order_status_url="https://www.example.test/77/orders/abc").source.shop is None


def test_amounts_and_dates_that_cannot_be_read_are_not_known() -> None:
    found = read(current_total_price_set=money("a lot"), processed_at="yesterday", updated_at="soon", closed_at=7)
    assert (found.totals.total.shop, found.updated_at, found.version, found.closed_at) == (None, None, None, None)
    assert as_json(found)["placed_at"] == "2026-10-01T09:00:00+02:00"


def test_addresses_without_anything_are_none() -> None:
    nothing = dict.fromkeys(address())
    assert read(billing_address=nothing).address.billing is None
    assert read(billing_address=nothing | {"country": "Atlantis"}).address.billing is None


@pytest.mark.parametrize(("refunds", "total"), [([], 7100), ([refund()], None)])
def test_the_first_sums_hold_for_as_long_as_nothing_went_back(refunds: list[dict[str, Any]], total: int | None) -> None:
    old = order(refunds=refunds, total_price="71.00", total_price_set=None, subtotal_price="66.00")
    for name in [name for name in old if name.startswith("current_")]:
        del old[name]
    (found,) = documents(old)
    assert (found.totals.total.shop, found.totals.lines.shop) == (total, None if total is None else 6600)
