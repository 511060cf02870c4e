"""What Hermes Germany's event codes mean. Facts: the published list of event codes.

An event has a code of four digits ("3000"), or three numbers that say the same more finely ("50-1-3",
also written 050001003); of those the first two decide.
"""

from __future__ import annotations

import re
from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, UNKNOWN, Meaning, each
from carriers.core.model import Milestone, Reason

_LATE: Final = Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True)
_ABSENT: Final = Meaning(Milestone.ATTEMPTED, Reason.ABSENT)
_NOT_PROVEN: Final = Meaning(Milestone.ATTEMPTED, Reason.OTHER)  # wrong TAN, identity card, age

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "0000 1000"),
    **each(Meaning(Milestone.LABEL_CREATED, delayed=True), "0600 0700 0800 0900"),  # announced, and not come in
    **each(Milestone.HANDED_OVER, "1900 1901 1910 2400"),
    **each(Milestone.IN_TRANSIT, "1510 1610 1720 1810 1820 2000 2100 2300 3300 3430 4025 4070 4500 6088 6090"),
    "1710": Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS),
    **each(Meaning(Milestone.EXCEPTION, Reason.CUSTOMS), "1730 1751"),
    **each(Milestone.OUT_FOR_DELIVERY, "3000 3010"),
    "3410": Meaning(Milestone.READY_FOR_PICKUP),
    **each(Milestone.DELIVERED, "3500 3510 3511 3520"),
    "3530": Meaning(Milestone.COLLECTED),
    **each(_ABSENT, "3731 3732 3733 3734 4031 4032 4033 4034"),
    **each(_NOT_PROVEN, "3751 3752 3753 3754 3782 3783 3784 3785 3786 3787"),
    **each(_NOT_PROVEN, "4051 4052 4053 4054 4081 4082 4083 4084 4085 4086 4087"),
    **each(Meaning(Milestone.EXCEPTION, Reason.ADDRESS), "3720 4020"),
    **each(Meaning(Milestone.EXCEPTION, Reason.DAMAGED), "3740 4040"),
    **each(Meaning(Milestone.EXCEPTION, Reason.PAYMENT_DUE), "3715 4015"),
    **each(Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True), "3750 4050"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "3795 4024 4095"),
    "4035": Meaning(Milestone.EXCEPTION, Reason.UNCOLLECTED),
    "4630": Meaning(Milestone.EXCEPTION, Reason.LOST),
    **each(_LATE, "3780 4080 4100 4610 4620 6086 6087"),
    **each(Milestone.RETURNING, "1520 3760 3761 4060 4061 4062 6080 6089 6092 6096 6098 6099"),
    **each(Meaning(Milestone.RETURNING, Reason.REFUSED), "3710 4010 6081"),
    **each(Meaning(Milestone.RETURNING, Reason.ADDRESS), "6082 6083"),
    "6084": Meaning(Milestone.RETURNING, Reason.ABSENT),
    "6085": Meaning(Milestone.RETURNING, Reason.DAMAGED),
    "6093": Meaning(Milestone.RETURNING, Reason.UNCOLLECTED),
    "6094": Meaning(Milestone.RETURNING, Reason.PAYMENT_DUE),
    "7500": Meaning(Milestone.RETURNED),
    **each(Milestone.CANCELLED, "9340 9341"),
    **each(NOTE, "4072 4690 9040 9041 9311 9315 9321 9322 9323 9324 9325 9327 9328 9381 9385 9391 9394 9395 9399"),
}

# The first two of the three numbers, and the code of four digits that stands for them.
_PAIRS: Final = (
    "0-0:0000 0-1:0600 0-2:0700 0-3:0800 0-4:0900 10-0:1000 30-0:1510 30-15:1510 31-40:9040 31-41:9041 33-1:1710"
    " 33-2:1720 33-3:1730 33-5:1810 33-6:1820 33-51:1751 35-1:1610 37-1:1900 37-2:1901 37-3:1910 37-4:1900"
    " 45-0:2000 45-1:2000 45-2:2100 45-5:2000 45-20:2300 48-1:4610 48-2:4620 48-3:4630 48-90:4690 50-1:3000"
    " 50-21:3010 50-24:3300 50-26:3010 50-28:3010 50-29:3010 50-90:4070 55-1:3410 55-2:3430 60-0:4025 60-1:3710"
    " 60-2:3720 60-3:3731 60-4:3732 60-5:3733 60-6:3734 60-7:3780 60-8:3740 60-9:3750 60-10:3715 60-11:4081"
    " 60-12:4035 60-13:3782 60-14:3783 60-15:3784 60-16:3785 60-17:3786 60-18:3787 60-24:4024 60-32:3751"
    " 60-33:3752 60-34:3753 60-35:3754 60-90:4072 60-95:3795 65-1:3760 65-2:3761 80-1:4100 80-2:4100 80-3:4100"
    " 80-4:4100 80-5:4100 80-6:4100 80-7:4100 85-1:4500 90-0:3500 90-1:3510 90-2:3520 90-3:3530 90-5:3511"
    " 100-0:6080 100-1:6081 100-2:6082 100-3:6083 100-4:6084 100-5:6085 100-6:6086 100-7:6087 100-8:6088 100-9:6089"
    " 100-10:6094 100-11:6092 100-15:6093 100-18:6098 100-24:6096 100-90:4072 100-99:6099 101-1:6090 115-1:1520"
    " 125-1:7500 310-1:9311 310-5:9315 320-1:9321 320-2:9322 320-3:9323 320-4:9324 320-5:9325 320-7:9327 320-8:9328"
    " 320-20:9340 320-21:9341 380-1:9381 380-5:9385 390-1:9391 390-4:9394 390-5:9395 390-20:9399"
)
_TRIPLES: Final = dict(pair.split(":") for pair in _PAIRS.split())
_THREE: Final = re.compile(r"^(?:0*(\d{1,3})-0*(\d{1,3})-\d{1,3}|(\d{3})(\d{3})\d{3})$", re.ASCII)

# Result codes of a single shipment, inside an HTTP 200.
RESULTS: Final[dict[str, ErrorKind]] = {
    "e001": ErrorKind.NOT_FOUND,
    "e002": ErrorKind.SERVER,
}


def meaning(code: str | None) -> Meaning:
    """What an event code says, in either spelling."""
    plain = code or ""
    three = _THREE.match(plain)
    if three is not None:
        first, second = (int(three[1] or three[3]), int(three[2] or three[4]))
        plain = _TRIPLES.get(f"{first}-{second}", "")
    return EVENTS.get(plain, UNKNOWN)
