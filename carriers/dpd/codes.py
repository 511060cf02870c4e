"""What DPD's status words mean: those that recorded answers show. Two spellings live side by side."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone

# In upper case.
STATUSES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "SHIPMENT ACCEPTED"),
    **each(Milestone.IN_TRANSIT, "AT_SENDING_DEPOT ON_THE_ROAD BETWEENDEPOTS DEPOT AT_DELIVERY_DEPOT PICKEDUP"),
    **each(Milestone.OUT_FOR_DELIVERY, "COURIER"),
    **each(Milestone.READY_FOR_PICKUP, "PARCELSHOP"),  # "delivered by driver" to the shop, not to the customer
    **each(Milestone.ATTEMPTED, "DELIVERYFAILURE RETURNINGFROMDELIVERY"),
    **each(Milestone.DELIVERED, "DELIVERED"),
}

ERRORS: Final[dict[str, ErrorKind]] = {
    "DELICOM_ERR_AUTHENTICATION": ErrorKind.AUTH,  # inside an HTTP 500
}
