"""What a browser says it has and takes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from portal.kit.negotiate import accepts, known

TAKEN = [
    ("gzip", True),
    ("gzip, deflate, br", True),
    ("br;q=1.0, GZIP;q=0.2", True),
    ("*", True),
    ("gzip;q=0", False),
    ("gzip; q=0.000", False),
    ("gzip;q=0.001", True),
    ("*;q=0", False),
    ("gzip;q=0, *", False),
    ("identity", False),
    ("x-gzip", False),
    ("", False),
]


@pytest.mark.parametrize(("header", "taken"), TAKEN)
def test_codings(header: str, taken: bool) -> None:
    assert accepts("gzip", header) is taken


TAGS = [
    ('"a"', True),
    ('W/"a"', True),
    ('"b", "a"', True),
    ('W/"b" , W/"a"', True),
    ("*", True),
    ('"b"', False),
    ("a", False),
    ('"a', False),
    ("", False),
]


@pytest.mark.parametrize(("header", "has"), TAGS)
def test_tags(header: str, has: bool) -> None:
    assert known('"a"', header) is has


@given(st.text(max_size=40))
def test_junk_is_no_failure(header: str) -> None:
    assert accepts("gzip", header) in (True, False)
    if known('"a"', header):
        assert '"a"' in header or "*" in header
