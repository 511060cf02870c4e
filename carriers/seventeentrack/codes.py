"""What 17TRACK's statuses and sub-statuses mean. Facts: 17TRACK's API reference (v2.2)."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning
from carriers.core.model import Milestone, Reason

STATUSES: Final[dict[str, Meaning]] = {
    "NotFound": NOTE,  # nothing heard from the carrier yet
    "InfoReceived": Meaning(Milestone.LABEL_CREATED),
    "InTransit": Meaning(Milestone.IN_TRANSIT),
    "Expired": Meaning(Milestone.EXPIRED),
    "AvailableForPickup": Meaning(Milestone.READY_FOR_PICKUP),
    "OutForDelivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "DeliveryFailure": Meaning(Milestone.ATTEMPTED),
    "Delivered": Meaning(Milestone.DELIVERED),
    "Exception": Meaning(Milestone.EXCEPTION, Reason.OTHER),
}

# Where a sub-status says more than its status.
FINER: Final[dict[str, Meaning]] = {
    "InTransit_PickedUp": Meaning(Milestone.HANDED_OVER),
    "InTransit_CustomsProcessing": Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS),
    "InTransit_CustomsRequiringInformation": Meaning(Milestone.ACTION_REQUIRED, Reason.CUSTOMS),
    "DeliveryFailure_NoBody": Meaning(Milestone.ATTEMPTED, Reason.ABSENT),
    "DeliveryFailure_Security": Meaning(Milestone.ATTEMPTED, Reason.SECURITY),
    "DeliveryFailure_Rejected": Meaning(Milestone.ATTEMPTED, Reason.REFUSED),
    "DeliveryFailure_InvalidAddress": Meaning(Milestone.ATTEMPTED, Reason.ADDRESS),
    "Exception_Returning": Meaning(Milestone.RETURNING),
    "Exception_Returned": Meaning(Milestone.RETURNED),
    "Exception_NoBody": Meaning(Milestone.EXCEPTION, Reason.ABSENT),
    "Exception_Security": Meaning(Milestone.EXCEPTION, Reason.SECURITY),
    "Exception_Damage": Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    "Exception_Rejected": Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    "Exception_Delayed": Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True),
    "Exception_Lost": Meaning(Milestone.LOST, Reason.LOST),
    "Exception_Destroyed": Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    "Exception_Cancel": Meaning(Milestone.CANCELLED),
}

NOT_REGISTERED: Final = "-18019902"
ERRORS: Final[dict[str, ErrorKind]] = {
    "-18010001": ErrorKind.AUTH,  # this address is not on the account's list
    "-18010002": ErrorKind.AUTH,
    "-18010004": ErrorKind.AUTH,
    "-18010005": ErrorKind.AUTH,
    "-18010003": ErrorKind.SERVER,
    "-18010010": ErrorKind.BAD_REQUEST,
    "-18010011": ErrorKind.BAD_REQUEST,
    "-18010012": ErrorKind.INVALID_NUMBER,
    "-18010013": ErrorKind.BAD_REQUEST,
    "-18010014": ErrorKind.BAD_REQUEST,
    "-18019901": ErrorKind.NOT_FOUND,  # registered a moment ago: there is nothing to show yet
    NOT_REGISTERED: ErrorKind.NOT_FOUND,
    "-18019903": ErrorKind.BAD_REQUEST,  # 17TRACK cannot tell the carrier
    "-18019909": ErrorKind.NOT_FOUND,  # no scan yet
}


def meaning(status: str | None, sub_status: str | None) -> Meaning | None:
    """What a status says, with its sub-status where that says more; None for one never seen."""
    return FINER.get(sub_status or "") or STATUSES.get(status or "")
