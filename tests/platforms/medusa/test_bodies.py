"""Which of Medusa's bodies hold orders, and what the others are; anything anywhere in them; and recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Value
from portal.platforms.files import values
from portal.platforms.medusa import documents, read
from portal.platforms.neutral import as_json, neutral_order
from tests.platforms.medusa.samples import ORDER, SHIRT, added, edit, fulfilment, item, order, payment, raw, updated
from tests.platforms.test_shopify_junk import places, replaced

HOME = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "commerce" / "medusa"
ABSENT = "no recorded Medusa bodies beside the checkout (../shared/fixtures/commerce/medusa)"


def only(body: Any) -> Entry:
    (found,) = read([Value(1, body, json.dumps(body))], Delivered("shop.example"))
    return found


@pytest.mark.parametrize("body", [order(), {"order": order()}, {"data": order()}, {"orders": [order()], "count": 1}])
def test_an_order_is_found_wherever_it_lies(body: Any) -> None:
    found = only(body)
    assert isinstance(found, Document)
    assert (found.order.source.order_id, found.order.source.shop) == (ORDER, "shop.example")


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ({"name": "order.placed", "data": {"id": ORDER}}, ORDER),
        ({"name": "order.fulfillment_created", "id": "ful_01", "order_id": ORDER}, ORDER),
        ({"name": "payment.captured", "id": "pay_01"}, None),
        ({"order_change": {"id": "ordch_01", "order_id": ORDER}}, ORDER),
        ({"order_changes": [edit(order_id=ORDER)]}, ORDER),
        ({"orders": [], "count": 0}, None),
        ({"draft_order": {"id": ORDER, "status": "draft", "items": []}}, None),
    ],
)
def test_what_is_no_order_says_which_one_to_read(body: Any, about: str | None) -> None:
    found = only(body)
    assert isinstance(found, Note)
    assert found.order_id == about


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"id": "prod_01", "title": "Mug"},
        {"type": "not_found", "message": "Order id not found: order_x"},
        {**{k: v for k, v in order().items() if k not in ("version", "summary")}, "object": "order", "tax_rate": None},
    ],
)
def test_what_cannot_be_imported_is_a_problem(body: Any) -> None:
    assert isinstance(only(body), Problem)


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just(ORDER),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FULL = {
    "order": order(
        fulfillments=[fulfilment()],
        items=[item(adjustments=[{"code": "TEN", **raw(amount="1")}], metadata={"personalisation": {"a": "b"}})],
        credit_lines=[{"id": "ordcl_01", "reference": "restocking_fee", **raw(amount="-5")}],
        payment_collections=[payment({"id": "ref_01", **raw(amount="1")})],
        returns=[{"id": "return_01", "status": "requested", "items": [{"item_id": SHIRT, "quantity": 1}]}],
    ),
    "order_changes": [edit(updated(SHIRT, 2, -1), added("ordli_01NEW", 1))],
    "order_items": [{"item_id": "ordli_01OLD", "item": item("ordli_01OLD")}],
}


@given(st.sampled_from(places(FULL)), _JUNK)
def test_junk_anywhere_in_a_body_is_no_traceback(path: tuple[Any, ...], junk: Any) -> None:
    found = documents(replaced(FULL, path, junk))
    assert [as_json(one)["schema"] for one in found] == ["order/1"] * len(found)


def recorded() -> list[Any]:
    """Each recording as a parameter, or one that is skipped."""
    paths = sorted(HOME.glob("*.json*"))
    absent = pytest.param(HOME, marks=pytest.mark.skip(reason=ABSENT), id="absent")
    return [pytest.param(path, id=path.name) for path in paths] or [absent]


@pytest.mark.parametrize("path", recorded())
def test_every_recording_is_read(path: Path) -> None:
    with path.open("rb") as stream:
        found = list(read(values(stream), Delivered()))
    assert found
    orders = [entry.order for entry in found if isinstance(entry, Document)]
    assert bool(orders) == (path.name.startswith(("order_address", "order_after", "order_partially", "orders_")))
    assert [entry for entry in found if isinstance(entry, Problem)] == [] or "error" in path.name
    for one in orders:
        printed = as_json(one)
        assert as_json(neutral_order(printed)) == printed
        assert (one.totals.total.shop, one.totals.outstanding.shop) == (10490, 0)
        assert sum(line.price.total_after_discounts.shop or 0 for line in one.lines) == one.totals.lines.shop == 10000
