"""What ShipEngine's status codes mean. Facts: ShipEngine's reference of tracking statuses."""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning
from carriers.core.model import Milestone, Reason

STATUSES: Final[dict[str, Meaning]] = {
    "UN": NOTE,  # nothing known
    "NY": NOTE,  # not yet in the carrier's system
    "AC": Meaning(Milestone.HANDED_OVER),
    "IT": Meaning(Milestone.IN_TRANSIT),
    "DE": Meaning(Milestone.DELIVERED),
    "EX": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "AT": Meaning(Milestone.ATTEMPTED),
    "SP": Meaning(Milestone.READY_FOR_PICKUP),  # at a service point
}

# ShipEngine's word for who is to blame, where the HTTP status does not say.
ERROR_TYPES: Final[dict[str, ErrorKind]] = {
    "validation": ErrorKind.BAD_REQUEST,
    "business_rules": ErrorKind.BAD_REQUEST,
    "account_status": ErrorKind.AUTH,
    "security": ErrorKind.AUTH,
    "system": ErrorKind.SERVER,
}
ERRORS: Final[dict[str, ErrorKind]] = {
    "not_found": ErrorKind.NOT_FOUND,
    "unauthorized": ErrorKind.AUTH,
    "rate_limit_exceeded": ErrorKind.RATE_LIMITED,
    "tracking_error": ErrorKind.BAD_REQUEST,
}
