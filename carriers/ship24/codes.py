"""What Ship24's milestones mean. Facts: Ship24's documentation of statuses."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning
from carriers.core.model import Milestone, Reason

MILESTONES: Final[dict[str, Meaning]] = {
    "pending": NOTE,  # nothing heard from the courier yet
    "info_received": Meaning(Milestone.LABEL_CREATED),
    "in_transit": Meaning(Milestone.IN_TRANSIT),
    "out_for_delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "failed_attempt": Meaning(Milestone.ATTEMPTED),
    "available_for_pickup": Meaning(Milestone.READY_FOR_PICKUP),
    "delivered": Meaning(Milestone.DELIVERED),
    "exception": Meaning(Milestone.EXCEPTION, Reason.OTHER),
}

UNFIT: Final = "validation_error"
NUMBER: Final = "trackingNumber"  # named in the message when it is the number that does not fit
ERRORS: Final[dict[str, ErrorKind]] = {
    "tracker_not_found": ErrorKind.NOT_FOUND,
    **dict.fromkeys((UNFIT, "tracker_not_updatable"), ErrorKind.BAD_REQUEST),
}
