"""One wish in particular: a variant, a number of units, an address, units to give up or to send back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.editing.answers import Action, AddressLimits, Answer, SwapLimits, Verdict
from portal.editing.policy.rules import Fee, Policy, QuantityRules, Rule, When
from portal.editing.wishes import action_of, decide, decide_return
from portal.platforms.changes import (
    Can,
    CancelOrder,
    CancelUnits,
    Change,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral import Amount, NeutralOrder
from portal.platforms.neutral.parts import Address
from tests.editing.samples import ALL, HOUR, PLACED, line, order, policy, sent, special, with_specials

NO, ASK, ALLOWED = Verdict.NO, Verdict.ASK, Verdict.ALLOWED
TEN_PERCENT = Fee(hundredths=1000)


def wish(change: Change, rules: Policy | None = None, document: NeutralOrder | None = None, **more: Any) -> Answer:
    now = PLACED + more.pop("after", timedelta(minutes=10))
    return decide(document or order(), change, rules or policy(), more.pop("can", ALL), now, **more)


def said(answer: Answer) -> str:
    return f"{answer.verdict}:{answer.code}"


def variant(variant_id: str = "b-l", price: int = 4000, size: str = "L", colour: str = "Sage", **more: Any) -> Variant:
    options = (("Size", size), ("Colour", colour))
    return Variant(variant_id, f"{size} / {colour}", options, Amount(shop=price), **more)


SIZES = policy(swap_limits=SwapLimits(frozenset({"size"}), ALLOWED, ALLOWED))
SAME_PRICE = policy(swap_limits=SwapLimits(None, NO, ASK))


@pytest.mark.parametrize(
    ("rules", "units", "wanted", "expected"),
    [
        (policy(), 2, variant(), "allowed:allowed"),
        (policy(), 3, variant(), "no:too_many"),
        (policy(), 0, variant(), "no:too_many"),
        (policy(), 1, None, "no:unavailable"),
        (policy(), 2, variant(available=1), "no:unavailable"),
        (policy(), 2, variant(available=2), "allowed:allowed"),
        (policy(), 1, variant("b-m"), "no:nothing_new"),
        (SIZES, 1, variant(), "allowed:allowed"),
        (SIZES, 1, variant(colour="Rust"), "no:option_fixed"),
        (SAME_PRICE, 1, variant(), "allowed:allowed"),
        (SAME_PRICE, 1, variant(price=4001), "no:dearer"),
        (SAME_PRICE, 1, variant(price=3999), "ask:cheaper"),
        (policy(swap=Rule(ASK)), 1, variant(price=4001), "ask:policy"),
        (policy(swap=Rule(NO)), 1, variant(), "no:policy"),
    ],
)
def test_a_swap_is_measured_against_the_limits(
    rules: Policy, units: int, wanted: Variant | None, expected: str
) -> None:
    answer = wish(SwapVariant("b", wanted.id if wanted else "b-l", units), rules, variant=wanted)
    assert said(answer) == expected


def test_a_swap_whose_price_is_not_known_is_for_the_shop_to_see() -> None:
    unknown = order(line("b", price={}))
    assert said(wish(SwapVariant("b", "b-l", 1), SAME_PRICE, unknown, variant=variant())) == "ask:price_unknown"
    assert said(wish(SwapVariant("b", "b-l", 1), policy(), unknown, variant=variant())) == "allowed:allowed"


def test_options_without_names_are_told_by_their_values() -> None:
    nameless = order(line("b", options=[{"value": "M"}, {"value": "Sage"}]))
    assert said(wish(SwapVariant("b", "b-l", 1), SIZES, nameless, variant=variant())) == "allowed:allowed"
    assert said(wish(SwapVariant("b", "b-l", 1), SIZES, nameless, variant=variant(colour="Rust"))) == "no:option_fixed"


@pytest.mark.parametrize(
    ("rules", "wanted", "expected"),
    [
        (QuantityRules(ALLOWED, ALLOWED, 4), 1, "allowed:allowed"),
        (QuantityRules(ALLOWED, ALLOWED, 4), 4, "allowed:allowed"),
        (QuantityRules(ALLOWED, ALLOWED, 4), 5, "no:too_many"),
        (QuantityRules(ALLOWED, ALLOWED, 4), 2, "no:nothing_new"),
        (QuantityRules(ALLOWED, ALLOWED, 4), 0, "no:single"),
        (QuantityRules(ASK, ALLOWED, 4), 3, "ask:more"),
        (QuantityRules(ASK, ALLOWED, 4), 1, "allowed:allowed"),
        (QuantityRules(NO, ALLOWED, 4), 3, "no:more"),
        (QuantityRules(ALLOWED, NO, 4), 1, "no:fewer"),
        (QuantityRules(ALLOWED, ASK, 4), 1, "ask:fewer"),
    ],
)
def test_a_quantity_is_measured_against_the_limits(rules: QuantityRules, wanted: int, expected: str) -> None:
    assert said(wish(SetQuantity("b", wanted), policy(quantity_limits=rules))) == expected


def test_more_units_cost_no_fee_and_fewer_do() -> None:
    rules = policy(quantity=Rule(ALLOWED, fee=TEN_PERCENT))
    assert wish(SetQuantity("b", 3), rules).fee is None
    assert wish(SetQuantity("b", 1), rules).fee == Amount(shop=400, buyer=400)
    without = ALL - {Can.FEE}
    assert said(wish(SetQuantity("b", 3), rules, can=without)) == "allowed:allowed"
    assert said(wish(SetQuantity("b", 1), rules, can=without)) == "ask:fee_by_shop"


@pytest.mark.parametrize(
    ("units", "expected", "fee"),
    [
        ((("b", 1),), "allowed:allowed", 400),
        ((("b", 2),), "allowed:allowed", 800),
        ((("b", 1), ("b", 1)), "allowed:allowed", 800),
        ((("a", 1), ("b", 1)), "allowed:allowed", 800),
        ((("b", 3),), "no:too_many", None),
        ((("a", 1), ("b", 2)), "no:whole_order", None),
        ((("x", 1),), "no:not_there", None),
        ((), "no:nothing_new", None),
        ((("b", 0),), "no:nothing_new", None),
    ],
)
def test_units_are_cancelled_together(units: tuple[tuple[str, int], ...], expected: str, fee: int | None) -> None:
    answer = wish(CancelUnits(units), policy(cancel_line=Rule(ALLOWED, fee=TEN_PERCENT)))
    assert said(answer) == expected
    assert (answer.fee.shop if answer.fee else None) == fee


def test_units_that_are_left_of_an_order_may_all_be_cancelled() -> None:
    document = order(parcels=[sent(("a", 1))])
    assert said(wish(CancelUnits((("b", 2),)), document=document)) == "allowed:allowed"
    assert said(wish(CancelUnits((("a", 1),)), document=document)) == "no:shipped"
    assert said(wish(CancelUnits((("a", 1), ("b", 1))), document=document)) == "no:shipped"


def test_units_together_are_as_far_from_free_as_the_strictest_of_them() -> None:
    engraved = line("a", flags={"personalised": True})
    rules = with_specials(special(When(item=(frozenset({"flag:personalised"}),)), ASK, name="engraved"))
    document = order(engraved, line("b", 2))
    assert said(wish(CancelUnits((("b", 1),)), rules, document)) == "allowed:allowed"
    together = wish(CancelUnits((("a", 1), ("b", 1))), rules, document)
    assert (said(together), together.rule) == ("ask:exception", "engraved")


HOME = {"line1": "4 quai des Tanneurs", "postcode": "69005", "city": "Lyon", "country": "FR"}


@pytest.mark.parametrize(
    ("limits", "changes", "expected"),
    [
        (AddressLimits(ASK, NO), {"line1": "5 quai des Tanneurs"}, "allowed:allowed"),
        (AddressLimits(ASK, NO), {"postcode": "69 005", "city": "LYON"}, "allowed:allowed"),
        (AddressLimits(ASK, NO), {"postcode": "75011", "city": "Paris"}, "no:other_region"),
        (AddressLimits(ASK, ASK), {"postcode": "75011", "city": "Paris"}, "ask:other_region"),
        (AddressLimits(ASK, ALLOWED), {"postcode": "75011", "city": "Paris"}, "allowed:allowed"),
        (AddressLimits(ASK, ALLOWED), {"country": "BE"}, "ask:other_country"),
        (AddressLimits(NO, ALLOWED), {"country": "BE"}, "no:other_country"),
        (AddressLimits(NO, ALLOWED), {}, "no:nothing_new"),
    ],
)
def test_an_address_is_measured_on_the_map(limits: AddressLimits, changes: dict[str, str], expected: str) -> None:
    change = SetAddress(Address.model_validate({**HOME, **changes}))
    assert said(wish(change, policy(address_limits=limits))) == expected


def test_regions_are_compared_where_both_addresses_name_one() -> None:
    rules = policy(address_limits=AddressLimits(NO, NO))
    california = {"line1": "1 Main St", "postcode": "94016", "city": "Daly City", "region": "CA", "country": "US"}
    document = order(address={"shipping": california})
    near, far = ({**california, "postcode": "90001", "region": region} for region in ("ca", "NV"))
    assert said(wish(SetAddress(Address.model_validate(near)), rules, document)) == "allowed:allowed"
    assert said(wish(SetAddress(Address.model_validate(far)), rules, document)) == "no:other_region"


def test_the_same_instructions_are_nothing_new() -> None:
    document = order(deliveries=[{"method": "shipping", "instructions": "Second bell"}])
    assert said(wish(SetInstructions("Second bell"), document=document)) == "no:nothing_new"
    assert said(wish(SetInstructions(None), document=document)) == "allowed:allowed"


def test_what_is_sent_back_is_decided_together() -> None:
    rules = policy(**{"return": Rule(ALLOWED, window=14 * 24 * HOUR, since="arrival", fee=TEN_PERCENT)})
    document = order(parcels=[sent(("a", 1), ("b", 1))])
    now = PLACED + 2 * HOUR
    answer = decide_return(document, (("a", 1), ("b", 1)), rules, ALL, now)
    assert (said(answer), answer.fee) == ("allowed:return_request", Amount(shop=800, buyer=800))
    assert said(decide_return(document, (("b", 2),), rules, ALL, now)) == "no:too_many"
    assert said(decide_return(document, (("b", 1),), rules, ALL - {Can.RETURN}, now)) == "ask:platform"


def test_a_wish_comes_too_late_at_the_deadline_itself() -> None:
    last = HOUR - timedelta(microseconds=1)
    wishes: list[Change] = [
        SetQuantity("b", 1),
        CancelUnits((("b", 1),)),
        SetInstructions("Ring"),
        SetAddress(Address.model_validate({**HOME, "line1": "5 quai des Tanneurs"})),
        CancelOrder(),
    ]
    for change in wishes:
        assert said(wish(change, after=last)) == "allowed:allowed", change
        assert said(wish(change, after=HOUR)) == "ask:window_over", change
        assert said(wish(change, open_edit=True)) == "no:edit_open", change


def test_each_change_is_what_a_customer_may_want() -> None:
    assert action_of(CancelOrder()) is Action.CANCEL_ORDER
    assert action_of(SwapVariant("a", "b", 1)) is Action.SWAP
    assert said(wish(CancelOrder())) == "allowed:allowed"
