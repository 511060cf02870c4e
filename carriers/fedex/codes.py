"""What FedEx's scan and status codes mean. Facts: FedEx's published lists for Track v1."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning, each
from carriers.core.model import Milestone, Reason

_IN_TRANSIT: Final = "IT IX DP AR AF AA AC AX EA EO FD LO OF PF PL PM SF TR AE AO"
_NO_STATUS: Final = "RR RM RC RP LP RG RD CH HA DR DS SP"  # wishes, vans sent; HA is a hold that was only asked for

# DE is "delivery exception", not Germany and not "delivered".
STATUSES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "OC EP OX IN"),
    **each(Milestone.HANDED_OVER, "PU PX AP"),
    **each(Milestone.IN_TRANSIT, _IN_TRANSIT),
    **each(Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS), "CC CP"),
    **each(Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS, delayed=True), "CD"),
    **each(Milestone.OUT_FOR_DELIVERY, "OD AD ED"),
    **each(Milestone.READY_FOR_PICKUP, "HL HP"),
    **each(Milestone.DELIVERED, "DL"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "DE SE"),
    **each(Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True), "DD DY PD"),
    **each(Milestone.CANCELLED, "CA"),
    **each(Milestone.RETURNING, "RS"),
    **each(NOTE, _NO_STATUS),
}

# delayDetail.type
DELAYS: Final[dict[str, Reason]] = {
    "WEATHER": Reason.WEATHER,
    "OPERATIONAL": Reason.CARRIER_OPERATIONS,
    "CLEARANCE": Reason.CUSTOMS,
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "TRACKING.TRACKINGNUMBER.NOTFOUND": ErrorKind.NOT_FOUND,
    "TRACKING.DATA.NOTFOUND": ErrorKind.NOT_FOUND,
    "NOT.FOUND.ERROR": ErrorKind.NOT_FOUND,
    "TRACKING.TRACKINGNUMBER.INVALID": ErrorKind.INVALID_NUMBER,
    "TRACKING.TRACKINGNUMBER.EMPTY": ErrorKind.BAD_REQUEST,
    "BAD.REQUEST.ERROR": ErrorKind.BAD_REQUEST,
    "NOT.AUTHORIZED.ERROR": ErrorKind.AUTH,
    "FORBIDDEN.ERROR": ErrorKind.AUTH,
    "INTERNAL.SERVER.ERROR": ErrorKind.SERVER,
    "SERVICE.UNAVAILABLE.ERROR": ErrorKind.SERVER,
}
EXPIRED: Final = frozenset({"NOT.AUTHORIZED.ERROR"})  # a new token cures it
