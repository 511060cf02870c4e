"""The neutral document: short ones are completed, wrong ones named, whole ones come back as they went in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.contract import Document, Problem, Remark
from portal.platforms.members import name_of
from portal.platforms.neutral import (
    InvalidOrder,
    NeutralOrder,
    as_json,
    as_stated,
    neutral_order,
    read_file,
    restored,
    version_key,
)
from portal.platforms.neutral.fields import Part

Json = dict[str, Any]


def faults(value: object) -> dict[str, str]:
    with pytest.raises(InvalidOrder) as refused:
        neutral_order(value)
    return {name_of(path): message for path, message in refused.value.faults}


def test_the_smallest_order_is_a_number() -> None:
    order = neutral_order({"number": 1001})
    assert order.number == "1001"
    assert (order.source.platform, order.source.shop, order.source.order_id) == ("neutral", None, "1001")
    assert (order.lines, order.parcels, order.version) == ((), (), None)


def test_a_short_order_is_completed() -> None:
    order = neutral_order({
        "number": "A-7",
        "currency": "eur",
        "totals": {"total": {"shop": 4500}},
        "lines": [{"sku": "MUG", "quantity": 2}, {"title": "Song", "requires_shipping": False}],
        "parcels": [{"tracking": [{"carrier_raw": "Pigeon & Sons", "number": "PS 1"}]}],
    })  # fmt: skip
    mug, song = order.lines
    assert (mug.id, mug.title, mug.quantity.ordered, mug.quantity.current, mug.kind) == ("1", "MUG", 2, 2, "physical")
    assert (song.id, song.kind, song.quantity.ordered) == ("2", "digital", 1)
    assert (order.currency.shop, order.currency.buyer, order.totals.total.buyer) == ("EUR", "EUR", 4500)
    (parcel,) = order.parcels
    assert (parcel.id, parcel.allocation, parcel.state, mug.quantity.fulfilled) == ("PS 1", "whole_order", "ok", 2)


def test_parcels_tell_what_was_fulfilled() -> None:
    order = neutral_order({
        "number": "A-8",
        "lines": [{"id": "a", "quantity": {"ordered": 3, "removed": 1}}, {"id": "b"}],
        "parcels": [
            {"lines": [{"line_id": "a", "quantity": 1}]},
            {"lines": [{"line_id": "b", "quantity": 1}], "state": "cancelled"},
            {"tracking": []},
        ],
    })  # fmt: skip
    assert [(line.quantity.current, line.quantity.fulfilled) for line in order.lines] == [(2, 1), (1, 0)]
    assert [parcel.allocation for parcel in order.parcels] == ["exact", "exact", "unknown"]


def test_a_status_that_is_no_milestone_is_unknown_and_kept() -> None:
    events = [{"status": "DELIVERED"}, {"status": "on the moon"}]
    (parcel,) = neutral_order({"number": "1", "parcels": [{"status": "Teleported", "events": events}]}).parcels
    assert (parcel.status, parcel.status_raw) == ("unknown", "Teleported")
    assert [(event.id, event.status, event.raw) for event in parcel.events] == [
        ("1", "delivered", "DELIVERED"),
        ("2", "unknown", "on the moon"),
    ]


def test_the_shops_spelling_of_a_carrier_names_its_adapter() -> None:
    tracking = [
        {"carrier_raw": "Colissimo", "number": "1"},
        {"carrier": "own-van", "number": "2"},
        {"carrier_raw": "?"},
    ]
    (parcel,) = neutral_order({"number": "1", "parcels": [{"tracking": tracking}]}).parcels
    assert [one.carrier for one in parcel.tracking] == ["laposte", "own-van", None]


def test_dates_keep_their_offset_and_versions_are_in_utc() -> None:
    order = neutral_order({"number": "1", "updated_at": "2026-11-12T10:00:00+01:00"})
    assert order.updated_at is not None
    assert order.updated_at.utcoffset() == timedelta(hours=1)
    assert as_json(order)["updated_at"] == "2026-11-12T10:00:00+01:00"
    assert order.version == "2026-11-12T09:00:00Z"
    assert neutral_order({"number": "1", "version": "2026-11-12T10:00:00+01:00"}).version == order.version
    assert neutral_order({"number": "1", "version": 12}).version == 12


_VERSIONS = (None, 2, 10, "2026-11-12T09:00:00Z", "2026-11-12T09:00:00.5Z", "2026-11-12T11:00:00+01:00", "r2")


@given(st.permutations(_VERSIONS))
def test_versions_sort_as_they_follow_each_other(versions: list[str | int | None]) -> None:
    assert sorted(versions, key=version_key) == list(_VERSIONS)


def test_unknown_members_are_kept() -> None:
    order = neutral_order({"number": "1", "warehouse": {"bin": None}, "lines": [{"id": "a", "grams": 12}]})
    printed = as_json(order)
    assert (printed["warehouse"], printed["lines"][0]["grams"]) == ({"bin": None}, 12)


def test_null_means_that_nothing_is_said() -> None:
    nothing = {
        "lines": None,
        "tags": None,
        "contact": None,
        "totals": None,
        "source": None,
        "test": None,
        "state": None,
    }
    assert neutral_order({"number": "1", **nothing}) == neutral_order({"number": "1"})


@pytest.mark.parametrize(
    ("changes", "member", "said"),
    [
        ({"number": None}, "number", "is missing"),
        ({"number": "  "}, "number", "must not be empty"),
        ({"number": 1.5}, "number", "expected text"),
        ({"schema": "order/2"}, "schema", "expected one of 'order/1'"),
        ({"placed_at": "2026-11-12"}, "placed_at", "date and time with offset"),
        ({"placed_at": "2026-11-12T10:00:00"}, "placed_at", "date and time with offset"),
        ({"placed_at": "0001-01-01T00:00:00+14:00"}, "placed_at", "out of range"),
        ({"placed_at": 1700000000}, "placed_at", "date and time with offset"),
        ({"currency": {"shop": "EURO"}}, "currency.shop", "not a currency code"),
        ({"totals": {"total": {"shop": 100}}}, "currency.shop", "needed beside amounts"),
        ({"currency": "EUR", "totals": {"total": {"shop": 1.5}}}, "totals.total.shop", "whole number"),
        ({"currency": "EUR", "totals": {"total": {"shop": "15.00"}}}, "totals.total.shop", "whole number"),
        ({"currency": "EUR", "totals": {"total": {"shop": 2**63}}}, "totals.total.shop", "less than"),
        ({"test": "yes"}, "test", "true or false"),
        ({"lines": {}}, "lines", "expected a list"),
        ({"lines": ["Mug"]}, "lines[0]", "expected an object"),
        ({"lines": [{}, {"quantity": {"ordered": "two"}}]}, "lines[1].quantity.ordered", "whole number"),
        ({"lines": [{"quantity": {"ordered": -1}}]}, "lines[0].quantity.ordered", "greater than"),
        ({"lines": [{"quantity": {"ordered": True}}]}, "lines[0].quantity.ordered", "whole number"),
        ({"lines": [{"id": "a"}, {"id": "a"}]}, "lines[1].id", "given twice"),
        ({"lines": [{"kind": "spaceship"}]}, "lines[0].kind", "expected one of 'physical'"),
        ({"parcels": [{"lines": [{"line_id": "a"}]}]}, "parcels[0].lines[0].quantity", "is missing"),
        ({"parcels": [{"tracking": {}}]}, "parcels[0].tracking", "expected a list"),
        ({"address": {"shipping": {"country": "France"}}}, "address.shipping.country", "two letters"),
        ({"address": {"shipping": {"lat": 1000}}}, "address.shipping.lat", "less than"),
        ({"state": {"return": 4.5}}, "state.return", "expected text"),
    ],
)
def test_faults_name_their_member(changes: Json, member: str, said: str) -> None:
    found = faults({"number": "1", **changes})
    assert member in found
    assert said in found[member]


@pytest.mark.parametrize("value", [None, 1, "order", [], [{}], True])
def test_what_is_no_object_is_refused(value: object) -> None:
    assert faults(value) == {"": "expected an object"}


def test_files_give_documents_and_problems_with_lines() -> None:
    content = b'{"number": "1"}\n{"number": "2", "lines": [{"quantity": "x"}]}\nnonsense\n{"number": "3"}\n'
    entries = list(read_file(io.BytesIO(content)))
    assert [e.order.number for e in entries if isinstance(e, Document)] == ["1", "3"]
    assert [(e.line, e.member) for e in entries if isinstance(e, Problem)] == [(2, "lines[0].quantity"), (3, "")]


def test_references_to_no_line_are_remarked() -> None:
    content = b'{"number": "1", "lines": [{"id": "a"}], "parcels": [{"lines": [{"line_id": "b", "quantity": 1}]}]}'
    remark, document = read_file(io.BytesIO(content))
    assert isinstance(remark, Remark)
    assert remark.message == "1: parcels name lines that the order does not have: b"
    assert isinstance(document, Document)


def test_members_of_lists_are_named_by_index_and_line() -> None:
    content = (
        b'[\n {"number": "1"},\n {"number": "2",\n  "lines": [{"title": "Mug",\n   "quantity": {"ordered": 1.5}}]}\n]'
    )
    problem = next(entry for entry in read_file(io.BytesIO(content)) if isinstance(entry, Problem))
    assert (problem.line, problem.member) == (5, "[1].lines[0].quantity.ordered")


_LETTERS = st.characters(categories=["L", "N", "P", "S"])
_WORDS = st.text(_LETTERS, min_size=1, max_size=8)
_AMOUNT = st.fixed_dictionaries({"shop": st.integers(-(10**9), 10**9), "buyer": st.integers(-(10**9), 10**9)})
_COUNT = st.integers(0, 50)
_WHEN = st.builds(
    lambda seconds, hours: datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours))).isoformat(),
    st.integers(0, 4_000_000_000),
    st.integers(-12, 14),
)
_LINE = st.fixed_dictionaries(
    {
        "title": _WORDS,
        "quantity": st.fixed_dictionaries({"ordered": _COUNT, "current": _COUNT, "fulfilled": _COUNT}),
        "price": st.fixed_dictionaries({"unit": _AMOUNT}),
        "kind": st.sampled_from(["physical", "digital", "gift_card", "service", "fee", "tip"]),
        "options": st.lists(st.fixed_dictionaries({"name": _WORDS, "value": _WORDS}), max_size=2),
    }
)
_PARCEL = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["ok", "cancelled", "failed"]),
        "created_at": _WHEN,
        "lines": st.lists(st.fixed_dictionaries({"line_id": st.just("1"), "quantity": _COUNT}), max_size=2),
        "tracking": st.lists(st.fixed_dictionaries({"carrier_raw": _WORDS, "number": _WORDS}), max_size=2),
    }
)
_ORDER = st.fixed_dictionaries(
    {
        "number": _WORDS,
        "placed_at": _WHEN,
        "updated_at": _WHEN,
        "currency": st.sampled_from(["EUR", {"shop": "USD", "buyer": "JPY"}]),
        "lines": st.lists(_LINE, max_size=3),
        "parcels": st.lists(_PARCEL, max_size=1),
        "tags": st.lists(_WORDS, max_size=3),
    }
)


@given(_ORDER)
def test_a_document_comes_back_as_it_went_in(value: Json) -> None:
    order = neutral_order(value)
    printed = as_json(order)
    again = neutral_order(printed)
    assert as_json(again) == printed
    assert (again.number, again.lines, again.parcels) == (order.number, order.lines, order.parcels)


@given(_ORDER)
def test_what_is_stored_still_knows_what_was_said(value: Json) -> None:
    order = neutral_order(value)
    again = restored(as_stated(order))
    assert again == order
    assert list(said(again)) == list(said(order))


def test_a_delivery_whose_state_nobody_told_is_not_one_of_unknown_state() -> None:
    deliveries = [{"id": "a"}, {"id": "b", "state": "unknown"}]
    again = restored(as_stated(neutral_order({"number": "1", "deliveries": deliveries})))
    assert ["state" in delivery.model_fields_set for delivery in again.deliveries] == [False, True]


def said(part: Part) -> Iterator[frozenset[str]]:
    """Of every part of an order, the members that its source stated."""
    yield frozenset(part.model_fields_set)
    for name in type(part).model_fields:
        value = getattr(part, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Part):
                yield from said(inner)


_NAMES = st.sampled_from([*NeutralOrder.model_fields, "schema", "id", "quantity", "tracking", "shop", "copy"])
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JUNK, max_size=6))
def test_junk_is_a_document_or_named_faults(value: Json) -> None:
    assert outcome({"number": "1", **value}) != ()


def outcome(value: object) -> object:
    """The document's JSON, or what is wrong with it."""
    try:
        return as_json(neutral_order(value))
    except InvalidOrder as refused:
        return refused.faults
