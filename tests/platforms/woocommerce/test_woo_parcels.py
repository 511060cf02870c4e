"""Parcels, from the places that WooCommerce and its plugins keep them in; and what is to be collected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.platforms.neutral import Parcel
from portal.platforms.units import editable_units
from tests.platforms.woocommerce.samples import (
    fulfilment,
    line,
    meta,
    order,
    read,
    shipping_line,
    tracked,
    tracking,
    units,
)

Json = dict[str, Any]


def contents(parcel: Parcel) -> list[tuple[str, int]]:
    return [(part.line_id, part.quantity) for part in parcel.lines]


def two(**changes: Any) -> Json:
    """An order of three aprons and a mug."""
    return order(line_items=[line(quantity=3, total="120.00", subtotal="120.00"), line(1)], **changes)


def test_fulfilments_say_what_is_in_them() -> None:
    other = fulfilment(
        2, ((502, 1),), meta={"_shipment_provider": "other", "_provider_name": "Coursier Vert", "_tracking_number": ""}
    )
    found = read(two(fulfillments=[fulfilment(), other]))
    first, second = found.parcels
    assert (first.id, first.state, first.allocation, contents(first)) == ("1", "ok", "exact", [("501", 1)])
    assert (first.tracking[0].carrier_raw, first.tracking[0].carrier, first.tracking[0].number) == (
        "colissimo", "laposte", "6A00000000001",
    )  # fmt: skip
    assert (second.tracking[0].carrier_raw, second.tracking[0].number) == ("Coursier Vert", None)
    assert [units(one) for one in found.lines] == [(3, 3, 1, 0, 0), (1, 1, 1, 0, 0)]
    assert editable_units(found) == {"501": 2, "502": 0}
    assert [part.remaining for part in found.deliveries[0].lines] == [2, 0]


def test_more_units_than_a_line_has_are_not_believed() -> None:
    found = read(two(fulfillments=[fulfilment(), fulfilment(2, ((501, 9),)), fulfilment(3, ((501, 1),))]))
    assert [contents(parcel) for parcel in found.parcels] == [[("501", 1)], [("501", 2)], []]
    assert units(found.lines[0]) == (3, 3, 3, 0, 0)


def test_what_is_packed_has_not_left_and_is_out_of_reach() -> None:
    draft = fulfilment(status="unfulfilled", is_fulfilled="")
    label = fulfilment(2, ((502, 1),), status="unfulfilled", is_fulfilled=False)
    plan = fulfilment(3, ((501, 1),), status="unfulfilled", is_fulfilled="", meta={"_tracking_number": ""})
    found = read(two(fulfillments=[draft, label, plan]))
    assert [(parcel.id, parcel.status) for parcel in found.parcels] == [("1", "label_created"), ("2", "label_created")]
    assert [(one.quantity.fulfilled, one.quantity.in_progress) for one in found.lines] == [(0, 2), (0, 1)]
    assert editable_units(found) == {"501": 1, "502": 0}


def test_a_deleted_fulfilment_is_none() -> None:
    found = read(two(fulfillments=[fulfilment(date_deleted="2026-10-02T09:00:00Z")]))
    assert (found.parcels, units(found.lines[0])) == ((), (3, 3, 0, 0, 0))


def test_a_completed_order_is_sent_as_far_as_its_fulfilments_say() -> None:
    found = read(two(status="completed", fulfillments=[fulfilment()]))
    assert [one.quantity.fulfilled for one in found.lines] == [1, 0]
    assert found.deliveries[0].state == "open"
    untold = read(two(status="completed", meta_data=[meta("_fulfillment_status", "partially_fulfilled")]))
    assert [one.quantity.fulfilled for one in untold.lines] == [0, 0], "which have left is told elsewhere"
    assert untold.state.fulfilment == "partial"


def test_a_tracking_number_of_a_completed_order_is_that_of_all_of_it() -> None:
    found = read(two(status="completed", meta_data=[tracked(tracking())]))
    (parcel,) = found.parcels
    assert (parcel.allocation, parcel.lines, parcel.status) == ("whole_order", (), "handed_over")
    assert (parcel.tracking[0].carrier_raw, parcel.tracking[0].carrier) == ("UPS", "ups")
    assert parcel.created_at is not None
    assert parcel.created_at.isoformat() == "2026-10-02T00:00:00+00:00"
    assert [one.quantity.fulfilled for one in found.lines] == [3, 1]


def test_several_numbers_do_not_say_what_is_in_which() -> None:
    found = read(two(status="completed", meta_data=[tracked(tracking(), tracking("1Z999AA10123456785"))]))
    assert [parcel.allocation for parcel in found.parcels] == ["unknown", "unknown"]
    early = read(two(meta_data=[tracked(tracking())]))
    assert [parcel.allocation for parcel in early.parcels] == ["unknown"], "nor does one of an order that is not done"
    assert set(editable_units(early).values()) == {0}


def test_a_list_of_products_says_what_is_in_it() -> None:
    listed = tracking(products_list=[{"product": "70", "item_id": "501", "qty": "2"}])
    found = read(two(status="partial-shipped", meta_data=[tracked(listed)]))
    assert [(parcel.allocation, contents(parcel)) for parcel in found.parcels] == [("exact", [("501", 2)])]
    assert [one.quantity.fulfilled for one in found.lines] == [2, 0]
    by_product = tracking(products_list=[{"product": "70", "qty": "2"}])
    assert read(two(meta_data=[tracked(by_product)])).parcels[0].allocation == "unknown"


@pytest.mark.parametrize(
    ("entry", "name", "url"),
    [
        ({"tracking_provider": "", "custom_tracking_provider": "Coursier Vert"}, "Coursier Vert", None),
        ({"tracking_provider": "fr-coli", "formatted_tracking_provider": "Colissimo",
          "formatted_tracking_link": "https://carrier.example/x"}, "Colissimo", "https://carrier.example/x"),
        ({"custom_tracking_link": "https://carrier.example/%1$s/"}, "UPS", "https://carrier.example/N1/"),
        ({"custom_tracking_provider": None, "custom_tracking_link": None}, "UPS", None),
    ],
)  # fmt: skip
def test_spellings_of_tracking_plugins(entry: Json, name: str, url: str | None) -> None:
    (parcel,) = read(meta_data=[tracked(tracking("N1", **entry))]).parcels
    assert (parcel.tracking[0].carrier_raw, parcel.tracking[0].url) == (name, url)


@pytest.mark.parametrize("shipped", ["2026-10-02", 1790899200, "1790899200"], ids=["day", "number", "digits"])
def test_when_it_was_shipped(shipped: object) -> None:
    (parcel,) = read(meta_data=[tracked(tracking(date_shipped=shipped))]).parcels
    assert parcel.created_at is not None
    assert parcel.created_at.isoformat() == "2026-10-02T00:00:00+00:00"


def test_a_list_with_a_gap_is_an_object_and_is_read() -> None:
    entry = {"id": 1, "key": "_wc_shipment_tracking_items", "value": {"0": tracking(), "2": tracking("B")}}
    assert [parcel.tracking[0].number for parcel in read(meta_data=[entry]).parcels] == ["1Z999AA10123456784", "B"]


def test_fulfilments_come_before_plugins() -> None:
    found = read(two(fulfillments=[fulfilment()], meta_data=[tracked(tracking())]))
    assert [parcel.id for parcel in found.parcels] == ["1"]


def test_what_other_plugins_leave() -> None:
    told = json.dumps([{"tracking_number": "PER-LINE", "carrier_name": "La Poste", "time": 1790899200}])
    per_line = line(meta_data=[meta("_vi_wot_order_item_tracking_data", told)])
    (parcel,) = read(line_items=[per_line, line(1)]).parcels
    assert (parcel.tracking[0].number, parcel.allocation, contents(parcel)) == ("PER-LINE", "exact", [("501", 1)])
    both = line(
        meta_data=[
            meta("_vi_wot_order_item_tracking_data", json.dumps([{"tracking_number": "A"}, {"tracking_number": "B"}]))
        ]
    )
    assert {one.allocation for one in read(line_items=[both]).parcels} == {"unknown"}
    aftership = meta("_aftership_tracking_items", [{"tracking_number": "AS1", "slug": "dhl"}])
    assert read(meta_data=[aftership]).parcels[0].tracking[0].carrier_raw == "dhl"
    single = [meta("ywot_tracking_code", "Y1"), meta("ywot_carrier_name", "GLS")]
    assert read(meta_data=single).parcels[0].tracking[0].number == "Y1"


def test_how_far_a_parcel_is_may_be_told_too() -> None:
    statuses = meta("ts_shipment_status", [{"status": "out_for_delivery"}, {"status": "lost in a plugin"}])
    found = read(meta_data=[tracked(tracking(), tracking("B")), statuses])
    assert [(parcel.status, parcel.status_raw) for parcel in found.parcels] == [
        ("out_for_delivery", "out_for_delivery"),
        ("unknown", "lost in a plugin"),
    ]


def test_an_order_that_the_shop_calls_delivered_is() -> None:
    found = read(two(status="delivered"))
    (parcel,) = found.parcels
    assert (parcel.status, parcel.allocation, parcel.delivered_at) == ("delivered", "whole_order", found.updated_at)
    numbered = read(two(status="delivered", meta_data=[tracked(tracking())]))
    assert [parcel.status for parcel in numbered.parcels] == ["delivered"]


def collect(**changes: Any) -> Json:
    entries = [
        meta("pickup_location", "Atelier Lyon"),
        meta("pickup_address", "4 quai des Tanneurs, 69005 Lyon"),
        meta("pickup_details", "Tue-Sat 10-19"),
    ]
    way = shipping_line(method_id="pickup_location", method_title="Click & Collect", meta_data=entries)
    return order(shipping_lines=[way], **changes)


def test_what_is_to_be_collected() -> None:
    found = read(collect())
    (way,) = found.deliveries
    assert (way.method, way.state, way.destination) == ("pickup", "open", None)
    assert way.location is not None
    assert (way.location.name, way.location.address.line1) == ("Atelier Lyon", "4 quai des Tanneurs, 69005 Lyon")
    assert (way.pickup.opening_hours, way.pickup.ready_at, way.pickup.collected_at) == ("Tue-Sat 10-19", None, None)
    ready = read(collect(status="ready-for-pickup"))
    assert ready.deliveries[0].pickup.ready_at == ready.updated_at
    done = read(collect(status="completed", date_completed_gmt="2026-10-04T10:00:00"))
    assert done.deliveries[0].state == "closed"
    assert done.deliveries[0].pickup.collected_at is not None


@pytest.mark.parametrize(
    ("method", "is_"),
    [
        ("local_pickup:4", "pickup"), ("local_pickup_plus", "pickup"), ("mondialrelay_relais", "pickup_point"),
        ("lpc_relay", "pickup_point"), ("local_delivery", "local"), ("free_shipping", "shipping"), ("", "shipping"),
    ],
)  # fmt: skip
def test_ways_of_shipping(method: str, is_: str) -> None:
    assert read(shipping_lines=[shipping_line(method_id=method)]).deliveries[0].method == is_


def test_the_customers_note_is_for_whoever_delivers() -> None:
    assert read(customer_note="Code 4711B").deliveries[0].instructions == "Code 4711B"
    assert read(collect(customer_note="Code 4711B")).deliveries[0].instructions is None


def test_which_line_goes_which_of_several_ways_is_not_told() -> None:
    found = read(two(shipping_lines=[shipping_line(), shipping_line(id=602, method_id="local_pickup")]))
    assert [(way.id, way.lines) for way in found.deliveries] == [("601", ()), ("602", ())]
