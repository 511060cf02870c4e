"""The samples: bodies that we wrote in each carrier's documented format, each with the reading we expect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sample:
    """One body and what has to be read from it: the members that matter, one object per parcel."""

    carrier: str
    case: str
    body: bytes
    http_status: int
    push: bool
    answers: list[dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.carrier}-{self.case}"


def samples(carrier: str | None = None) -> list[Sample]:
    """All samples, or those of one carrier."""
    return [_sample(path) for path in sorted(_HERE.glob(f"{carrier or '*'}/samples/*.reading.json"))]


def lacking(wanted: Any, given: Any, where: str = "") -> list[str]:
    """Where `given` lacks what `wanted` asks for. Objects may hold more; arrays have to be as long."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return [gap for key, value in wanted.items() for gap in lacking(value, given.get(key), f"{where}.{key}")]
    if isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        pairs = enumerate(zip(wanted, given, strict=True))
        return [gap for index, (one, other) in pairs for gap in lacking(one, other, f"{where}[{index}]")]
    return [] if wanted == given else [f"{where}: {wanted!r} wanted, {given!r} read"]


def _sample(path: Path) -> Sample:
    reading = json.loads(path.read_text("utf-8"))
    case = path.name.removesuffix(".reading.json")
    body = next(b for kind in ("json", "xml") if (b := path.with_name(f"{case}.{kind}")).is_file()).read_bytes()
    return Sample(path.parent.parent.name, case, body, reading["http_status"], reading["push"], reading["answers"])
