"""One clock for several processes: it shows what is written in a file, and moves only when a test moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileClock:
    """Satisfies `portal.kit.clock.Clock`. `path` holds one moment in ISO 8601, in UTC."""

    path: Path

    def now(self) -> datetime:
        """The moment in the file."""
        return datetime.fromisoformat(self.path.read_text())

    def set(self, moment: datetime) -> None:
        """Show this moment from now on; replaced as a whole, so that no reader meets half of it."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(moment.astimezone(UTC).isoformat())
        fresh.replace(self.path)

    def advance(self, **by: float) -> datetime:
        """Move forward by what `timedelta` takes (`hours=3`); returns the new moment."""
        moment = self.now() + timedelta(**by)
        self.set(moment)
        return moment
