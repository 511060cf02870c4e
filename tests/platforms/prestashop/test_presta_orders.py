"""PrestaShop's rows as neutral orders."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.neutral import as_json, neutral_order
from portal.platforms.prestashop import PLATFORM, documents, read as entries_of
from portal.platforms.prestashop.lines import chosen
from portal.platforms.prestashop.record import Reading
from portal.platforms.prestashop.words import BadStates, states
from portal.platforms.units import editable_units
from tests.platforms.prestashop.samples import address, carrier, detail, order, read, shop, slip, state, xml

HOME = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "commerce" / "prestashop"
ABSENT = "no recorded PrestaShop answers beside the checkout (../shared/fixtures/commerce/prestashop)"


def test_an_order_in_full() -> None:
    found = read()
    assert (found.source.platform, found.source.shop, found.source.order_id) == ("prestashop", "shop.example", "5")
    assert (found.number, found.version, found.locale) == ("KHWLILZLL", "2026-10-02 10:30:00", "fr-FR")
    assert (found.placed_at, found.updated_at) == (None, None), "nobody says where the shop's clock stands"
    assert (found.state.payment, found.state.fulfilment) == ("paid", "unfulfilled")
    assert found.state.raw == {"current_state": "2", "name": "Paiement accepté"}
    assert (found.currency.shop, found.currency.buyer, found.taxes_included) == ("EUR", "EUR", True)
    totals = {name: amount["shop"] for name, amount in found.totals.model_dump().items()}
    assert totals == {"lines": 4800, "shipping": 500, "tax": 883, "discount": 0, "fees": 0, "total": 5300,
                      "refunded": 0, "outstanding": 0}  # fmt: skip
    (line,) = found.lines
    assert (line.id, line.product_id, line.variant_id, line.sku, line.title) == (
        "11",
        "1",
        "3",
        "shirt_1",
        "Linen shirt",
    )
    assert [(option.name, option.value) for option in line.options] == [("Size", "S"), ("Color", "White")]
    assert (line.price.unit.shop, line.price.total_after_discounts.shop, line.price.tax.shop) == (2400, 4800, 800)
    assert found.customer is not None
    assert (found.customer.external_id, found.contact.email, found.contact.phone) == (
        "2", "ines@example.test", "+33400000000",
    )  # fmt: skip
    assert found.address.shipping is not None
    assert (found.address.shipping.name, found.address.shipping.country) == ("Inès Ferrand", "FR")
    (way,) = found.deliveries
    assert (way.method, way.label, way.state, way.destination) == (
        "shipping",
        "Colissimo",
        "open",
        found.address.shipping,
    )
    assert "b44a" not in str(as_json(found)), "its key opens the order for anyone"


def test_dates_are_of_the_shops_zone() -> None:
    (found,) = documents(shop(), Reading("shop.example", ZoneInfo("Europe/Paris")))
    assert as_json(found)["placed_at"] == "2026-10-01T09:00:00+02:00"
    assert found.version == "2026-10-02T08:30:00Z"


@pytest.mark.parametrize(
    ("name", "title", "options"),
    [
        ("Shirt - Color : Orange, Size : S", "Shirt", [("Color", "Orange"), ("Size", "S")]),
        ("Shirt - Size : S- Color : White", "Shirt", [("Size", "S"), ("Color", "White")]),
        ("Shirt (Size: S - Color: Off-white)", "Shirt", [("Size", "S"), ("Color", "Off-white")]),
        ("Mug - The best is yet to come", "Mug - The best is yet to come", []),
        ("Frame (40x60) - Color : Black", "Frame (40x60)", [("Color", "Black")]),
        ("Taille - basse - Taille : 38/40", "Taille - basse", [("Taille", "38/40")]),
    ],
)
def test_what_was_chosen_is_in_the_name(name: str, title: str, options: list[tuple[str, str]]) -> None:
    assert chosen(name) == (title, options)
    plain = read(order_details=[detail(product_name=name, product_attribute_id="0")])
    assert (plain.lines[0].title, plain.lines[0].options) == (name, ()), "without a combination nothing was chosen"


def test_an_orders_own_row_has_its_lines_too() -> None:
    found = read(order_details=[])
    assert [(line.id, line.title, line.quantity.current) for line in found.lines] == [("11", "Linen shirt", 2)]
    assert found.lines[0].price.total_after_discounts.shop == 4800


@pytest.mark.parametrize(
    ("number", "flags", "payment", "fulfilment", "fulfilled", "editable"),
    [
        (10, {}, "pending", "unfulfilled", 0, 2),
        (2, {"paid": "1"}, "paid", "unfulfilled", 0, 2),
        (3, {"paid": "1", "template": "preparation"}, "paid", "in_progress", 0, 0),
        (4, {"paid": "1", "shipped": "1"}, "paid", "fulfilled", 2, 0),
        (6, {"template": "order_canceled"}, "voided", "unknown", 0, 0),
        (7, {"template": "refund"}, "refunded", "unknown", 0, 0),
        (8, {"template": "payment_error"}, "pending", "unfulfilled", 0, 0),
        (77, {"paid": "1"}, "paid", "unfulfilled", 0, 2),
    ],
)
def test_states_are_told_by_their_flags(
    number: int, flags: dict[str, str], payment: str, fulfilment: str, fulfilled: int, editable: int
) -> None:
    paid = "53.000000" if payment == "paid" else "0.000000"
    mine = order(current_state=str(number), total_paid_real=paid)
    found = read(orders=[mine], order_states=[state(number, "Own", **flags)])
    assert (found.state.payment, found.state.fulfilment) == (payment, fulfilment)
    assert (found.lines[0].quantity.fulfilled, editable_units(found)["11"]) == (fulfilled, editable)
    assert (found.cancelled_at is not None) == (number == 6)


def test_states_that_were_not_read_are_as_prestashop_is_installed() -> None:
    found = read(orders=[order(current_state="5")], order_states=[])
    assert (found.state.fulfilment, [parcel.status for parcel in found.parcels]) == ("fulfilled", ["delivered"])
    unknown = read(orders=[order(current_state="99")], order_states=[])
    assert (unknown.state.fulfilment, editable_units(unknown)["11"]) == ("unknown", 0)


def test_a_shop_says_what_its_own_states_mean() -> None:
    told = states("14=ready, 15=preparing")
    reading = Reading("shop.example", ZoneInfo("Europe/Paris"), told, frozenset({"3"}))
    (found,) = documents(shop(orders=[order(current_state="14")]), reading)
    assert (found.deliveries[0].method, found.deliveries[0].pickup.ready_at) == ("pickup", found.updated_at)
    for wrong in ("14", "x=ready", "14=soon"):
        with pytest.raises(BadStates):
            states(wrong)


def test_a_tracking_number_is_of_the_whole_order_or_of_nobody_knows_what() -> None:
    row = {"id": "8", "id_order": "5", "id_carrier": "3", "tracking_number": "6A1"}
    sent = order(current_state="4", delivery_date="2026-10-02 09:00:00")
    found = read(orders=[sent], order_carriers=[row], order_states=[state(4, "Expédié", shipped="1", paid="1")])
    (parcel,) = found.parcels
    assert (parcel.id, parcel.allocation, parcel.lines) == ("8", "whole_order", ())
    told = parcel.tracking[0]
    assert (told.carrier_raw, told.carrier, told.number, told.url) == (
        "Colissimo", "laposte", "6A1", "https://carrier.example/?n=6A1",
    )  # fmt: skip
    two = read(orders=[sent], order_carriers=[row, row | {"id": "9", "tracking_number": "6A2"}])
    assert [parcel.allocation for parcel in two.parcels] == ["unknown", "unknown"]
    early = read(order_carriers=[row])
    assert ([parcel.allocation for parcel in early.parcels], editable_units(early)["11"]) == (["unknown"], 0)
    old = read(orders=[sent | {"shipping_number": "OLD1"}], order_carriers=[])
    assert [parcel.tracking[0].number for parcel in old.parcels] == ["OLD1"]


@pytest.mark.parametrize(
    ("changes", "method"),
    [({}, "shipping"), ({"name": "0"}, "pickup"), ({"external_module_name": "mondialrelay"}, "pickup_point")],
    ids=["home", "the shop", "a point"],
)
def test_ways_of_shipping(changes: dict[str, str], method: str) -> None:
    found = read(carriers=[carrier(**changes)])
    assert found.deliveries[0].method == method
    assert (found.deliveries[0].destination is None) == (method == "pickup")


def test_what_is_downloaded_is_digital() -> None:
    found = read(order_details=[detail(download_hash="9f"), detail(12)])
    assert [line.kind for line in found.lines] == ["digital", "physical"]
    assert [(way.method, [part.line_id for part in way.lines]) for way in found.deliveries] == [
        ("shipping", ["12"]), ("digital", ["11"]),
    ]  # fmt: skip


def test_credit_slips_are_taken_off() -> None:
    found = read(order_slips=[slip()], order_details=[detail(product_quantity_refunded="1")])
    assert (found.lines[0].quantity.current, found.lines[0].quantity.refunded) == (1, 1)
    assert found.lines[0].price.total_after_discounts.shop == 2400
    assert (found.totals.total.shop, found.totals.refunded.shop, found.totals.lines.shop) == (2900, 2400, 2400)
    assert (found.state.payment, found.totals.tax.shop) == ("partially_refunded", 483)
    (back,) = found.adjustments
    assert (back.type, back.amount.shop, [(part.line_id, part.quantity) for part in back.lines]) == (
        "refund", -2400, [("11", -1)],
    )  # fmt: skip


def test_six_digits_are_rounded_once_and_yen_have_none() -> None:
    third = detail(unit_price_tax_incl="16.666667", total_price_tax_incl="50.000001", product_quantity="3")
    assert read(order_details=[third]).lines[0].price.total_after_discounts.shop == 5000
    yen = read(currencies=[{"id": "1", "iso_code": "JPY"}])
    assert (yen.totals.total.shop, yen.lines[0].price.unit.shop) == (53, 24)


def test_a_converted_order_is_in_the_buyers_currency() -> None:
    reading = Reading("shop.example", own_currency="1")
    (found,) = documents(shop(orders=[order(id_currency="2", conversion_rate="1.100000")]), reading)
    assert (found.currency.shop, found.currency.buyer) == ("EUR", "USD")
    assert (found.totals.total.shop, found.totals.total.buyer) == (None, 5300)


def test_what_the_customer_wrote_for_a_line() -> None:
    custom = {
        "id": "9",
        "associations": {"customized_data_text_fields": [{"id_customization_field": "1", "value": "Maud"}]},
    }
    found = read(order_details=[detail(id_customization="9")], customizations=[custom])
    assert [wish.value for wish in found.lines[0].personalisation] == ["Maud"]
    assert found.lines[0].flags.personalised


def test_the_addresss_other_words_are_for_whoever_delivers() -> None:
    found = read(addresses=[address(other="Code 4711B")])
    assert found.deliveries[0].instructions == "Code 4711B"


def told(content: bytes) -> list[Entry]:
    return list(
        PLATFORM.read((PLATFORM.values or (lambda _: iter(())))(io.BytesIO(content)), Delivered("shop.example"))
    )


def test_xml_and_json_say_the_same() -> None:
    row = order()
    as_xml, as_json_ = told(xml("orders", [row]).encode()), told(json.dumps({"orders": [row]}).encode())
    one = told(json.dumps({"order": row | {"id": 5, "id_customer": 2}}).encode())
    bare = told(json.dumps(row).encode())
    found = [
        [entry.order for entry in entries if isinstance(entry, Document)] for entries in (as_xml, as_json_, one, bare)
    ]
    assert found[0] == found[1] == found[2] == found[3]
    assert isinstance(as_xml[0], Remark)
    assert as_xml[0].message == "KHWLILZLL: its customer and its addresses and its currency are told elsewhere"


def test_names_are_in_the_customers_language() -> None:
    rows: Any = {"order_states": [state(2, "Payé", paid="1")], "orders": [order(id_lang="2")]}
    assert read(**rows).state.raw["name"] == "Payé (en)"
    assert read(**rows, languages=[]).locale is None


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><prestashop><order>&e;</order></prestashop>',
        b"<prestashop>" + b"<a>" * 500, b"<html><body>Not here</body>", b"<", b"<a/>", b"\xff\xfe<a",
    ],
)  # fmt: skip
def test_hostile_or_broken_xml_is_a_problem(content: bytes) -> None:
    (problem,) = told(content)
    assert isinstance(problem, Problem)


def test_what_is_no_order_is_explained() -> None:
    (note,) = told(xml("order_details", [detail()]).encode())
    assert isinstance(note, Note)
    assert (note.order_id, note.message) == ("5", "order details without their order: nothing to import")
    (nothing,) = told(b'{"anything": 1}')
    assert isinstance(nothing, Problem)


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["", "0", "-1.5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FULL = shop(order_slips=[slip()])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, item in inner for place in places(item, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy


@given(st.sampled_from(places(FULL)), _JUNK)
def test_junk_anywhere_in_an_answer_is_no_traceback(path: tuple[Any, ...], junk: Any) -> None:
    for entry in entries_of([Value(1, replaced(FULL, path, junk), "")], Delivered()):
        if isinstance(entry, Document):
            assert as_json(entry.order)["schema"] == "order/1"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_traceback(content: bytes) -> None:
    assert all(isinstance(entry, Document | Problem) for entry in told(content))


@pytest.mark.parametrize(
    "path", sorted(HOME.glob("*.xml")) or [pytest.param(HOME, marks=pytest.mark.skip(reason=ABSENT))]
)
def test_every_recorded_answer_is_read_without_a_problem(path: Path) -> None:
    entries = told(path.read_bytes())
    assert entries
    assert not any(isinstance(entry, Problem) for entry in entries)
    for entry in entries:
        if isinstance(entry, Document):
            printed = as_json(entry.order)
            assert as_json(neutral_order(printed)) == printed
