"""Processor time to find the town that a carrier's text means, against one question to the same file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from portal.places import gazetteer
from portal.places.finding import find
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared
from tests.places.test_finding import SCANS

NAMES = ("places_lookup",)
_GOALS = (Goal("ours", "at most", 0.2),)
_TIMES = 20


def measure(plan: Plan) -> Iterator[Row]:
    """The one row."""
    if NAMES[0] not in plan.wanted:
        return
    scans = [(text, country) for country, text, *_ in (line.split("|") for line in SCANS)]
    gazetteer.ready()
    ours: list[float] = []
    baseline: list[float] = []
    for _ in range(plan.rounds):
        ours.append(_milliseconds(lambda: [find(text, country=country) for text, country in scans]) / len(scans))
        baseline.append(_milliseconds(lambda: [gazetteer.named("LYON", "FR") for _ in scans]) / len(scans))
    note = f"{len(scans)} texts of 20 countries, {_TIMES} times over, processor time; nothing remembered between"
    yield compared("places_lookup", ours, baseline, "one name asked of the gazetteer", "ms", _GOALS, note)


def _milliseconds(run: Callable[[], object]) -> float:
    spent = 0.0
    for _ in range(_TIMES):
        find.cache_clear()
        began = time.process_time()
        run()
        spent += time.process_time() - began
    return spent / _TIMES * 1000
