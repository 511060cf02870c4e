"""What a policy's rules say of a line and of a moment, without a look at what has happened to the order. Pure.

Answers only get narrower as time passes: a rule's verdict holds until its end, then the one for afterwards, which is
never wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from portal.editing.answers import ALLOWED, ASK, NO, NO_WORDS, RANK, Action, Code, Verdict, narrower
from portal.editing.facts import LineFacts, OrderFacts
from portal.editing.policy.deadlines import deadline, next_cut_off
from portal.editing.policy.rules import CutOff, Policy, Rule, Tokens, When

_NONE: Final[Tokens] = frozenset()
_NOWHERE: Final[tuple[int, ...]] = ()


class Decision(NamedTuple):
    """What a rule comes to at a moment. `until`, `then` and `over` as in `Answer`."""

    verdict: Verdict
    code: Code
    until: datetime | None
    then: Verdict | None
    rule: Rule
    text: Mapping[str, str]
    over: datetime | None = None


class Deciding:
    """A policy about one order at one moment; what a rule comes to is worked out once."""

    __slots__ = ("_anywhere", "_cut_offs", "_facts", "_known", "_now", "_own", "_since", "_specials", "_with")

    def __init__(self, policy: Policy, facts: OrderFacts, now: datetime) -> None:
        self._specials, self._facts, self._now = policy.specials, facts, now
        self._since = {"placing": facts.placed_at, "shipping": facts.shipped_at, "arrival": facts.arrived_at}
        self._cut_offs: dict[tuple[int, datetime], datetime] = {}
        self._known: dict[int, Decision] = {}
        self._with: dict[tuple[int, ...], Mapping[Action, Decision]] = {}
        self._own = {action: self._decide(rule) for action, rule in policy.rules.items()}
        places = (*policy.specials.anywhere, *self._places(facts.tokens))
        self._anywhere = frozenset([place for place in places if self._fits_order(place)])

    def decisions(self, line: LineFacts | None) -> Mapping[Action, Decision]:
        """By action, what the first of the exceptions that fit the line and speak of it says, else the action's own
        rule: of lines that the same exceptions fit, the very same. Without a line, exceptions about the whole order."""
        places = self._places(line.tokens) if line else _NOWHERE
        if not places and not self._anywhere:
            return self._own
        fitting = tuple([place for place in sorted({*places, *self._anywhere}) if self._fits(place, line)])
        if not fitting:
            return self._own
        found = self._with.get(fitting)
        if found is None:
            found = self._with[fitting] = self._combined(fitting)
        return found

    def since(self, rule: Rule) -> datetime | None:
        """From when the rule's times count."""
        return self._since[rule.since]

    def _combined(self, places: Sequence[int]) -> Mapping[Action, Decision]:
        found = dict(self._own)
        for place in reversed(places):
            for action, rule in self._specials.listed[place].rules.items():
                found[action] = self._decide_once(rule)
        return found

    def _places(self, tokens: Tokens) -> Iterable[int]:
        found = tokens & self._specials.tokens
        return {place for token in found for place in self._specials.by_token[token]} if found else _NOWHERE

    def _fits(self, place: int, line: LineFacts | None) -> bool:
        if place in self._specials.plain:
            return True  # it was found by what it is for
        fits = place in self._anywhere or self._fits_order(place)
        return fits and fits_line(self._specials.listed[place].when, self._facts.tokens, line)

    def _fits_order(self, place: int) -> bool:
        return fits_order(self._specials.listed[place].when, self._facts)

    def _decide_once(self, rule: Rule) -> Decision:
        found = self._known.get(id(rule))
        if found is None:
            found = self._known[id(rule)] = self._decide(rule)
        return found

    def _decide(self, rule: Rule) -> Decision:
        since = self._since[rule.since]
        return decision(rule, None if since is None else deadline(rule, since, self._next), self._now)

    def _next(self, cut_off: CutOff, since: datetime) -> datetime:
        """Rules with the same cut-off end together."""
        key = (id(cut_off), since)
        found = self._cut_offs.get(key)
        if found is None:
            found = self._cut_offs[key] = next_cut_off(cut_off, since)
        return found


def decision(rule: Rule, end: datetime | None, now: datetime) -> Decision:
    """What the rule comes to. `end`: when its time is over; None when it has no limit, when it is not known from when
    on it counts, or when it does not count yet."""
    verdict = rule.verdict
    code = Code.ALLOWED if verdict is ALLOWED else rule.code
    if end is None:
        unlimited = (rule.window is None and rule.cut_off is None) or verdict is rule.afterwards
        if unlimited or rule.since != "placing":  # the others begin once something has left or arrived
            return Decision(verdict, code, None, None, rule, rule.text)
        return Decision(narrower(verdict, ASK), Code.TIME_UNKNOWN, None, None, rule, NO_WORDS)
    if verdict is rule.afterwards:
        return Decision(verdict, code, None, None, rule, rule.text)
    if now < end:
        over = end if rule.afterwards is NO else None
        return Decision(verdict, code, end, rule.afterwards, rule, rule.text, over)
    why = Code.WINDOW_OVER if rule.since == "placing" else Code.RETURN_OVER
    return Decision(rule.afterwards, why, None, None, rule, rule.text_afterwards)


def strictest(decisions: list[Decision]) -> Decision:
    """What holds of all together: the narrowest verdict, until any of them becomes narrower than it; over as soon as
    any of them is."""
    if all(one is decisions[0] for one in decisions):
        return decisions[0]
    least = min(decisions, key=lambda one: RANK[one.verdict])
    ends = [one for one in decisions if one.until and one.then and RANK[one.then] < RANK[least.verdict]]
    if not ends:
        return least._replace(until=None, then=None, over=None)
    first = min(ends, key=lambda one: (one.until, RANK[one.then or NO]))
    over = min([one.over for one in ends if one.over], default=None)
    return least._replace(until=first.until, then=first.then, over=over)


def fits_order(when: When, facts: OrderFacts) -> bool:
    """Whether all that an exception says of orders is so of this one."""
    if when.placed_from is not None and (facts.placed_at is None or facts.placed_at < when.placed_from):
        return False
    if when.placed_until is not None and (facts.placed_at is None or facts.placed_at >= when.placed_until):
        return False
    return all(not wanted.isdisjoint(facts.tokens) for wanted in when.order)


def fits_line(when: When, of_order: Tokens, line: LineFacts | None) -> bool:
    """Whether all that it says of items is so of this one; without one, only what the order itself can be is."""
    own = line.tokens if line else _NONE
    return (
        all(not wanted.isdisjoint(own) for wanted in when.item)
        and all(not wanted.isdisjoint(own) or not wanted.isdisjoint(of_order) for wanted in when.any)
        and (when.skus is None or (line is not None and when.skus.fullmatch(line.sku) is not None))
    )
