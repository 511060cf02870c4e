"""How long `jalon --help` takes, against an interpreter that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared

NAMES = ("help_vs_python",)
_GOALS = (Goal("ratio", "at most", 3),)
_RUNS = 15


def measure(plan: Plan) -> Iterator[Row]:
    """The one row."""
    if NAMES[0] not in plan.wanted:
        return
    program = [str(Path(sys.executable).with_name("jalon")), "--help"]
    nothing = [sys.executable, "-c", "pass"]
    ours: list[float] = []
    baseline: list[float] = []
    for _ in range(plan.rounds):
        pairs = [(_milliseconds(program), _milliseconds(nothing)) for _ in range(_RUNS)]
        ours.append(median(first for first, _ in pairs))
        baseline.append(median(second for _, second in pairs))
    note = f"each round the median of {_RUNS} runs in turns"
    yield compared("help_vs_python", ours, baseline, "python -c pass", "ms", _GOALS, note)


def _milliseconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000
