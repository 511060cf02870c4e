"""What Canada Post's event identifiers mean, as far as its documentation and its answers show.

Identifiers have four digits ("0174"); the signature image is a bare 20 and moves nothing.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, UNKNOWN, Meaning, each
from carriers.core.model import Milestone, Reason

_LATE: Final = Meaning(Milestone.IN_TRANSIT, delayed=True)
_STOPPED: Final = Meaning(Milestone.EXCEPTION, Reason.OTHER)

EVENTS: Final[dict[str, Meaning]] = {
    "3000": Meaning(Milestone.LABEL_CREATED),
    **each(Milestone.HANDED_OVER, "1302 2300"),
    **each(Milestone.IN_TRANSIT, "0405 0410 4311 8901"),  # the last two: abroad, and on the way there
    **each(_LATE, "0159 0160 0161 0162 0163 0172 2412"),
    **each(Milestone.OUT_FOR_DELIVERY, "0174 0500"),
    "1479": Meaning(Milestone.ATTEMPTED),
    **each(Milestone.READY_FOR_PICKUP, "0118 0156 1407 1410 1435 1436 1437 1438 1488 1701 1703 2410"),
    **each(Milestone.DELIVERED, "1408 1409 1421 1422 1423 1424 1425 1426 1427 1428 1429 1430 1431 1432 1433 1434"),
    **each(Milestone.DELIVERED, "1441 1442 1496 1497 1498 1499"),
    "0173": Meaning(Milestone.EXCEPTION, Reason.ADDRESS, delayed=True),
    **each(_STOPPED, "0117 0120 0121 0125 0127 1411 1414 1443 1484 1487 1494 2411 2414 4700"),
    **each(_STOPPED, "0150 0154 0167 0168 0169 0179 0181 0182 0183 0184 0190 1100 1415 1416 1417 1418 1419 1420"),
    **each(_STOPPED, "1450 1481 1482 1483 1491 1492 1493 2600 2802 4650"),
    "0020": NOTE,
}
_PROCESSED: Final = "01"  # the family of scans on the way, but for those above

ERRORS: Final[dict[str, ErrorKind]] = {"004": ErrorKind.NOT_FOUND, "E002": ErrorKind.AUTH}
THROTTLED: Final = "SLM Monitor"  # told in the text alone


def meaning(identifier: str | None) -> Meaning:
    """What an event identifier says, with or without leading zeros."""
    plain = (identifier or "").zfill(4)
    return EVENTS.get(plain) or (Meaning(Milestone.IN_TRANSIT) if plain.startswith(_PROCESSED) else UNKNOWN)
