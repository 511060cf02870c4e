"""How much is measured, and where its files go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """`wanted` are the rows asked for; `seconds` is how long one variant is loaded in one round; `clients` how many
    live pages are open at once; `folder` is empty and goes away at the end; `polls` are those of `poll_memory_kib`."""

    wanted: frozenset[str]
    quick: bool
    rounds: int
    folder: Path
    polls: int = 100_000

    @property
    def seconds(self) -> float:
        """Seconds for one variant in one round."""
        return 2.0 if self.quick else 5.0

    @property
    def clients(self) -> int:
        """Open live pages."""
        return 1_000 if self.quick else 10_000
