"""What EasyPost's statuses and their details mean. Facts: EasyPost's guide to trackers."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning
from carriers.core.model import Milestone, Reason

STATUSES: Final[dict[str, Meaning]] = {
    "unknown": NOTE,  # nothing heard from the carrier yet
    "error": NOTE,  # the carrier could not be asked
    "pre_transit": Meaning(Milestone.LABEL_CREATED),
    "in_transit": Meaning(Milestone.IN_TRANSIT),
    "out_for_delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "available_for_pickup": Meaning(Milestone.READY_FOR_PICKUP),
    "delivered": Meaning(Milestone.DELIVERED),
    "return_to_sender": Meaning(Milestone.RETURNING),
    "failure": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "cancelled": Meaning(Milestone.CANCELLED),
}

# What a detail adds to the status it comes with.
DETAILS: Final[dict[tuple[str, str], Meaning]] = {
    ("in_transit", "received_at_origin_facility"): Meaning(Milestone.HANDED_OVER),
    ("in_transit", "delayed"): Meaning(Milestone.IN_TRANSIT, delayed=True),
    ("in_transit", "missorted"): Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True),
    ("in_transit", "weather_delay"): Meaning(Milestone.IN_TRANSIT, Reason.WEATHER, delayed=True),
    ("in_transit", "address_correction"): Meaning(Milestone.IN_TRANSIT, Reason.ADDRESS),
    ("failure", "damaged"): Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    ("failure", "lost"): Meaning(Milestone.LOST, Reason.LOST),
    ("failure", "refused"): Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    ("failure", "weather_delay"): Meaning(Milestone.EXCEPTION, Reason.WEATHER, delayed=True),
    ("failure", "address_correction"): Meaning(Milestone.EXCEPTION, Reason.ADDRESS),
    ("failure", "expired"): Meaning(Milestone.EXPIRED),
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "TRACKER.CREATE.ERROR": ErrorKind.BAD_REQUEST,
    "TRACKER.NOT_FOUND": ErrorKind.NOT_FOUND,
    "NOT_FOUND": ErrorKind.NOT_FOUND,
    "UNAUTHORIZED": ErrorKind.AUTH,
    "RATE_LIMITED": ErrorKind.RATE_LIMITED,
    "TOO_MANY_REQUESTS": ErrorKind.RATE_LIMITED,
}
