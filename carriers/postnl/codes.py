"""What PostNL's codes mean. Facts: PostNL's published list of shipment status codes.

A shipment has a status; its events have codes of their own, whose letter stands before or behind the
digits depending on the year. Few of those are documented, so an event is read through the status that
PostNL set at the same second, where there is one.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning, each
from carriers.core.model import Milestone, Reason

STATUSES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "1 13"),  # announced; announced and still not received
    "2": Meaning(Milestone.HANDED_OVER),
    **each(Milestone.IN_TRANSIT, "3 4 5 21"),
    "6": Meaning(Milestone.IN_TRANSIT, delayed=True),  # could not be sorted
    "7": Meaning(Milestone.OUT_FOR_DELIVERY),
    "8": Meaning(Milestone.ATTEMPTED),
    **each(Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS), "9 20"),
    "11": Meaning(Milestone.DELIVERED),
    "12": Meaning(Milestone.READY_FOR_PICKUP),
    "14": Meaning(Milestone.EXCEPTION, Reason.SHOP),  # never received
    **each(Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS), "15 16 17"),  # missing at one of the steps
    "18": Meaning(Milestone.LOST, Reason.LOST),
    "19": Meaning(Milestone.EXCEPTION, Reason.OTHER),
    "22": Meaning(Milestone.COLLECTED),
    "99": NOTE,  # "not applicable"
}

EVENTS: Final[dict[str, Meaning]] = {
    "A01": Meaning(Milestone.LABEL_CREATED),
    "B01": Meaning(Milestone.HANDED_OVER),
    "J01": Meaning(Milestone.IN_TRANSIT),  # sorted
    "J05": Meaning(Milestone.OUT_FOR_DELIVERY),
}

# Fault codes of the gateway in front of the service.
FAULTS: Final[dict[str, ErrorKind]] = {
    "oauth.v2.FailedToResolveAPIKey": ErrorKind.AUTH,
    "oauth.v2.InvalidApiKey": ErrorKind.AUTH,
    "policies.ratelimit.QuotaViolation": ErrorKind.RATE_LIMITED,
    "policies.ratelimit.SpikeArrestViolation": ErrorKind.RATE_LIMITED,
}
