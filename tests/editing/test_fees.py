"""What is kept back: exact in each currency, once a change, never more than the items cost."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.editing.answers import Action, Answer, Code, Verdict
from portal.editing.policy.rules import Fee, Rule
from portal.platforms.changes import Can
from portal.platforms.neutral import Amount
from tests.editing.samples import ALL, HOUR, PLACED, ask, line, order, policy

ALLOWED = Verdict.ALLOWED
TWICE = {"shop": "EUR", "buyer": "USD"}


def cancelling(
    fee: Fee, *lines: dict[str, Any], after: timedelta = HOUR, can: frozenset[Can] = ALL, **changes: Any
) -> Answer:
    rules = policy(cancel_order=Rule(ALLOWED, fee=fee), cancel_line=Rule(ALLOWED, fee=fee))
    return ask(order(*lines, **changes), rules, after, can=can).order[Action.CANCEL_ORDER]


@pytest.mark.parametrize(
    ("fee", "kept"),
    [
        (Fee(hundredths=1000), 1200),
        (Fee(hundredths=1250), 1500),
        (Fee(flat={"EUR": 500}), 500),
        (Fee(hundredths=1000, flat={"EUR": 500}), 1700),
        (Fee(flat={"EUR": 99_000}), 12_000),
        (Fee(hundredths=10_000, flat={"EUR": 500}), 12_000),
        (Fee(hundredths=1), 1),
    ],
)
def test_a_share_and_an_amount_add_up_to_no_more_than_the_price(fee: Fee, kept: int) -> None:
    assert cancelling(fee).fee == Amount(shop=kept, buyer=kept)


def test_nothing_is_kept_back_while_it_is_free() -> None:
    fee = Fee(hundredths=1000, free_for=HOUR)
    before, at = (cancelling(fee, after=HOUR - by) for by in (timedelta(microseconds=1), timedelta(0)))
    assert (before.fee, before.free_until) == (None, PLACED + HOUR)
    assert (at.fee, at.free_until) == (Amount(shop=1200, buyer=1200), None)


def test_a_platform_without_fees_lets_the_shop_do_it_once_there_is_one() -> None:
    fee, without = Fee(hundredths=1000, free_for=HOUR), ALL - {Can.FEE}
    before = cancelling(fee, after=timedelta(0), can=without)
    assert (before.verdict, before.until, before.then) == (ALLOWED, PLACED + HOUR, Verdict.ASK)
    at = cancelling(fee, after=HOUR, can=without)
    assert (at.verdict, at.code) == (Verdict.ASK, Code.FEE_BY_SHOP)


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ("paid", "allowed:allowed"),
        ("partially_refunded", "allowed:allowed"),
        ("authorized", "ask:fee_by_shop"),
        ("partially_paid", "ask:fee_by_shop"),
    ],
)
def test_a_fee_is_kept_back_of_what_was_paid(payment: str, said: str) -> None:
    answer = cancelling(Fee(hundredths=1000), state={"payment": payment})
    assert f"{answer.verdict}:{answer.code}" == said
    assert answer.fee == Amount(shop=1200, buyer=1200)


def test_of_an_order_that_is_not_paid_nothing_is_kept_back() -> None:
    answer = cancelling(Fee(hundredths=1000), state={"payment": "pending"})
    assert (answer.verdict, answer.fee) == (ALLOWED, None)


def test_each_currency_has_its_own_fee() -> None:
    prices = {"unit": {"shop": 4000, "buyer": 4400}, "total_after_discounts": {"shop": 4000, "buyer": 4400}}
    dollars = line("a", price=prices)
    both = cancelling(Fee(1000, {"EUR": 500, "USD": 600}), dollars, currency=TWICE)
    assert both.fee == Amount(shop=900, buyer=1040)
    one = cancelling(Fee(0, {"EUR": 500}), dollars, currency=TWICE)
    assert one.fee == Amount(shop=500)


def test_a_fee_in_a_currency_that_the_policy_does_not_name_is_for_the_shop_to_say() -> None:
    answer = cancelling(Fee(flat={"EUR": 500}), currency="JPY")
    assert (answer.verdict, answer.code, answer.fee) == (Verdict.ASK, Code.FEE_UNKNOWN, None)
    unpriced = cancelling(Fee(hundredths=1000), line("a", price={}))
    assert unpriced.code is Code.FEE_UNKNOWN


@given(st.integers(0, 10**7), st.integers(1, 9), st.integers(0, 10_000), st.integers(0, 10**5))
def test_fees_are_exact_whole_minor_units(price: int, units: int, hundredths: int, flat: int) -> None:
    total = {"total_after_discounts": {"shop": price}}
    answer = cancelling(Fee(hundredths, {"JPY": flat}), line("a", units, price=total), currency="JPY")
    exact = Fraction(price * hundredths, 10_000)
    expected = min(floor(exact + Fraction(1, 2)) + flat, price)
    assert (answer.fee.shop if answer.fee else 0) == expected


@given(st.integers(0, 10**7), st.integers(1, 9), st.integers(0, 10_000))
def test_a_part_never_costs_more_than_the_whole(price: int, units: int, hundredths: int) -> None:
    rules = policy(cancel_line=Rule(ALLOWED, fee=Fee(hundredths)))
    total = {"total_after_discounts": {"shop": price}}
    document = order(line("a", units, price=total), line("b"))
    whole = ask(document, rules).lines["a"][Action.CANCEL_LINE]
    assert 0 <= ((whole.fee.shop if whole.fee else 0) or 0) <= price
