"""What UPS's status codes mean. Facts: UPS's published list of package status codes.

UPS gives a coarse type (a letter or two), a two-letter activity code and a number of up to three
digits. The number is the most telling; the type is used only where UPS gave no number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from carriers.core.errors import ErrorKind
from carriers.core.model import Milestone, Reason


class Meaning(NamedTuple):
    """What one code says; no milestone for a note (a wish of the customer, a changed date, a photo)."""

    milestone: Milestone | None
    reason: Reason | None = None
    delayed: bool = False


UNKNOWN: Final = Meaning(Milestone.UNKNOWN)
_NOTE: Final = Meaning(None)
_LATE: Final = Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True)
_WEATHER: Final = Meaning(Milestone.EXCEPTION, Reason.WEATHER, delayed=True)
_IN_CUSTOMS: Final = Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS)
_PAPERS_WANTED: Final = Meaning(Milestone.ACTION_REQUIRED, Reason.CUSTOMS)
_ADDRESS_WANTED: Final = Meaning(Milestone.ACTION_REQUIRED, Reason.ADDRESS)
_SECURITY: Final = Meaning(Milestone.EXCEPTION, Reason.SECURITY)


def _all(meaning: Milestone | Meaning, *codes: int) -> dict[int, Meaning]:
    return dict.fromkeys(codes, meaning if isinstance(meaning, Meaning) else Meaning(meaning))


STATUSES: Final[dict[int, Meaning]] = {
    **_all(Milestone.LABEL_CREATED, 3, 77, 79, 80, 157),
    **_all(Milestone.CANCELLED, 7, 43),
    **_all(Milestone.HANDED_OVER, 38, 160, 167, 168, 169),
    **_all(Milestone.IN_TRANSIT, 5, 10, 16, 19, 25, 39, 44, 45, 47, 57, 71, 73, 74, 87, 137, 138, 158, 159, 164, 165),
    **_all(Milestone.OUT_FOR_DELIVERY, 6, 21, 37, 72, 78, 89, 91, 146, 162),
    **_all(Milestone.READY_FOR_PICKUP, 17, 40, 144, 161),
    **_all(Milestone.DELIVERED, 11, 26, 143),
    **_all(Milestone.ATTEMPTED, 22, 23, 24, 60, 61, 66, 145),
    62: Meaning(Milestone.ATTEMPTED, Reason.PAYMENT_DUE),
    **_all(_IN_CUSTOMS, 12, 92, 123, 126),
    **_all(Milestone.IN_TRANSIT, 14, 84, 134),  # cleared: customs no longer holds it
    **_all(_PAPERS_WANTED, 58, 124, 125),
    **_all(_ADDRESS_WANTED, 29, 50),
    49: Meaning(Milestone.ACTION_REQUIRED, delayed=True),
    85: Meaning(Milestone.ACTION_REQUIRED, Reason.PAYMENT_DUE),
    **_all(_LATE, 46, 48, 86, 90),
    **_all(_WEATHER, 51, 52, 53),
    **_all(_SECURITY, 132, 147, 149),
    **_all(Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS), 30, 76),
    13: Meaning(Milestone.EXCEPTION, Reason.OTHER),
    59: Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    64: Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    68: Meaning(Milestone.EXCEPTION, Reason.LOST),
    69: Meaning(Milestone.EXCEPTION, Reason.OTHER),
    **_all(Milestone.RETURNING, 33, 35, 36),
    **_all(Milestone.RETURNED, 34, 67),
    81: Meaning(Milestone.RETURNED, Reason.DAMAGED),
    32: Meaning(None, Reason.WEATHER),
    **_all(_NOTE, 18, 20, 27, 28, 41, 42, 54, 55, 56, 63, 65, 70, 75, 82, 93, 94),
    **_all(_NOTE, *range(95, 123), 127, 128, 129, 130, 131, 133, 135, 136, 140, 142, 153, 154, 155),
}

# Only where UPS gave no number: the two letters of an activity, where the type says less.
ACTIVITIES: Final[dict[str, Meaning]] = {
    "OT": Meaning(Milestone.OUT_FOR_DELIVERY),
}

# Only where UPS gave no number. D is missing on purpose: it also stands for "loaded" and "out for delivery".
TYPES: Final[dict[str, Meaning]] = {
    "M": Meaning(Milestone.LABEL_CREATED),
    "MV": Meaning(Milestone.CANCELLED),
    "P": Meaning(Milestone.HANDED_OVER),
    "I": Meaning(Milestone.IN_TRANSIT),
    "X": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "RS": Meaning(Milestone.RETURNED),
    "U": _NOTE,
    "NA": _NOTE,
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "TW0001": ErrorKind.NOT_FOUND,
    "TV1002": ErrorKind.INVALID_NUMBER,
    "151018": ErrorKind.INVALID_NUMBER,
    "151044": ErrorKind.NOT_FOUND,
    "151062": ErrorKind.NOT_FOUND,
    "10401": ErrorKind.AUTH,
    "10429": ErrorKind.RATE_LIMITED,
    "UJ0001": ErrorKind.AUTH,
}
ERROR_PREFIXES: Final = (("2500", ErrorKind.AUTH), ("UJ", ErrorKind.AUTH), ("TV", ErrorKind.BAD_REQUEST))
EXPIRED: Final = frozenset({"UJ0001"})  # a new token cures it
