"""What holds of every order, every policy, every platform and every moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings, strategies as st

from portal.editing.answers import CHANGES, OF_LINES, RANK, Action, Answer, Answers, Code, Verdict
from portal.editing.policy.rules import Policy, QuantityRules, Rule, Special, specials_of
from portal.editing.resolver import resolve
from portal.platforms.changes import Can
from portal.platforms.neutral import NeutralOrder
from portal.platforms.units import editable_units
from tests.editing.made_up import ACTIONS, WHENS, abilities, draws, edges, moments, orders, policies

MANY = settings(max_examples=300)
TICK = timedelta(microseconds=1)


def every(answers: Answers) -> dict[tuple[str, Action], Answer]:
    """All answers by line ("" for the order) and action."""
    found = {("", action): answer for action, answer in answers.order.items()}
    return found | {(line, action): answer for line, of in answers.lines.items() for action, answer in of.items()}


@MANY
@given(orders, policies, abilities, moments | edges, st.booleans())
def test_there_is_an_answer_to_everything(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime, open_edit: bool
) -> None:
    answers = resolve(order, policy, can, now, open_edit=open_edit)
    assert set(answers.order) == set(Action)
    assert set(answers.lines) == {line.id for line in order.lines}
    assert all(set(of) == set(OF_LINES) for of in answers.lines.values())
    for answer in every(answers).values():
        assert (answer.until is None) == (answer.then is None)
        assert answer.units >= 0
        if answer.then is not None:
            assert RANK[answer.then] < RANK[answer.verdict]
        if answer.verdict is Verdict.NO:
            assert (answer.until, answer.fee) == (None, None)
        else:
            assert answer.instead is None


@MANY
@given(orders, policies, abilities, moments)
def test_units_that_have_left_are_never_changed(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime
) -> None:
    answers, units = resolve(order, policy, can, now), editable_units(order)
    for line in order.lines:
        for action in (Action.SWAP, Action.QUANTITY, Action.CANCEL_LINE):
            answer = answers.lines[line.id][action]
            left = max(0, line.quantity.current - line.quantity.fulfilled)
            assert answer.units <= (units[line.id] if answer.verdict is Verdict.ALLOWED else left)
        back = answers.lines[line.id][Action.RETURN]
        assert back.verdict is not Verdict.ALLOWED or back.units <= line.quantity.fulfilled
    whole = answers.order[Action.CANCEL_ORDER]
    items = [line for line in order.lines if line.kind not in ("fee", "tip")]
    if whole.verdict is Verdict.ALLOWED:
        assert all(units[line.id] == line.quantity.current for line in items)


@MANY
@given(orders, policies, moments)
def test_nothing_is_allowed_that_the_platform_cannot(order: NeutralOrder, policy: Policy, now: datetime) -> None:
    able, unable = (resolve(order, policy, can, now) for can in (frozenset(Can), frozenset[Can]()))
    for key, answer in every(unable).items():
        assert answer.verdict is not Verdict.ALLOWED or key[1] in (Action.PROBLEM, Action.RETURN)
        assert RANK[answer.verdict] <= RANK[every(able)[key].verdict]
        assert (answer.verdict is Verdict.NO) == (every(able)[key].verdict is Verdict.NO)  # asked for, never absent


@MANY
@given(orders, policies, abilities, moments, st.integers(0, 5 * 86_400 * 10**6))
def test_time_makes_nothing_wider(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime, later: int
) -> None:
    before = every(resolve(order, policy, can, now))
    after = every(resolve(order, policy, can, now + timedelta(microseconds=later)))
    assert all(RANK[after[key].verdict] <= RANK[before[key].verdict] for key in before)


@MANY
@given(orders, policies, abilities, moments)
def test_an_answer_holds_until_its_moment_and_not_at_it(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime
) -> None:
    for key, answer in every(resolve(order, policy, can, now)).items():
        if answer.until is None:
            far = every(resolve(order, policy, can, now + timedelta(days=4000)))[key]
            assert far.verdict is answer.verdict
            continue
        assert now < answer.until
        before, at = (every(resolve(order, policy, can, answer.until - by))[key] for by in (TICK, timedelta(0)))
        assert before.verdict is answer.verdict
        if key[0] == "" and key[1] in OF_LINES:  # summed up
            assert RANK[at.verdict] <= RANK[answer.then or answer.verdict]
        else:
            assert at.verdict is answer.then


def narrower(policy: Policy, draw: Random) -> Policy:
    """A policy that is narrower in one or several ways."""

    def least(verdict: Verdict) -> Verdict:
        return min(verdict, draw.choice(list(Verdict)), key=RANK.__getitem__)

    def rule(old: Rule) -> Rule:
        verdict = least(old.verdict)
        later = min(verdict, old.afterwards if old.window or old.cut_off else old.verdict, key=RANK.__getitem__)
        window = old.window and old.window * draw.choice([1.0, 0.5])
        if window is None and draw.random() < 0.5:
            window, later = timedelta(hours=2), least(later)
        return replace(old, verdict=verdict, window=window, afterwards=later)

    refusal = Special(draw.choice(WHENS), dict.fromkeys(ACTIONS, Rule(Verdict.NO)))
    limits = policy.quantity_limits
    return replace(
        policy,
        rules={action: rule(old) for action, old in policy.rules.items()},
        specials=specials_of([*draw.choice([[], [refusal]]), *policy.specials.listed]),
        quantity_limits=QuantityRules(least(limits.up), limits.down, limits.maximum),
        part_shipped=least(policy.part_shipped),
        preparing=Verdict.NO,
    )


@MANY
@given(orders, policies, abilities, moments, draws)
def test_a_narrower_policy_never_allows_more(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime, draw: Random
) -> None:
    wide = every(resolve(order, policy, can, now))
    narrow = every(resolve(order, narrower(policy, draw), can, now))
    for key, answer in narrow.items():
        assert RANK[answer.verdict] <= RANK[wide[key].verdict], key
        if answer.verdict is wide[key].verdict and wide[key].until and answer.verdict is not Verdict.NO:
            assert answer.until is not None


@MANY
@given(orders, policies, abilities, moments)
def test_while_a_change_is_under_way_no_other_is_allowed(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime
) -> None:
    free = every(resolve(order, policy, can, now))
    for key, answer in every(resolve(order, policy, can, now, open_edit=True)).items():
        if key[1] in CHANGES:
            assert answer.verdict is Verdict.NO
        else:
            assert answer.code is free[key].code


@MANY
@given(orders, policies, abilities, moments)
def test_the_order_can_what_any_of_its_items_can(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime
) -> None:
    answers = resolve(order, policy, can, now)
    items = [
        answers.lines[line.id] for line in order.lines if line.kind not in ("fee", "tip") and line.quantity.current
    ]
    for action in OF_LINES:
        whole = answers.order[action]
        widest = max((RANK[of[action].verdict] for of in items), default=0)
        assert RANK[whole.verdict] == widest
        if whole.verdict is not Verdict.NO:
            assert whole.units == sum(of[action].units for of in items if of[action].verdict is whole.verdict)


@given(orders, policies, abilities, moments)
def test_every_code_is_one_of_the_closed_list(
    order: NeutralOrder, policy: Policy, can: frozenset[Can], now: datetime
) -> None:
    assert {answer.code for answer in every(resolve(order, policy, can, now)).values()} <= set(Code)
