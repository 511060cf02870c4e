"""What DHL Express's event codes mean. Facts: the published MyDHL API description."""

from __future__ import annotations

from typing import Final

from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

_IN_CUSTOMS: Final = Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS)
_HELD_UP: Final = Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS, delayed=True)

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.HANDED_OVER, "PU SA"),
    **each(Milestone.IN_TRANSIT, "PL DF AF AR TR FD TP SM"),
    **each(_IN_CUSTOMS, "RR IC BR BN"),
    **each(Milestone.IN_TRANSIT, "CR"),  # cleared: customs no longer holds it
    **each(_HELD_UP, "CD UD"),
    **each(Milestone.OUT_FOR_DELIVERY, "WC"),
    **each(Milestone.DELIVERED, "OK PD"),
    **each(Meaning(Milestone.DELIVERED, Reason.DAMAGED), "DD"),
    **each(Milestone.READY_FOR_PICKUP, "CC"),
    **each(Meaning(Milestone.ATTEMPTED, Reason.ABSENT), "NH"),
    **each(Meaning(Milestone.ATTEMPTED, Reason.ADDRESS), "BA CM"),
    **each(Meaning(Milestone.ATTEMPTED, Reason.CLOSED), "CA"),
    **each(Meaning(Milestone.ATTEMPTED, Reason.REFUSED), "RD"),
    **each(Milestone.ATTEMPTED, "ND MD"),
    **each(Meaning(Milestone.ACTION_REQUIRED, Reason.PAYMENT_DUE), "HP"),
    **each(Meaning(Milestone.EXCEPTION, Reason.CARRIER_OPERATIONS, delayed=True), "MS MC"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "OH SS DS"),
    **each(Milestone.RETURNING, "RT"),
}
