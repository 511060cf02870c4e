"""What USPS's status categories and event codes mean.

The category is the safer of the two and decides where the parcel is; the codes are those that answers
show, and they tell what an "alert" is about.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

ALERT: Final = "alert"

# In lower case.
CATEGORIES: Final[dict[str, Meaning]] = {
    "pre-shipment": Meaning(Milestone.LABEL_CREATED),
    "accepted": Meaning(Milestone.HANDED_OVER),
    "moving through network": Meaning(Milestone.IN_TRANSIT),
    "in transit": Meaning(Milestone.IN_TRANSIT),
    "in-transit": Meaning(Milestone.IN_TRANSIT),
    "out for delivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "delivery attempt": Meaning(Milestone.ATTEMPTED),
    "available for pickup": Meaning(Milestone.READY_FOR_PICKUP),
    "delivered": Meaning(Milestone.DELIVERED),
    ALERT: Meaning(Milestone.EXCEPTION, Reason.OTHER),
}
TO_SENDER: Final = "delivered, to original sender"  # a beginning, in lower case: no delivery to the customer

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "MA GX"),
    **each(Milestone.IN_TRANSIT, "80 81 82"),  # with a partner: USPS still waits for it
    **each(Milestone.HANDED_OVER, "03 OA"),
    **each(Milestone.IN_TRANSIT, "07 10 A1 AD SF T1 TL"),
    **each(Milestone.OUT_FOR_DELIVERY, "OF"),
    **each(Milestone.DELIVERED, "01"),
    **each(Milestone.ATTEMPTED, "02 55"),
    **each(Meaning(Milestone.EXCEPTION, Reason.REFUSED), "04"),
    **each(Meaning(Milestone.EXCEPTION, Reason.ADDRESS), "05"),
    **each(Milestone.RETURNING, "09"),
    **each(Milestone.READY_FOR_PICKUP, "14 16"),
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "150001": ErrorKind.NOT_FOUND,  # inside an HTTP 400
}
