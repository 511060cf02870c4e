"""Picking values out of what a carrier sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from carriers.core.countries import alpha2
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.reading import number, objects, read_json, text


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" a\u00a0b\n", "a b"),
        ("", None),
        ("  ", None),
        (7777777770, "7777777770"),
        (7777777770.0, "7777777770"),
        (1.5, "1.5"),
        (True, None),
        (None, None),
        ([], None),
        ("nul\x00l", "nul l"),
        ("\ud83d", "?"),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_texts(value: object, read: str | None) -> None:
    assert text(value) == read


@given(st.text() | st.integers() | st.floats())
def test_a_text_can_be_stored_and_shown(value: object) -> None:
    found = text(value)
    assert found is None or (found.isprintable() and found == found.strip() and found.encode())


@pytest.mark.parametrize(
    ("value", "read"), [("011", 11), (11, 11), ("11a", None), ("-1", None), ("٣", None), ("9" * 30, None)]
)
def test_numbers(value: object, read: int | None) -> None:
    assert number(value) == read


def test_a_lone_object_counts_as_an_array_of_one() -> None:
    assert objects({"a": 1}) == [{"a": 1}]
    assert objects([{"a": 1}, "b", None]) == [{"a": 1}]
    assert objects("ab") == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"NaN", b"[Infinity]", b"3", b'"x"', b"null", b"[1,]", b"9" * 9000])
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(CarrierError) as failure:
        read_json(body)
    assert failure.value.kind is ErrorKind.SERVER


@pytest.mark.parametrize(("levels", "readable"), [(39, True), (60, False), (100_000, False)])
def test_how_deep_an_answer_may_be(levels: int, readable: bool) -> None:
    body = b'{"a":' * levels + b"1" + b"}" * levels
    if readable:
        assert isinstance(read_json(body), dict)
    else:
        with pytest.raises(CarrierError):
            read_json(body)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    data: Any = {"é": 1}
    assert read_json(b"\xef\xbb\xbf" + json.dumps(data).encode()) == data


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("fr", "FR"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("United  Kingdom", "GB"),
        ("UK", "GB"),
        ("GROSSBRITANNIEN", "GB"),
        ("Deutschland", "DE"),
        ("ARE", "AE"),
        ("Viet Nam", "VN"),
        ("EN", None),
        ("XX", None),
        ("F1", None),
        ("Narnia", None),
        (None, None),
    ],
)
def test_countries(value: str | None, code: str | None) -> None:
    assert alpha2(value) == code
