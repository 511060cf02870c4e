"""How far a long command is, said on standard error: a line that is written over on a terminal, lines else."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

_OFTEN_S = 0.5  # on a terminal
_SELDOM_S = 10.0


@dataclass(slots=True)
class Progress:
    """Counts `things`. `total`: how many there are, where that is known; `before`: how many were done by an earlier
    run, which tell nothing about how fast this one is."""

    things: str
    total: int | None = None
    before: int = 0
    _began: float = field(default_factory=time.monotonic)
    _shown: float = field(default_factory=time.monotonic)  # what is done at once needs no line

    def show(self, done: int, *, last: bool = False) -> None:
        """Say how far it is, if it is time to."""
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if not last and now - self._shown < (_OFTEN_S if terminal else _SELDOM_S):
            return
        self._shown = now
        end = "\r" if terminal and not last else "\n"
        print(
            f"{self.line(done, now - self._began):<79}" if terminal else self.line(done, now - self._began),
            end=end,
            file=sys.stderr,
            flush=True,
        )

    def line(self, done: int, took: float) -> str:
        """So many of so many, how fast, and how long it will take."""
        of = f" of {self.total:,}" if self.total is not None and self.total >= done else ""
        rate = (done - self.before) / took if took > 0 else 0.0
        parts = [f"{done:,}{of} {self.things}"]
        if took >= 1 and rate > 0:
            parts.append(f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second")
            if of and self.total is not None and done < self.total:
                parts.append(f"{_duration((self.total - done) / rate)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
