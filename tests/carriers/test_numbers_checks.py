"""Check digits: published examples, and what each rule promises to find."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import assume, given, settings, strategies as st

from carriers.core.numbers.checks import (
    Check,
    doubled,
    fedex,
    gls,
    gs1,
    gs1_behind_91,
    identcode,
    luhn,
    mod7,
    mod_37_36,
    odd_weights,
    s10,
)

DIGITS = "0123456789"
BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

FEW = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize(
    ("check", "body", "key"),
    [
        (gs1, "629104150021", "3"),
        (gs1, "37610425002123456", "9"),
        (luhn, "7992739871", "3"),
        (s10, "47312482", "9"),
        (identcode, "56310243031", "3"),
        (identcode, "21802580906", "6"),
        (mod_37_36, "A12425GABC1234002", "M"),
        (doubled, "999AA1012345678", "4"),
        (mod7, "102030405", "1"),
        (fedex, "77001122334", "1"),
        (gls, "12345678901", "1"),
    ],
)
def test_published_and_worked_examples(check: Check, body: str, key: str) -> None:
    assert check(body) == key


@pytest.mark.parametrize(
    ("check", "alphabet", "length"),
    [
        (gs1, DIGITS, 21),
        (gs1_behind_91, DIGITS, 19),
        (gls, DIGITS, 11),
        (luhn, DIGITS, 11),
        (mod_37_36, BASE_36, 14),
        (odd_weights, BASE_32, 15),
    ],
)
def test_every_wrong_character_is_found(check: Check, alphabet: str, length: int) -> None:
    @FEW
    @given(st.text(alphabet, min_size=length, max_size=length), st.integers(0, length - 1), st.sampled_from(alphabet))
    def changed(body: str, place: int, character: str) -> None:
        assume(body[place] != character)
        assert check(body) != check(_with(body, place, character))

    changed()


@FEW
@given(st.text(DIGITS, min_size=15, max_size=15), st.integers(0, 14), st.sampled_from(DIGITS))
def test_doubling_misses_only_a_difference_of_five(body: str, place: int, digit: str) -> None:
    apart = abs(int(body[place]) - int(digit))
    missed = apart == 0 or (place % 2 == 1 and apart == 5)
    assert (doubled(body) == doubled(_with(body, place, digit))) is missed


@FEW
@given(st.text(DIGITS, min_size=11, max_size=11), st.integers(0, 10), st.sampled_from(DIGITS))
def test_identcodes_miss_only_a_difference_of_five(body: str, place: int, digit: str) -> None:
    apart = abs(int(body[place]) - int(digit))
    missed = apart == 0 or (place % 2 == 0 and apart == 5)
    assert (identcode(body) == identcode(_with(body, place, digit))) is missed


@FEW
@given(st.text(DIGITS, min_size=9, max_size=10), st.integers(0, 8), st.sampled_from(DIGITS))
def test_seven_misses_only_a_difference_of_seven(body: str, place: int, digit: str) -> None:
    missed = abs(int(body[place]) - int(digit)) in (0, 7)
    assert (mod7(body) == mod7(_with(body, place, digit))) is missed


@pytest.mark.parametrize(("check", "length", "doubtful"), [(s10, 8, "5"), (fedex, 11, "0"), (fedex, 13, "0")])
def test_eleven_misses_only_the_two_remainders_with_one_digit(check: Check, length: int, doubtful: str) -> None:
    @FEW
    @given(st.text(DIGITS, min_size=length, max_size=length), st.integers(0, length - 1), st.sampled_from(DIGITS))
    def changed(body: str, place: int, digit: str) -> None:
        assume(body[place] != digit and check(body) != doubtful)
        assert check(body) != check(_with(body, place, digit))

    changed()


def test_of_swapped_neighbours_one_pair_is_missed() -> None:
    missed = [pair for pair in combinations(BASE_36, 2) if mod_37_36("".join(pair)) == mod_37_36("".join(pair[::-1]))]
    assert len(missed) == 1


def _with(body: str, place: int, character: str) -> str:
    return f"{body[:place]}{character}{body[place + 1 :]}"
