"""What Amazon Shipping's events and states mean. Facts: the published model of the Shipping API."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

# Events and the summary's states share their words; each side has some of its own.
CODES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "ReadyForReceive PreTransit"),
    "PickupDone": Meaning(Milestone.HANDED_OVER),
    **each(Milestone.IN_TRANSIT, "Received Departed ArrivedAtCarrierFacility InTransit"),
    "OutForDelivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "DeliveryAttempted": Meaning(Milestone.ATTEMPTED),
    **each(Milestone.READY_FOR_PICKUP, "AvailableForPickup AwaitingCustomerPickup"),
    "Delivered": Meaning(Milestone.DELIVERED),
    "Rejected": Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    "Undeliverable": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "Lost": Meaning(Milestone.LOST, Reason.LOST),
    "ReturnInitiated": Meaning(Milestone.RETURNING),
    "PickupCancelled": Meaning(Milestone.CANCELLED),
}

# On the way back the same words mean this; all others stay.
BACK: Final[dict[Milestone, Milestone]] = {
    Milestone.HANDED_OVER: Milestone.RETURNING,
    Milestone.IN_TRANSIT: Milestone.RETURNING,
    Milestone.OUT_FOR_DELIVERY: Milestone.RETURNING,
    Milestone.DELIVERED: Milestone.RETURNED,
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "InvalidTrackingId": ErrorKind.INVALID_NUMBER,
    "NotFound": ErrorKind.NOT_FOUND,
    "ResourceNotFound": ErrorKind.NOT_FOUND,
    **dict.fromkeys(("InvalidRequest", "InvalidInput"), ErrorKind.BAD_REQUEST),
    "Unauthorized": ErrorKind.AUTH,
    "AccessDenied": ErrorKind.AUTH,
    **dict.fromkeys(("QuotaExceeded", "TooManyRequests"), ErrorKind.RATE_LIMITED),
    **dict.fromkeys(("InternalFailure", "InternalError"), ErrorKind.SERVER),
    "ServiceUnavailable": ErrorKind.SERVER,
}
