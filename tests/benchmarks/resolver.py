"""Processor time to answer everything that a customer may do with an order, against reading the order itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from portal.editing.policy.rules import Policy
from portal.editing.policy.standard import policy_from
from portal.editing.resolver import resolve
from portal.platforms.changes import Can
from portal.platforms.neutral import NeutralOrder, as_json, neutral_order
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared
from tests.editing.samples import PLACED, Json, order, sent

NAMES = ("resolver_us",)
_GOALS = (Goal("ours", "at most", 100),)
_ORDERS = 200
_TIMES = 10
_NOW = PLACED + timedelta(minutes=40)
_POLICY = """\
schema = "policy/1"
[calendar]
zone = "Europe/Paris"
holidays = ["12-25", "01-01"]
[swap]
verdict = "allowed"
window = "2h"
cut_off = "14:00"
afterwards = "ask"
options = ["size", "colour"]
text_afterwards = { en = "We are packing already.", fr = "Nous préparons déjà." }
[quantity]
verdict = "allowed"
window = "2h"
afterwards = "ask"
maximum = 10
[cancel_line]
verdict = "allowed"
cut_off = "14:00"
fee = { percent = 10, free_for = "30m" }
[cancel_order]
verdict = "allowed"
cut_off = "14:00"
fee = { percent = 5, flat = { EUR = "2.50" }, free_for = "30m" }
[address]
verdict = "allowed"
window = "2h"
afterwards = "ask"
[return]
verdict = "allowed"
window = "30d"
page = "https://shop.example/returns"
[[exceptions]]
name = "clearance"
verdict = "no"
actions = ["swap", "return"]
when = { tags = ["clearance"] }
[[exceptions]]
name = "made to measure"
verdict = "ask"
when = { categories = ["Made to measure"], skus = ["MTM-*"] }
[[exceptions]]
name = "lingerie"
verdict = "no"
actions = ["return"]
when = { categories = ["Lingerie", "Swimwear"] }
[[exceptions]]
name = "abroad"
verdict = "ask"
actions = ["address"]
when = { countries = ["CH", "GB"] }
"""


def measure(plan: Plan) -> Iterator[Row]:
    """The one row."""
    if NAMES[0] not in plan.wanted:
        return
    orders, policy, can = part_shipped(), policy_from(_POLICY, "toml"), frozenset(Can)
    documents = [as_json(document) for document in orders]
    ours: list[float] = []
    baseline: list[float] = []
    for _ in range(plan.rounds):
        ours.append(_microseconds(lambda: _answered(orders, policy, can)) / _ORDERS)
        baseline.append(_microseconds(lambda: [neutral_order(document) for document in documents]) / _ORDERS)
    lines = sum(len(document.lines) for document in orders) / _ORDERS
    note = f"{_ORDERS} part-shipped orders of {lines:.1f} items, 9 policy rules and 4 exceptions, processor time"
    yield compared(NAMES[0], ours, baseline, "reading the order's document", "µs", _GOALS, note)


def part_shipped() -> list[NeutralOrder]:
    """Orders as a fashion shop has them: one to six items of which some have left, tagged and sorted into categories,
    a few of them out of the ordinary. The same ones at each run."""
    draw = Random(7)  # noqa: S311 - no secret is made
    return [_order(draw, number) for number in range(_ORDERS)]


def _answered(orders: list[NeutralOrder], policy: Policy, can: frozenset[Can]) -> None:
    for document in orders:
        resolve(document, policy, can, _NOW)


def _order(draw: Random, number: int) -> NeutralOrder:
    lines = [_line(draw, place) for place in range(draw.choice([1, 2, 2, 3, 3, 3, 4, 5, 6]))]
    left = {line["id"]: draw.randint(0, line["quantity"]["ordered"]) for line in lines}
    closed = {"id": "d1", "method": "shipping", "state": "closed", "lines": _parts(lines, left, done=True)}
    waiting = {"id": "d2", "method": "shipping", "state": "open", "lines": _parts(lines, left, done=False)}
    parcels = [sent(*left.items(), tracking=[{"carrier_raw": "Colissimo", "number": f"6A{number:011}"}])]
    tags = draw.sample(["vip", "gift", "wholesale", "newsletter"], 2)
    return order(*lines, deliveries=[closed, waiting], parcels=parcels, tags=tags)


def _line(draw: Random, place: int) -> Json:
    units = draw.choice([1, 1, 1, 2, 3])
    price = draw.randint(1900, 12900)
    tags = draw.sample(["linen", "new", "summer", "clearance", "organic", "women", "men"], 3)
    return {
        "id": f"gid://shopify/LineItem/{place}",
        "product_id": f"gid://shopify/Product/{draw.randint(10**9, 10**10)}",
        "variant_id": f"gid://shopify/ProductVariant/{place}",
        "sku": draw.choice(["SHIRT-1", "MTM-22", "DRESS-3"]),
        "title": "Linen shirt",
        "options": [{"name": "Taille", "value": "M"}, {"name": "Couleur", "value": "Sauge"}],
        "categories": [draw.choice(["Shirts", "Dresses", "Lingerie"]), "Apparel > Clothing"],
        "tags": tags,
        "flags": {"personalised": draw.random() < 0.05},
        "quantity": {"ordered": units},
        "price": {"unit": {"shop": price}, "total_after_discounts": {"shop": price * units}},
    }


def _parts(lines: list[Json], left: dict[str, int], *, done: bool) -> list[dict[str, Any]]:
    units = {line["id"]: (left[line["id"]], line["quantity"]["ordered"] - left[line["id"]]) for line in lines}
    return [
        {"line_id": line_id, "quantity": gone if done else rest, "remaining": 0 if done else rest}
        for line_id, (gone, rest) in units.items()
        if (gone if done else rest)
    ]


def _microseconds(run: Callable[[], object]) -> float:
    run()
    began = time.process_time()
    for _ in range(_TIMES):
        run()
    return (time.process_time() - began) / _TIMES * 1e6
