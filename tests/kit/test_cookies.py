"""Cookies: given in one form, read back as given, and never under another name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.kit import cookies


def scope(*lines: str, secure: bool = True) -> dict[str, Any]:
    """A request with these Cookie headers."""
    return {cookies.SECURE: secure, "headers": [(b"cookie", line.encode("latin-1")) for line in lines]}


VALUES = st.from_regex(r"[A-Za-z0-9_.~-]{1,60}", fullmatch=True)
NOISE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)


@given(value=VALUES, secure=st.booleans())
def test_what_was_given_is_read_back(value: str, secure: bool) -> None:
    pair = cookies.given("jalon", value, secure=secure, max_age=60).partition(";")[0]
    assert cookies.value(scope(f"a=b; {pair}; c=d", secure=secure)) == value
    assert cookies.value(scope("a=b", pair, secure=secure)) == value


@given(lines=st.lists(NOISE, max_size=4))
def test_any_header_can_be_read(lines: list[str]) -> None:
    found = cookies.value(scope(*lines))
    assert found is None or any(found in line for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "jalon=abc",
        "__Secure-jalon=abc",
        "x__Host-jalon=abc",
        "__Host-jalon2=abc",
        '__Host-jalon="abc"',
        "__Host-jalon=",
    ],
)
def test_other_names_and_values_are_nothing(line: str) -> None:
    assert cookies.value(scope(line)) is None


def test_on_plain_http_the_bare_name_counts() -> None:
    assert cookies.value(scope("jalon=abc", secure=False)) == "abc"
    assert (
        cookies.given("jalon", "abc", secure=False, max_age=1) == "jalon=abc; Max-Age=1; Path=/; HttpOnly; SameSite=Lax"
    )


@pytest.mark.parametrize("value", ["a;b", "a\r\nSet-Cookie: x=y", "a b", "é", '"'])
def test_a_value_that_could_be_more_than_a_value_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        cookies.given("jalon", value, secure=True, max_age=1)
