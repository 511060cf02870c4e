"""What a policy's rules say of a line and of a moment, without a look at what has happened to the order. Pure.

Answers only get narrower as time passes: a rule's verdict holds until its end, then the one for afterwards, which is
never wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from portal.editing.answers import NO_WORDS, RANK, Action, Code, Verdict, narrower
from portal.editing.facts import LineFacts, OrderFacts
from portal.editing.policy.deadlines import deadline
from portal.editing.policy.rules import Policy, Rule, Special, Tokens, When

_NONE: Final[Tokens] = frozenset()
_NOWHERE: Final[tuple[int, ...]] = ()


class Decision(NamedTuple):
    """What a rule comes to at a moment. `until` and `then` as in `Answer`."""

    verdict: Verdict
    code: Code
    until: datetime | None
    then: Verdict | None
    rule: Rule
    text: Mapping[str, str]


class Deciding:
    """A policy about one order at one moment; what a rule comes to is worked out once."""

    __slots__ = ("_anywhere", "_facts", "_known", "_now", "_own", "_rules", "_since", "_specials", "_with")

    def __init__(self, policy: Policy, facts: OrderFacts, now: datetime) -> None:
        self._rules, self._specials = policy.rules, policy.specials
        self._facts, self._now = facts, now
        self._since = {"placing": facts.placed_at, "shipping": facts.shipped_at, "arrival": facts.arrived_at}
        self._anywhere = {*policy.specials.anywhere, *self._places(facts.tokens)}
        self._known: dict[int, Decision] = {}
        self._with: dict[tuple[int, ...], Mapping[Action, Decision]] = {}
        self._own: Mapping[Action, Decision] = {action: self._decision(rule) for action, rule in policy.rules.items()}

    def decisions(self, line: LineFacts | None) -> Mapping[Action, Decision]:
        """By action, what the first of the exceptions that fit the line and speak of it says, else the action's own
        rule: of lines that the same exceptions fit, the very same. Without a line, exceptions about the whole order."""
        places = self._places(line.tokens) if line else _NOWHERE
        if not places and not self._anywhere:
            return self._own
        listed = self._specials.listed
        fitting = tuple(
            place for place in sorted({*places, *self._anywhere}) if _fits(listed[place].when, self._facts, line)
        )
        found = self._with.get(fitting)
        if found is None:
            found = self._with[fitting] = self._combined([listed[place] for place in fitting])
        return found

    def _combined(self, specials: Sequence[Special]) -> Mapping[Action, Decision]:
        rules: dict[Action, Rule] = {}
        for special in reversed(specials):
            rules.update(special.rules)
        return {**self._own, **{action: self._decision(rule) for action, rule in rules.items()}}

    def since(self, rule: Rule) -> datetime | None:
        """From when the rule's times count."""
        return self._since[rule.since]

    def _places(self, tokens: Tokens) -> Iterable[int]:
        found = tokens & self._specials.tokens
        return {place for token in found for place in self._specials.by_token[token]} if found else _NOWHERE

    def _decision(self, rule: Rule) -> Decision:
        known = self._known.get(id(rule))
        if known is None:
            known = self._known[id(rule)] = decision(rule, self._since[rule.since], self._now)
        return known


def decision(rule: Rule, since: datetime | None, now: datetime) -> Decision:
    """What the rule comes to. `since`: from when its time counts, None when that is not known, or not yet."""
    code = Code.ALLOWED if rule.verdict is Verdict.ALLOWED else rule.code
    if not rule.is_limited or rule.verdict is rule.afterwards:
        return Decision(rule.verdict, code, None, None, rule, rule.text)
    if since is None:
        if rule.since != "placing":  # it begins once something has left or arrived
            return Decision(rule.verdict, code, None, None, rule, rule.text)
        return Decision(narrower(rule.verdict, Verdict.ASK), Code.TIME_UNKNOWN, None, None, rule, NO_WORDS)
    end = deadline(rule, since)
    if now < end:
        return Decision(rule.verdict, code, end, rule.afterwards, rule, rule.text)
    over = Code.WINDOW_OVER if rule.since == "placing" else Code.RETURN_OVER
    return Decision(rule.afterwards, over, None, None, rule, rule.text_afterwards)


def strictest(decisions: list[Decision]) -> Decision:
    """What holds of all together: the narrowest verdict, until any of them becomes narrower than it."""
    if all(one is decisions[0] for one in decisions):
        return decisions[0]
    least = min(decisions, key=lambda one: RANK[one.verdict])
    ends = [one for one in decisions if one.until and one.then and RANK[one.then] < RANK[least.verdict]]
    if not ends:
        return least._replace(until=None, then=None)
    first = min(ends, key=lambda one: (one.until, RANK[one.then or Verdict.NO]))
    return least._replace(until=first.until, then=first.then)


def _fits(when: When, facts: OrderFacts, line: LineFacts | None) -> bool:
    own = line.tokens if line else _NONE
    return (
        all(not wanted.isdisjoint(facts.tokens) for wanted in when.order)
        and all(not wanted.isdisjoint(own) for wanted in when.item)
        and all(not wanted.isdisjoint(own) or not wanted.isdisjoint(facts.tokens) for wanted in when.any)
        and (when.skus is None or (line is not None and when.skus.fullmatch(line.sku) is not None))
        and _fits_time(when, facts.placed_at)
    )


def _fits_time(when: When, placed_at: datetime | None) -> bool:
    if when.placed_from is None and when.placed_until is None:
        return True
    if placed_at is None:
        return False
    begun = when.placed_from is None or when.placed_from <= placed_at
    return begun and (when.placed_until is None or placed_at < when.placed_until)
