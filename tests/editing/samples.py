"""Invented orders and policies to ask the resolver about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.editing.answers import Action, Answers, Code, Verdict
from portal.editing.policy.rules import Policy, Rule, Special, When, specials_of
from portal.editing.resolver import resolve
from portal.platforms.changes import Can
from portal.platforms.neutral import NeutralOrder, neutral_order

Json = dict[str, Any]

PLACED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = frozenset(Can)


def line(line_id: str, units: int = 1, **changes: Any) -> Json:
    """A line of `units` aprons at 40.00 each."""
    return {
        "id": line_id,
        "product_id": f"gid://shop/Product/{line_id}",
        "variant_id": f"{line_id}-m",
        "sku": f"APRON-{line_id}",
        "title": "Linen apron",
        "options": [{"name": "Size", "value": "M"}, {"name": "Colour", "value": "Sage"}],
        "quantity": {"ordered": units},
        "price": {"unit": {"shop": 4000}, "total_after_discounts": {"shop": 4000 * units}},
        **changes,
    }


def order(*lines: Json, **changes: Any) -> NeutralOrder:
    """A paid order, placed at PLACED and not begun with; to be shipped within France."""
    document = {
        "number": "#1001",
        "placed_at": PLACED.isoformat(),
        "currency": "EUR",
        "state": {"payment": "paid"},
        "address": {"shipping": {"line1": "4 quai des Tanneurs", "postcode": "69005", "city": "Lyon", "country": "FR"}},
        "deliveries": [{"id": "d", "method": "shipping"}],
        "lines": list(lines or (line("a"), line("b", 2))),
    }
    return neutral_order({**document, **changes})


def sent(*units: tuple[str, int], at: datetime = PLACED + HOUR, **changes: Any) -> Json:
    """A parcel that left with these units."""
    contents = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in units]
    return {"id": f"p-{at:%d%H%M}", "created_at": at.isoformat(), "lines": contents, **changes}


def policy(**members: Any) -> Policy:
    """One hour for everything, then the shop is asked; returns for 14 days after the arrival. `members` replace rules
    by the action's name, or members of the policy."""
    hour = Rule(Verdict.ALLOWED, window=HOUR, afterwards=Verdict.ASK)
    rules = dict.fromkeys(Action, hour)
    rules[Action.RETURN] = Rule(Verdict.ALLOWED, window=timedelta(days=14), since="arrival")
    rules[Action.PROBLEM] = Rule(Verdict.ALLOWED)
    named = {action.value for action in Action}
    rules |= {Action(name): rule for name, rule in members.items() if name in named}
    return Policy(rules, **{name: value for name, value in members.items() if name not in named})


def special(when: When, verdict: Verdict, *actions: Action, name: str = "exception", **members: Any) -> Special:
    """An exception that says the same of these actions (of all changes, if none is named)."""
    rule = Rule(verdict, Code.EXCEPTION, name, **members)
    return Special(when, dict.fromkeys(actions or tuple(Action), rule))


def with_specials(*listed: Special, **members: Any) -> Policy:
    """The policy with exceptions."""
    return policy(specials=specials_of(listed), **members)


def ask(
    document: NeutralOrder, rules: Policy | None = None, after: timedelta = timedelta(minutes=10), **more: Any
) -> Answers:
    """The answers so long after the order was placed, on a platform that can do everything."""
    return resolve(document, rules or policy(), more.pop("can", ALL), PLACED + after, **more)


def brief(answers: Answers, line_id: str | None = None) -> dict[str, str]:
    """Verdict and code by action, for a line or for the order, as "allowed:some"."""
    found = answers.order if line_id is None else answers.lines[line_id]
    return {action.value: f"{answer.verdict}:{answer.code}" for action, answer in found.items()}
