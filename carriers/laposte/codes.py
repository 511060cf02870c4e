"""What La Poste's codes mean. Facts: the published Suivi v2 description and its list of events."""

from __future__ import annotations

from typing import Final, NamedTuple

from carriers.core.errors import ErrorKind
from carriers.core.model import Milestone, Reason


class Meaning(NamedTuple):
    """What one event code says; no milestone for an event that moves nothing."""

    milestone: Milestone | None
    reason: Reason | None = None
    delayed: bool = False


EVENTS: Final[dict[str, Meaning]] = {
    "DR1": Meaning(Milestone.LABEL_CREATED),  # declared by the sender
    "DR2": Meaning(Milestone.EXCEPTION, Reason.SHOP),  # problem while the sender prepares it
    "PC1": Meaning(Milestone.HANDED_OVER),
    "PC2": Meaning(Milestone.HANDED_OVER),  # abroad
    "ET1": Meaning(Milestone.IN_TRANSIT),
    "ET2": Meaning(Milestone.IN_TRANSIT),
    "ET3": Meaning(Milestone.IN_TRANSIT),
    "ET4": Meaning(Milestone.IN_TRANSIT),
    "EP1": Meaning(Milestone.IN_TRANSIT),  # waiting to be presented
    "DO1": Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS),
    "DO2": Meaning(Milestone.IN_TRANSIT),  # out of customs
    "DO3": Meaning(Milestone.EXCEPTION, Reason.CUSTOMS),  # held
    "ID0": Meaning(None, Reason.CUSTOMS),  # customs papers: says nothing about the parcel's way
    "MD1": Meaning(Milestone.OUT_FOR_DELIVERY),
    "MD2": Meaning(Milestone.OUT_FOR_DELIVERY),
    "AG1": Meaning(Milestone.READY_FOR_PICKUP),
    "ND1": Meaning(Milestone.ATTEMPTED),
    "PB1": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "PB2": Meaning(Milestone.IN_TRANSIT),  # problem solved
    "RE1": Meaning(Milestone.RETURNING),
    "DI0": Meaning(Milestone.DELIVERED),  # in a lot
    "DI1": Meaning(Milestone.DELIVERED),
    "DI2": Meaning(Milestone.RETURNED),  # delivered to the sender
    "DI3": Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True),
}

# La Poste's specification lists 101, 105, 109, 201 and 208 too, without saying what they mean: those
# are nobody's fault that we know of, so they are asked again later.
RETURN_CODES: Final[dict[int, ErrorKind]] = {
    104: ErrorKind.NOT_FOUND,  # "not yet", seldom "never"
    400: ErrorKind.INVALID_NUMBER,
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    404: ErrorKind.NOT_FOUND,
    429: ErrorKind.RATE_LIMITED,
    500: ErrorKind.SERVER,
    503: ErrorKind.SERVER,
    504: ErrorKind.SERVER,
}

# The gateway in front of the service answers in its own shape, with words for codes.
GATEWAY_CODES: Final[dict[str, ErrorKind]] = {
    "UNAUTHORIZED": ErrorKind.AUTH,
    "FORBIDDEN": ErrorKind.AUTH,
    "BAD_APP_KEY": ErrorKind.AUTH,
    "TOO_MANY_REQUESTS": ErrorKind.RATE_LIMITED,
    "NOT_FOUND": ErrorKind.NOT_FOUND,
    "BAD_REQUEST": ErrorKind.BAD_REQUEST,
}
