"""What AfterShip's tags and subtags mean. Facts: AfterShip's published list of delivery statuses."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning, each
from carriers.core.model import Milestone, Reason

TAGS: Final[dict[str, Meaning]] = {
    "Pending": NOTE,  # nothing heard from the courier yet
    "InfoReceived": Meaning(Milestone.LABEL_CREATED),
    "InTransit": Meaning(Milestone.IN_TRANSIT),
    "OutForDelivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "AttemptFail": Meaning(Milestone.ATTEMPTED),
    "AvailableForPickup": Meaning(Milestone.READY_FOR_PICKUP),
    "Delivered": Meaning(Milestone.DELIVERED),
    "Exception": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "Expired": Meaning(Milestone.EXPIRED),
}

# Where a subtag says more than its tag.
SUBTAGS: Final[dict[str, Meaning]] = {
    "InTransit_002": Meaning(Milestone.HANDED_OVER),
    "InTransit_006": Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS),
    "AttemptFail_002": Meaning(Milestone.ATTEMPTED, Reason.ABSENT),
    "AttemptFail_003": Meaning(Milestone.ATTEMPTED, Reason.CLOSED),
    "Delivered_002": Meaning(Milestone.COLLECTED),
    **each(Meaning(Milestone.EXCEPTION, Reason.ADDRESS), "Exception_002 Exception_007"),  # moved; wrong address
    "Exception_003": Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    "Exception_004": Meaning(Milestone.EXCEPTION, Reason.CUSTOMS, delayed=True),
    "Exception_005": Meaning(Milestone.EXCEPTION, Reason.OTHER, delayed=True),
    "Exception_006": Meaning(Milestone.ACTION_REQUIRED, Reason.PAYMENT_DUE),
    "Exception_010": Meaning(Milestone.RETURNING),
    "Exception_011": Meaning(Milestone.RETURNED),
    "Exception_012": Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    "Exception_013": Meaning(Milestone.LOST, Reason.LOST),
}

NOT_REGISTERED: Final = "4004"
ERRORS: Final[dict[str, ErrorKind]] = {
    NOT_REGISTERED: ErrorKind.NOT_FOUND,
    "4003": ErrorKind.NOT_FOUND,  # registered a moment ago: there is nothing to show yet
    "4005": ErrorKind.INVALID_NUMBER,
    "4017": ErrorKind.INVALID_NUMBER,
}
