"""What Australia Post's states and sentences mean: it gives no codes.

A sentence counts only where its beginning can mean one thing. The longer beginning wins.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Milestone, Reason

_ON_ITS_WAY: Final = Meaning(Milestone.IN_TRANSIT)
_CUSTOMS: Final = Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS)

STATES: Final[dict[str, Meaning]] = {
    "created": Meaning(Milestone.LABEL_CREATED),
    "initiated": Meaning(Milestone.LABEL_CREATED),
    "in transit": _ON_ITS_WAY,
    "possible delay": Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True),
    "on board for delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "onboard for delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "awaiting collection": Meaning(Milestone.READY_FOR_PICKUP),
    "ready for pickup": Meaning(Milestone.READY_FOR_PICKUP),
    "delivered": Meaning(Milestone.DELIVERED),
    "delivered in full": Meaning(Milestone.DELIVERED),
    "unsuccessful delivery": Meaning(Milestone.ATTEMPTED),
    "to be re-delivered": Meaning(Milestone.ATTEMPTED),
    "held by courier": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "cannot be delivered": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "article damaged": Meaning(Milestone.EXCEPTION, Reason.DAMAGED),
    "cancelled": Meaning(Milestone.CANCELLED),
}

BEGINNINGS: Final[dict[str, Meaning]] = {
    "shipping information": Meaning(Milestone.LABEL_CREATED),
    "received by australia post": Meaning(Milestone.HANDED_OVER),
    "received item from sender": Meaning(Milestone.HANDED_OVER),
    "with australia post for delivery today": Meaning(Milestone.OUT_FOR_DELIVERY),
    "item delivered": Meaning(Milestone.DELIVERED),
    "arrived": _ON_ITS_WAY,
    "arrived awaiting clearance": _CUSTOMS,
    "cleared and awaiting": _ON_ITS_WAY,
    "departed": _ON_ITS_WAY,
    "despatch": _ON_ITS_WAY,
    "in transit": _ON_ITS_WAY,
    "item cleared by customs": _ON_ITS_WAY,
    "item is in customs": _CUSTOMS,
    "item processed": _ON_ITS_WAY,
    "processed": _ON_ITS_WAY,
    "onboard for delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "on board for delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "attempted delivery": Meaning(Milestone.ATTEMPTED),
    "unsuccessful delivery": Meaning(Milestone.ATTEMPTED),
    "awaiting collection": Meaning(Milestone.READY_FOR_PICKUP),
    "ready for pickup": Meaning(Milestone.READY_FOR_PICKUP),
    "delivered - ": Meaning(Milestone.DELIVERED),
    "return to sender": Meaning(Milestone.RETURNING),
    "returned to sender": Meaning(Milestone.RETURNED),
}
_BY_LENGTH: Final = sorted(BEGINNINGS, key=len, reverse=True)

NO_PLACE: Final = frozenset({"transit scan"})

ERRORS: Final[dict[str, ErrorKind]] = {
    "ESB-10001": ErrorKind.NOT_FOUND,
    "ESB-10002": ErrorKind.INVALID_NUMBER,  # of a product that is not tracked
    **dict.fromkeys(("ESB-20010", "ESB-20050"), ErrorKind.SERVER),
    **dict.fromkeys(("51100", "51101", "51102", "51103"), ErrorKind.BAD_REQUEST),  # none, too many, mixed
    "51104": ErrorKind.NOT_FOUND,
    "API_001": ErrorKind.AUTH,
    "API_002": ErrorKind.RATE_LIMITED,
}


def state(words: str | None) -> Meaning:
    """What a state says; `UNKNOWN` also for the state of that name."""
    return STATES.get(_folded(words), UNKNOWN)


def meaning(sentence: str | None) -> Meaning:
    """What the sentence of an event says."""
    plain = _folded(sentence)
    if plain in STATES:
        return STATES[plain]
    return next((BEGINNINGS[start] for start in _BY_LENGTH if plain.startswith(start)), UNKNOWN)


def _folded(words: str | None) -> str:
    return " ".join((words or "").split()).lower()
