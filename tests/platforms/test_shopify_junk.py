"""Webhook bodies with anything anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from portal.platforms.contract import Delivered, Document, Value
from portal.platforms.neutral import as_json
from portal.platforms.shopify import documents, read
from tests.platforms.shopify_samples import fulfilment, line, money, order, refund

_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("gid://shopify/Order/1"),
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


FULL = order(
    fulfillments=[fulfilment()],
    refunds=[refund()],
    returns=[{"id": 4, "status": "open", "return_line_items": [{"quantity": 1, "line_item": {"id": 1}}]}],
    line_items=[line(properties=[{"name": "a", "value": "b"}], tax_lines=[{"price_set": money("1.00")}]), line(1)],
)


@given(st.sampled_from(places(FULL)), _JUNK)
def test_junk_anywhere_in_a_body_is_no_traceback(path: tuple[Any, ...], junk: Any) -> None:
    found = documents(replaced(FULL, path, junk))
    assert [as_json(one)["schema"] for one in found] == ["order/1"] * len(found)


@given(st.permutations(list(FULL)), st.permutations(list(FULL["line_items"][0])))
def test_the_order_of_members_means_nothing(names: list[str], inner: list[str]) -> None:
    first = {name: FULL["line_items"][0][name] for name in inner}
    shuffled = {name: FULL[name] for name in names} | {"line_items": [first, FULL["line_items"][1]]}
    assert documents(shuffled) == documents(FULL)


_NAMES = st.sampled_from([
    "data", "order", "orders", "nodes", "edges", "node", "errors", "path", "id", "name", "line_items", "lineItems",
    "admin_graphql_api_id", "fulfillments", "order_id", "__parentId", "refunds", "quantity", "price_set", "shop_money",
    "amount", "currencyCode", "fulfillmentOrders", "status", "trackingInfo", "returns", "tags", "customer",
])  # fmt: skip
_LEAVES = st.sampled_from([None, True, -1, 1.5, "", "x", "gid://shopify/Order/1", "gid://shopify/LineItem/1", "EUR"])
_NEARLY = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=25
)


@given(st.lists(_NEARLY, max_size=3))
def test_junk_with_the_right_names_is_entries(bodies: list[Any]) -> None:
    found = read([Value(line, body, "") for line, body in enumerate(bodies, 1)], Delivered())
    assert all(as_json(entry.order) for entry in found if isinstance(entry, Document))
