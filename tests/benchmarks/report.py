"""Results of the measurements: medians, verdicts, the table and the file. Knows no measurement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on our own figure or on its ratio to the baseline's."""

    of: Literal["ours", "ratio"]
    bound: Literal["at most", "at least"]
    value: float

    def met_by(self, ours: float, ratio: float | None) -> bool | None:
        """Whether the bound holds; None when what it speaks of was not measured."""
        figure = ours if self.of == "ours" else ratio
        if figure is None:
            return None
        return figure <= self.value if self.bound == "at most" else figure >= self.value

    def __str__(self) -> str:
        sign = "≤" if self.bound == "at most" else "≥"
        return f"{self.of} {sign} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `ours` and `baseline` are medians of `rounds`, None when not measured; `worst` is the round
    of ours that was furthest on the wrong side; `note` says what was measured, or why nothing was."""

    name: str
    ours: float | None
    baseline: float | None
    baseline_name: str
    unit: str
    rounds: int
    goals: tuple[Goal, ...] = ()
    worst: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours to the baseline."""
        if self.ours is None or not self.baseline:
            return None
        return self.ours / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether every goal is met; None without goals or figures."""
        if self.ours is None or not self.goals:
            return None
        verdicts = [goal.met_by(self.ours, self.ratio) for goal in self.goals]
        return None if None in verdicts else all(verdicts)


def compared(
    name: str,
    ours: Sequence[float],
    baseline: Sequence[float],
    baseline_name: str,
    unit: str,
    goals: tuple[Goal, ...] = (),
    note: str = "",
    rounds: int | None = None,
) -> Row:
    """A row from figures, one of each round unless `rounds` is given. Of what is counted by the second ("…/s") more is
    better, of all else less."""
    rising = unit.endswith("/s")
    middle = median(baseline) if baseline else None
    worst = min(ours) if rising else max(ours)
    return Row(name, median(ours), middle, baseline_name, unit, rounds or len(ours), goals, worst, note)


def unmeasured(name: str, baseline_name: str, unit: str, goals: tuple[Goal, ...], why: str) -> Row:
    """A row without figures, and the reason."""
    return Row(name, None, None, baseline_name, unit, 0, goals, None, f"not measured: {why}")


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """What the file holds: members with nothing to say are left out, the figures never."""
    return [_member(row) for row in rows]


def _member(row: Row) -> dict[str, Any]:
    figures = {"ours": _short(row.ours), "baseline": _short(row.baseline), "ratio": _short(row.ratio)}
    more = {
        "target": ", ".join(map(str, row.goals)),
        "met": row.met,
        "worst": _short(row.worst),
        "note": row.note,
    }
    said = {name: value for name, value in more.items() if value not in (None, "")}
    known = {"name": row.name, "baseline_name": row.baseline_name, "unit": row.unit, "rounds": row.rounds}
    return {**known, **figures, **said}


def _short(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.4g}")


def write(rows: Iterable[Row], path: Path) -> None:
    """Write the file."""
    path.write_text(json.dumps(as_json(rows), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def brief(row: Row) -> str:
    """A row in one line, for who is waiting."""
    return " ".join(cell for cell in _cells(row)[1:] if cell)


def table(rows: Sequence[Row]) -> str:
    """The rows for people: figures, target, verdict, and the notes below."""
    head = ("name", "ours", "baseline", "ratio", "worst", "unit", "target", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    shown.insert(1, "-" * max(map(len, shown)))
    notes = [f"{row.name} (against {row.baseline_name}, {row.rounds} rounds): {row.note}" for row in rows]
    return "\n".join([*shown, "", *notes])


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "not measured" if row.ours is None else {True: "met", False: "MISSED", None: ""}[row.met]
    figures = [_said(row.ours), _said(row.baseline), _said(row.ratio), _said(row.worst)]
    return (row.name, *figures, row.unit, ", ".join(map(str, row.goals)), verdict)


def _said(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:.3g}"
