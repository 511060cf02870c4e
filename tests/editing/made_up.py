"""Orders and policies of every kind, for properties that hold of all of them.

They are drawn by a seeded generator with weights: an order in which everything is odd cannot be changed at all, and
would show nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from portal.editing.answers import RANK, Action, AddressLimits, SwapLimits, Verdict
from portal.editing.policy.rules import CutOff, Fee, Policy, QuantityRules, Rule, Special, When, specials_of
from portal.platforms.changes import Can
from portal.platforms.neutral import NeutralOrder, neutral_order
from tests.editing.samples import PLACED, Json

T = TypeVar("T")
FLAGS = ("personalised", "preorder", "final_sale")
TAGS = ("sale", "new", "linen")
METHODS = ("shipping", "pickup", "pickup_point", "local", "digital", "none", "unknown")
STATES = ("open", "scheduled", "on_hold", "in_progress", "closed", "cancelled", "unknown")
PAYMENTS = ("pending", "authorized", "partially_paid", "partially_refunded", "refunded", "voided", "?")
ALL = frozenset(Can)


def seeded(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """Whatever `make` draws."""
    return st.integers(0, 2**32).map(lambda seed: make(Random(seed)))  # noqa: S311 - no secret is made


def _mostly(draw: Random, usual: T, unusual: Sequence[T], chance: float = 0.3) -> T:
    return draw.choice(unusual) if draw.random() < chance else usual


def _moment(draw: Random) -> str:
    return (PLACED + timedelta(seconds=draw.randint(-3 * 86_400, 3 * 86_400))).isoformat()


def _rarely(draw: Random, chance: float = 0.05) -> str | None:
    return _moment(draw) if draw.random() < chance else None


def _contents(draw: Random) -> list[Json]:
    named = draw.sample(["1", "2", "3", "x"], draw.randint(0, 3))
    return [{"line_id": line, "quantity": draw.randint(0, 4)} for line in named]


def _line(draw: Random) -> Json:
    current = draw.randint(0, 4)
    return {
        "kind": _mostly(draw, "physical", ("digital", "gift_card", "service", "fee", "tip"), 0.2),
        "quantity": {
            "ordered": current + draw.randint(0, 1),
            "current": current,
            "fulfilled": _mostly(draw, 0, (1, 2, 5)),
            "in_progress": _mostly(draw, 0, (1, 3), 0.15),
            "refunded": _mostly(draw, 0, (1,), 0.1),
            "editable": _mostly(draw, None, (0, 1, 9), 0.15),
        },
        "options": _mostly(draw, [{"name": "Size", "value": "M"}], ([], [{"value": "M"}], [{"name": "Farbe"}])),
        "flags": {flag: draw.random() < 0.1 for flag in FLAGS},
        "tags": draw.sample(TAGS, draw.randint(0, 2)),
        "sku": draw.choice([None, "A-1", "B-2"]),
        "requires_shipping": draw.random() < 0.8,
        "price": {"total_after_discounts": draw.choice([{"shop": 4000}, {}, {"shop": 0, "buyer": 1}])},
    }


def _delivery(draw: Random) -> Json:
    return {
        "method": _mostly(draw, "shipping", METHODS),
        "state": _mostly(draw, "open", STATES),
        "lines": _contents(draw) if draw.random() < 0.3 else [],
        "handed_to_warehouse": draw.random() < 0.1,
        "pickup": {"ready_at": _rarely(draw), "collected_at": _rarely(draw)},
    }


def _parcel(draw: Random) -> Json:
    return {
        "lines": _contents(draw),
        "state": _mostly(draw, "ok", ("cancelled", "failed", "unknown")),
        "created_at": _rarely(draw, 0.8),
        "delivered_at": _rarely(draw, 0.5),
        "allocation": _mostly(draw, "exact", ("whole_order", "unknown"), 0.2),
    }


def _adjustment(draw: Random) -> Json:
    signed = [{"line_id": draw.choice("12x"), "quantity": draw.randint(-3, 3)} for _ in range(draw.randint(0, 2))]
    return {
        "type": draw.choice(["edit", "cancel", "refund", "return", "exchange"]),
        "status": draw.choice(["pending", "completed", "failed", "unknown"]),
        "lines": signed,
    }


def _order(draw: Random) -> NeutralOrder:
    placed = _mostly(draw, PLACED.isoformat(), (None, (PLACED - timedelta(days=2)).isoformat()), 0.15)
    document = {
        "number": "#1",
        "lines": [_line(draw) for _ in range(draw.randint(0, 3))],
        "deliveries": [_delivery(draw) for _ in range(draw.randint(0, 2))],
        "parcels": [_parcel(draw) for _ in range(draw.randint(1, 2))] if draw.random() < 0.25 else [],
        "adjustments": [_adjustment(draw)] if draw.random() < 0.3 else [],
        "placed_at": placed,
        "state": {"payment": _mostly(draw, "paid", PAYMENTS, 0.25)},
        "currency": draw.choice([{"shop": "EUR"}, {"shop": "EUR", "buyer": "USD"}]),
        "tags": draw.sample(TAGS, draw.randint(0, 1)),
        "cancelled_at": _rarely(draw),
        "closed_at": _rarely(draw),
        "source": draw.choice([{}, {"shop": "a.example"}]),
    }
    return neutral_order(document)


def _span(draw: Random) -> timedelta | None:
    return timedelta(minutes=draw.randint(1, 4 * 24 * 60)) if draw.random() < 0.6 else None


def _cut_off(draw: Random) -> CutOff | None:
    if draw.random() < 0.7:
        return None
    times = tuple(_mostly(draw, time(draw.randint(0, 23)), (None,)) for _ in range(7))
    return CutOff(ZoneInfo(draw.choice(["Europe/Paris", "America/New_York"])), times, frozenset({date(2026, 11, 21)}))


def _fee(draw: Random) -> Fee | None:
    if draw.random() < 0.6:
        return None
    return Fee(draw.choice([0, 1000]), draw.choice([{}, {"EUR": 500}, {"USD": 600}]), _span(draw))


def a_rule(draw: Random, action: Action) -> Rule:
    """What holds afterwards is never wider, as a document's check sees to."""
    verdict = _mostly(draw, Verdict.ALLOWED, tuple(Verdict), 0.4)
    afterwards = draw.choice([later for later in Verdict if RANK[later] <= RANK[verdict]])
    return Rule(
        verdict,
        window=_span(draw),
        cut_off=_cut_off(draw),
        afterwards=afterwards,
        since=draw.choice(("arrival", "shipping", "placing")) if action is Action.RETURN else "placing",
        fee=_fee(draw),
    )


WHENS = (
    When(item=(frozenset({"flag:personalised"}),)),
    When(item=(frozenset({"kind:digital", "kind:gift_card"}),)),
    When(any=(frozenset({"tag:sale"}),)),
    When(order=(frozenset({"shop:a.example"}),)),
    When(order=(frozenset({"method:pickup"}),), item=(frozenset({"flag:preorder"}),)),
    When(placed_from=PLACED, placed_until=PLACED + timedelta(days=1)),
)
ACTIONS = tuple(action for action in Action if action is not Action.ADD)


def _special(draw: Random) -> Special:
    rule = a_rule(draw, Action.SWAP)
    return Special(draw.choice(WHENS), dict.fromkeys(draw.sample(ACTIONS, draw.randint(1, 8)), rule))


def _policy(draw: Random) -> Policy:
    listed = [_special(draw) for _ in range(draw.randint(0, 3))]
    usual, others = Verdict.ALLOWED, tuple(Verdict)
    return Policy(
        {action: a_rule(draw, action) for action in ACTIONS},
        specials_of(listed),
        SwapLimits(_mostly(draw, None, (frozenset({"size"}),)), draw.choice(others), draw.choice(others)),
        QuantityRules(_mostly(draw, usual, others), _mostly(draw, usual, others), draw.choice([None, 1, 3, 5])),
        AddressLimits(draw.choice([Verdict.ASK, Verdict.NO]), draw.choice(others)),
        draw.choice(others),
        draw.choice([Verdict.ASK, Verdict.NO]),
        draw.choice([None, "https://shop.example/returns"]),
    )


def _can(draw: Random) -> frozenset[Can]:
    return _mostly(draw, ALL, (ALL - {Can.FEE}, ALL - {Can.SWAP, Can.RETURN}, frozenset(), frozenset({Can.QUANTITY})))


draws = seeded(lambda draw: draw)
orders = seeded(_order)
policies = seeded(_policy)
abilities = seeded(_can)
moments = st.integers(-3600, 4 * 86_400).map(lambda seconds: PLACED + timedelta(seconds=seconds))
edges = st.sampled_from([datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
