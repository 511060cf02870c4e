"""Documents of orders that are kept here, after their shop has done something with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.platforms.changes import CancelUnits, Edit, NotApplied, SetQuantity
from portal.platforms.neutral import NeutralOrder, neutral_order
from portal.platforms.neutral.amend import amended
from portal.platforms.neutral.handing import collected, delivered, preparing, ready, shipped, tracking_of
from portal.platforms.neutral.holding import LASTS, held, is_held, released
from portal.platforms.units import editable_units, nothing_left

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=2)
COLISSIMO = tracking_of("Colissimo", "6A00000000001")


def kept(*deliveries: dict[str, Any], **more: Any) -> NeutralOrder:
    lines = [{"id": "mug", "title": "Mug", "quantity": 3}, {"id": "bowl", "title": "Bowl", "quantity": 1}]
    return neutral_order({"number": "1001", "lines": lines, "deliveries": list(deliveries), **more})


def home(**more: Any) -> dict[str, Any]:
    parts = [{"line_id": "mug", "quantity": 3}, {"line_id": "bowl", "quantity": 1}]
    return {"id": "home", "method": "shipping", "lines": parts, **more}


def pickup(*parts: tuple[str, int], **more: Any) -> dict[str, Any]:
    lines = [{"line_id": line, "quantity": quantity} for line, quantity in parts]
    return {"id": "shop", "method": "pickup", "location": {"name": "Atelier Lyon"}, "lines": lines, **more}


def done(found: NeutralOrder | NotApplied) -> NeutralOrder:
    assert isinstance(found, NeutralOrder), found
    return found


@pytest.mark.parametrize("deliveries", [[], [home()]], ids=["without deliveries", "with one"])
def test_what_is_made_ready_is_out_of_its_customers_reach(deliveries: list[Any]) -> None:
    order = done(preparing(kept(*deliveries), AT))
    assert order.state.fulfilment == "in_progress"
    assert editable_units(order) == {"mug": 0, "bowl": 0}
    assert not nothing_left(order)
    assert preparing(order, LATER) is order


def test_a_parcel_has_what_was_put_in_it_and_the_rest_waits() -> None:
    order = done(shipped(kept(home()), "p1", {"mug": 2}, COLISSIMO, AT))
    (parcel,) = order.parcels
    assert (parcel.id, parcel.allocation, parcel.status, parcel.created_at) == ("p1", "exact", "handed_over", AT)
    assert [(part.carrier, part.carrier_raw, part.number) for part in parcel.tracking] == [
        ("laposte", "Colissimo", "6A00000000001")
    ]
    assert (order.state.fulfilment, editable_units(order)) == ("partial", {"mug": 1, "bowl": 1})
    assert [(part.line_id, part.remaining) for part in order.deliveries[0].lines] == [("mug", 1), ("bowl", 1)]
    rest = done(shipped(order, "p2", {"mug": 1, "bowl": 1}, tracking_of(None, None), LATER))
    assert (rest.state.fulfilment, rest.deliveries[0].state, rest.parcels[1].tracking) == ("fulfilled", "closed", ())


def test_one_carrier_has_one_name_whether_by_slug_or_in_the_shops_spelling() -> None:
    for name in ("mondial_relay", "Mondial Relay"):
        tracking = tracking_of(name, "64182075")
        assert tracking is not None
        assert (tracking.carrier, tracking.carrier_raw) == ("mondial_relay", "Mondial Relay")
    strange = tracking_of("Pigeon & Sons", "PS 1")
    assert strange is not None
    assert (strange.carrier, strange.carrier_raw) == (None, "Pigeon & Sons")


@pytest.mark.parametrize(
    ("units", "number", "why"),
    [
        ({"mug": 4}, "A1", "shipped"),
        ({"cup": 1}, "A1", "changed"),
        ({"mug": 0}, "A1", "changed"),
        ({}, "A1", "changed"),
    ],
)
def test_what_is_not_there_is_not_sent(units: dict[str, int], number: str, why: str) -> None:
    refused = shipped(kept(home()), "p", units, tracking_of("Colissimo", number), AT)
    assert isinstance(refused, NotApplied)
    assert refused.why == why


def test_a_parcel_is_noted_once_by_its_key_and_by_its_number() -> None:
    order = done(shipped(kept(), "p1", {"mug": 1}, COLISSIMO, AT))
    assert shipped(order, "p1", {"mug": 1}, COLISSIMO, LATER) is order
    twice = shipped(order, "p2", {"mug": 1}, COLISSIMO, LATER)
    assert isinstance(twice, NotApplied)
    assert twice.why == "changed"


def test_what_is_collected_is_ready_then_fetched_and_that_is_the_end() -> None:
    order = done(ready(kept(pickup(("mug", 3), ("bowl", 1))), "shop", "ABCD-2345", AT))
    (delivery,) = order.deliveries
    assert (delivery.pickup.ready_at, delivery.pickup.code) == (AT, "ABCD-2345")
    assert editable_units(order) == {"mug": 0, "bowl": 0}
    assert ready(order, "shop", "ZZZZ-9999", LATER) is order
    over = done(collected(order, "shop", LATER))
    (delivery,) = over.deliveries
    assert (delivery.pickup.collected_at, delivery.state, over.state.fulfilment) == (LATER, "closed", "fulfilled")
    assert [line.quantity.fulfilled for line in over.lines] == [3, 1]
    assert collected(over, "shop", LATER + timedelta(hours=1)) is over
    assert isinstance(amended(over, Edit("e", CancelUnits((("mug", 1),)), by="staff"), LATER), NotApplied)


def test_a_code_of_the_shops_own_is_kept() -> None:
    order = done(ready(kept(pickup(("mug", 3), pickup={"code": "4711"})), "shop", "ABCD-2345", AT))
    assert order.deliveries[0].pickup.code == "4711"


def test_a_delivery_that_does_not_say_what_is_in_it_is_all_of_the_order() -> None:
    order = done(collected(kept(pickup()), "shop", AT))
    assert [line.quantity.fulfilled for line in order.lines] == [3, 1]
    assert order.deliveries[0].state == "closed"


def test_of_an_order_that_is_sent_and_collected_each_part_goes_its_way() -> None:
    order = kept(home(lines=[{"line_id": "mug", "quantity": 3}]), pickup(("bowl", 1)))
    wrong = shipped(order, "p", {"bowl": 1}, COLISSIMO, AT)
    assert isinstance(wrong, NotApplied)
    begun = done(preparing(order, AT))
    assert [delivery.state for delivery in begun.deliveries] == ["in_progress", "open"]
    assert editable_units(begun) == {"mug": 0, "bowl": 1}
    both = done(shipped(done(collected(begun, "shop", AT)), "p", {"mug": 3}, COLISSIMO, AT))
    assert both.state.fulfilment == "fulfilled"


@pytest.mark.parametrize("what", ["home", "nowhere"])
def test_nothing_else_is_collected(what: str) -> None:
    for refused in (ready(kept(home()), what, "C", AT), collected(kept(home()), what, AT)):
        assert isinstance(refused, NotApplied)
        assert refused.why == "unsupported"


def test_a_parcel_arrives_as_the_shop_says() -> None:
    order = done(delivered(done(shipped(kept(), "p1", {"mug": 1}, COLISSIMO, AT)), "p1", LATER))
    assert (order.parcels[0].status, order.parcels[0].delivered_at) == ("delivered", LATER)
    assert delivered(order, "p1", LATER + timedelta(hours=1)) is order
    assert isinstance(delivered(order, "p9", LATER), NotApplied)


@pytest.mark.parametrize(("member", "why"), [("cancelled_at", "cancelled"), ("closed_at", "closed")])
def test_an_order_that_is_over_is_left_alone(member: str, why: str) -> None:
    over: Any = {member: "2026-11-19T09:00:00Z"}
    order = kept(home(), pickup(("mug", 1)), **over)
    for refused in (
        preparing(order, AT),
        shipped(order, "p", {"mug": 1}, None, AT),
        ready(order, "shop", "C", AT),
        collected(order, "shop", AT),
    ):
        assert isinstance(refused, NotApplied)
        assert refused.why == why
    assert held(order, "edit", AT) is None


def test_while_a_customer_changes_an_order_nobody_sends_it() -> None:
    order = kept(home(), currency="EUR")
    under = held(order, "edit", AT)
    assert under is not None
    assert held(under, "edit", LATER) is under
    assert held(under, "another", AT) is None
    busy = preparing(under, AT)
    assert isinstance(busy, NotApplied)
    assert busy.why == "busy"
    assert released(under, "another", AT) is under
    free = released(under, "edit", AT)
    assert done(preparing(free, AT)).raw == order.raw
    assert isinstance(amended(under, Edit("e", SetQuantity("mug", 2)), AT), NeutralOrder)


def test_a_hold_ends_by_itself() -> None:
    under = held(kept(home()), "edit", AT)
    assert under is not None
    assert is_held(under, AT + LASTS - timedelta(seconds=1))
    assert not is_held(under, AT + LASTS)
    assert isinstance(preparing(under, AT + LASTS), NeutralOrder)
