"""WooCommerce bodies with anything anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from portal.platforms.contract import Delivered, Document, Value
from portal.platforms.neutral import as_json
from portal.platforms.units import editable_units
from portal.platforms.woocommerce import documents, read
from tests.platforms.woocommerce.samples import fulfilment, line, meta, order, refund, tracked, tracking

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["", "0", "-1.5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, item in inner for place in places(item, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy


EDITED = {
    "id": 1, "key": "_jalon_edits", "value": [{
        "key": "k", "type": "edit", "at": "2026-10-02T09:00:00+00:00", "by": "customer", "removed": {"499": 1},
        "was": [{"id": "499", "title": "Apron", "unit": 4000, "options": [["Size", "S"]]}],
    }],
}  # fmt: skip
FULL = order(
    fulfillments=[fulfilment()],
    refunds=[refund()],
    line_items=[line(quantity=2, meta_data=[meta("_jalon_replaces", "499"), meta("pa_size", "m")]), line(1)],
    fee_lines=[{"id": 1, "name": "Fee", "total": "1.00", "total_tax": "0.20"}],
    coupon_lines=[{"id": 2, "code": "autumn"}],
    meta_data=[EDITED, tracked(tracking())],
)


@given(st.sampled_from(places(FULL)), JUNK)
def test_junk_anywhere_in_a_body_is_no_traceback(path: tuple[Any, ...], junk: Any) -> None:
    for found in documents(replaced(FULL, path, junk)):
        assert as_json(found)["schema"] == "order/1"
        for one in found.lines:
            quantity = one.quantity
            assert quantity.current <= quantity.ordered
            assert quantity.fulfilled <= quantity.ordered
            assert 0 <= editable_units(found)[one.id] <= quantity.current


@given(st.permutations(list(FULL)), st.permutations(list(FULL["line_items"][0])))
def test_the_order_of_members_means_nothing(names: list[str], inner: list[str]) -> None:
    first = {name: FULL["line_items"][0][name] for name in inner}
    shuffled = {name: FULL[name] for name in names} | {"line_items": [first, FULL["line_items"][1]]}
    assert documents(shuffled) == documents(FULL)


_NAMES = st.sampled_from([
    "data", "order", "orders", "body", "id", "status", "line_items", "refunds", "fulfillments", "meta_data", "key",
    "value", "quantity", "total", "subtotal", "product_id", "variation_id", "shipping_lines", "billing", "currency",
    "date_modified_gmt", "_links", "self", "href", "is_fulfilled", "entity_id", "amount", "item_id", "qty",
])  # fmt: skip
_LEAVES = st.sampled_from([None, True, -1, 1.5, "", "x", "1", 4711, "processing", "EUR", "2026-10-02T08:30:00"])
_NEARLY = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=25
)


@given(st.lists(_NEARLY, max_size=3))
def test_junk_with_the_right_names_is_entries(bodies: list[Any]) -> None:
    found = read([Value(line, body, "") for line, body in enumerate(bodies, 1)], Delivered())
    assert all(as_json(entry.order) for entry in found if isinstance(entry, Document))
