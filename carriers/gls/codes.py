"""What GLS's status words and event codes mean. Facts: the group's published Track and Trace description.

GLS hands out its list of events only to those who have an account; the codes here are those that
answers show. The status word covers the rest.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, UNKNOWN, Meaning, each
from carriers.core.model import Milestone, Reason

CLOSED: Final = "FINAL"  # the history is closed: how it ended is in the events

STATUSES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "PREADVICE PLANNEDPICKUP INPICKUP"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "NOTPICKEDUP"),
    **each(Milestone.IN_TRANSIT, "INTRANSIT INWAREHOUSE"),
    **each(Milestone.OUT_FOR_DELIVERY, "INDELIVERY"),
    **each(Milestone.READY_FOR_PICKUP, "DELIVEREDPS"),  # delivered to the parcel shop, not to the customer
    **each(Milestone.DELIVERED, "DELIVERED"),
    **each(Milestone.ATTEMPTED, "NOTDELIVERED"),
    **each(Milestone.CANCELLED, "CANCELED CANCELLED"),
    CLOSED: UNKNOWN,
}

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "INTIAL.PREADVICE INTIAL.E48_DATA"),  # GLS spells it so
    **each(Milestone.HANDED_OVER, "INTIAL.NORMAL"),
    **each(Milestone.IN_TRANSIT, "INBOUD.NORMAL OUTBOD.NORMAL"),
    **each(Milestone.OUT_FOR_DELIVERY, "OUTDEL.NORMAL"),
    **each(Milestone.DELIVERED, "DELIVD.NORMAL"),
    **each(Milestone.READY_FOR_PICKUP, "DELIVD.PARCELSHOP"),
    **each(Milestone.COLLECTED, "DELIVD.DEL_BY_PSAPP"),  # handed out in the shop
    **each(NOTE, "CHANGD.MONEWADDR CHANGD.PARCELBOX"),  # a wish of the recipient
    **each(Milestone.CANCELLED, "CANCEL.NORMAL"),
}

# Fault codes of the gateway in front of the service.
FAULTS: Final[dict[str, ErrorKind]] = {
    "steps.jwt.TokenExpired": ErrorKind.AUTH,
    "steps.jwt.InvalidToken": ErrorKind.AUTH,
    "policies.ratelimit.QuotaViolation": ErrorKind.RATE_LIMITED,
    "policies.ratelimit.SpikeArrestViolation": ErrorKind.RATE_LIMITED,
}
EXPIRED: Final = frozenset({"steps.jwt.TokenExpired"})  # a new token cures it
