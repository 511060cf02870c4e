"""What Royal Mail's event codes and categories mean.

Royal Mail publishes no list of its events: these are the ones whose meaning is beyond doubt. For the
rest its status category decides.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

EVENTS: Final[dict[str, Meaning]] = {
    "EVBAH": Meaning(Milestone.HANDED_OVER),
    **each(Milestone.IN_TRANSIT, "EVODO EVORI EVNSR"),
    "EVNMI": Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True),  # sent to the wrong office
    "EVGPD": Meaning(Milestone.OUT_FOR_DELIVERY),
    "EVKNA": Meaning(Milestone.ATTEMPTED, Reason.ABSENT),
    **each(Milestone.READY_FOR_PICKUP, "EVNDA EVNPS"),  # or to be redelivered: the recipient chooses
    **each(Milestone.DELIVERED, "EVKSP EVKSF"),
}

CATEGORIES: Final[dict[str, Meaning]] = {
    "WE'VE GOT IT": Meaning(Milestone.HANDED_OVER),
    "IN TRANSIT": Meaning(Milestone.IN_TRANSIT),
    "OUT FOR DELIVERY": Meaning(Milestone.OUT_FOR_DELIVERY),
    "DELIVERED": Meaning(Milestone.DELIVERED),
    "READY FOR COLLECTION": Meaning(Milestone.READY_FOR_PICKUP),
    "RETURNED TO SENDER": Meaning(Milestone.RETURNED),
}

# What an event can add to a category that only says "on its way".
FINER: Final = frozenset(
    {
        Milestone.IN_TRANSIT,
        Milestone.OUT_FOR_DELIVERY,
        Milestone.ATTEMPTED,
        Milestone.READY_FOR_PICKUP,
    }
)

ERRORS: Final[dict[str, ErrorKind]] = {
    "E0004": ErrorKind.BAD_REQUEST,  # a header is missing
    "E0013": ErrorKind.BAD_REQUEST,  # too many numbers
    "E0010": ErrorKind.RATE_LIMITED,
    **dict.fromkeys(("E0001", "E0009", "E1307"), ErrorKind.SERVER),  # out of service; E1307 comes inside a success
    "E1142": ErrorKind.NOT_FOUND,  # barcode not recognised
    "E1283": ErrorKind.INVALID_NUMBER,  # of a product that is not tracked
    **dict.fromkeys(("E1284", "E1308"), ErrorKind.NOT_FOUND),  # nothing to tell yet
}
