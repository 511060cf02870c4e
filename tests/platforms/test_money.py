"""Money: exact from text, refused when it cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from portal.platforms.neutral.money import LARGEST, MoneyError, exponent, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("25.00", "EUR", 2500),
        ("25", "EUR", 2500),
        ("0.1", "usd", 10),
        ("-3.50", "EUR", -350),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("0.0001", "CLF", 1),
        (Decimal("19.99"), "EUR", 1999),
        (19.99, "EUR", 1999),
        (7, "KWD", 7000),
        ("92233720368547758.07", "EUR", LARGEST),
    ],
)
def test_amounts_are_exact(amount: str | Decimal | float, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize(("amount", "minor"), [("0.005", 1), ("-0.005", -1), ("0.0049999", 0), ("1.005", 101)])
def test_text_with_more_digits_is_rounded_half_away_from_zero(amount: str, minor: int) -> None:
    assert to_minor(amount, "EUR") == minor


@pytest.mark.parametrize("amount", [0.1 + 0.2, 19.999, 1e-7])
def test_a_float_with_more_digits_is_refused(amount: float) -> None:
    with pytest.raises(MoneyError, match="more decimal digits than EUR has"):
        to_minor(amount, "EUR")


@pytest.mark.parametrize(
    "amount",
    ["", "abc", "1,00", "1e5", "٣", "NaN", "--1", "1.", "9" * 41, "1" * 25, float("nan"), float("inf"), True, None],
)
def test_what_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(MoneyError):
        to_minor(amount, "EUR")  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("code", ["", "EURO", "€", "E1R"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(MoneyError, match="not a currency code"):
        to_minor("1", code)


def test_huge_exponents_cost_nothing() -> None:
    with pytest.raises(MoneyError):
        to_minor(Decimal("1E+999999999"), "EUR")


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["EUR", "JPY", "KWD", "CLF", "XOF", "TND", "ISK", "USD"]))
def test_every_amount_is_read_back_from_its_digits(minor: int, currency: str) -> None:
    digits = exponent(currency)
    whole, fraction = divmod(abs(minor), 10**digits)
    text = f"{'-' if minor < 0 else ''}{whole}" + (f".{fraction:0{digits}}" if digits else "")
    assert to_minor(text, currency) == minor


@given(st.text(max_size=20))
def test_junk_is_an_amount_or_a_money_error(junk: str) -> None:
    assert isinstance(outcome(junk), int | MoneyError)


def outcome(text: str) -> object:
    """The amount, or why it is none."""
    try:
        return to_minor(text, "EUR")
    except MoneyError as refused:
        return refused
