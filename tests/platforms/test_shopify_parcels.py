"""Fulfilments and deliveries of webhook bodies."""

from __future__ import annotations

import pytest

from tests.platforms.shopify_samples import FIRST, fulfilment, line, read


def test_a_partial_fulfilment_with_two_carriers() -> None:
    found = read(
        fulfillment_status="partial",
        line_items=[line(quantity=3, current_quantity=3), line(1)],
        fulfillments=[
            fulfilment(1, line_items=[line(quantity=2)]),
            fulfilment(2, tracking_company="Colissimo", shipment_status="delivered", line_items=[line(1)]),
        ],
    )
    assert found.state.fulfilment == "partial"
    assert [item.quantity.fulfilled for item in found.lines] == [2, 1]
    ups, colissimo = found.parcels
    assert [(part.line_id, part.quantity) for part in ups.lines] == [(FIRST, 2)]
    assert (ups.allocation, ups.state, ups.status, ups.status_raw) == ("exact", "ok", "in_transit", "in_transit")
    assert [(t.carrier_raw, t.carrier, t.number) for t in ups.tracking] == [("UPS", "ups", "1Z0000000000000001")]
    assert (colissimo.tracking[0].carrier, colissimo.status) == ("laposte", "delivered")
    assert [(d.state, [part.remaining for part in d.lines]) for d in found.deliveries] == [("open", [1, 0])]
    assert {parcel.delivery_id for parcel in found.parcels} == {"synthetic:shipping"}


def test_a_cancelled_fulfilment_stays_and_counts_for_nothing() -> None:
    gone = fulfilment(1, status="cancelled", shipment_status=None)
    found = read(fulfillments=[gone, fulfilment(2, status="error", shipment_status=None), fulfilment(3)])
    assert [(p.state, p.status) for p in found.parcels] == [
        ("cancelled", "cancelled"),
        ("failed", "exception"),
        ("ok", "in_transit"),
    ]
    assert found.lines[0].quantity.fulfilled == 1


def test_numbers_and_links_stand_side_by_side() -> None:
    several = fulfilment(tracking_numbers=["A1", "A2", "A3"], tracking_urls=["https://example.test/a1"])
    single = fulfilment(2, tracking_numbers=[], tracking_urls=None, tracking_number="B1", tracking_url=None)
    nothing = fulfilment(3, tracking_company=None, tracking_number=None, tracking_numbers=[], tracking_url=None,
                         tracking_urls=[])  # fmt: skip
    by_name = nothing | {"id": 664, "admin_graphql_api_id": None, "tracking_company": "Own van"}
    found = read(fulfillments=[several, single, nothing, by_name])
    assert [[(t.number, t.url) for t in parcel.tracking] for parcel in found.parcels] == [
        [("A1", "https://example.test/a1"), ("A2", None), ("A3", None)],
        [("B1", None)],
        [],
        [(None, None)],
    ]
    assert found.parcels[3].tracking[0].carrier_raw == "Own van"


@pytest.mark.parametrize(
    ("shipment_status", "status", "expected"),
    [
        (None, "success", ("ok", "handed_over", "success")),
        (None, "pending", ("ok", "preparing", "pending")),
        ("out_for_delivery", "success", ("ok", "out_for_delivery", "out_for_delivery")),
        ("delayed", "success", ("ok", "in_transit", "delayed")),
        ("attempted_delivery", "success", ("ok", "attempted", "attempted_delivery")),
        ("label_printed", "success", ("ok", "label_created", "label_printed")),
        ("ready_for_pickup", "success", ("ok", "ready_for_pickup", "ready_for_pickup")),
        ("failure", "success", ("ok", "exception", "failure")),
        ("beamed_up", "sideways", ("unknown", "unknown", "beamed_up")),
    ],
)
def test_statuses_are_milestones(shipment_status: str | None, status: str, expected: tuple[str, str, str]) -> None:
    (parcel,) = read(fulfillments=[fulfilment(status=status, shipment_status=shipment_status)]).parcels
    assert (parcel.state, parcel.status, parcel.status_raw) == expected


def test_local_pickup_is_recognised_by_its_rate() -> None:
    rate = {
        "id": 3,
        "code": "Atelier Croix-Rousse",
        "title": "Atelier Croix-Rousse",
        "price": "0.00",
        "is_removed": False,
    }
    (delivery,) = read(shipping_address=None, shipping_lines=[rate]).deliveries
    assert (delivery.method, delivery.label) == ("pickup", "Atelier Croix-Rousse")
    assert delivery.location is not None
    assert delivery.location.name == "Atelier Croix-Rousse"
    (drafted,) = read(shipping_address=None, shipping_lines=[rate | {"code": "custom"}]).deliveries
    assert drafted.method == "shipping"
    (sold,) = read(shipping_address=None, shipping_lines=[], source_name="pos").deliveries
    assert sold.method == "none"


def test_a_withheld_address_is_no_pickup() -> None:
    nobody = dict.fromkeys(("customer", "email", "phone", "contact_email", "shipping_address", "billing_address"))
    (delivery,) = read(**nobody).deliveries
    assert delivery.method == "unknown"


@pytest.mark.parametrize(
    ("spelling", "method"),
    [("pickup", "pickup"), ("pick_up", "pickup"), ("PICK_UP", "pickup"), ("pick-up", "pickup"), ("local", "local"),
     ("shipping", "shipping"), ("pickup_point", "pickup_point"), ("retail", "none"), ("none", "none"),
     ("drone", "unknown")],
)  # fmt: skip
def test_delivery_methods_have_four_spellings(spelling: str, method: str) -> None:
    work = {"id": 5, "status": "open", "delivery_method": {"method_type": spelling}, "line_items": []}
    (delivery,) = read(fulfillment_orders=[work]).deliveries
    assert (delivery.id, delivery.method, delivery.state) == ("gid://shopify/FulfillmentOrder/5", method, "open")


def test_ids_that_several_parts_share_are_told_apart() -> None:
    found = read(line_items=[line(), line()], fulfillments=[fulfilment(), fulfilment()])
    assert [item.id for item in found.lines] == [FIRST, f"{FIRST}#2"]
    assert [parcel.id for parcel in found.parcels] == [
        "gid://shopify/Fulfillment/661",
        "gid://shopify/Fulfillment/661#2",
    ]
