"""What Asendia's event codes mean: the few that are known. All others show their text and decide nothing."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning
from carriers.core.model import Milestone

EVENTS: Final[dict[str, Meaning]] = {
    "PU": Meaning(Milestone.HANDED_OVER),
    "IT": Meaning(Milestone.IN_TRANSIT),
    "OFD": Meaning(Milestone.OUT_FOR_DELIVERY),
    "DL": Meaning(Milestone.DELIVERED),
    "RTS": Meaning(Milestone.RETURNING),
}

ERRORS: Final[dict[str, ErrorKind]] = {"error.tracking.not_found": ErrorKind.NOT_FOUND}
