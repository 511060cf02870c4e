"""What Chronopost's event codes mean: those that recorded answers show. Chronopost publishes no list."""

from __future__ import annotations

from typing import Final

from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "DC"),
    **each(Milestone.HANDED_OVER, "DB DY"),
    **each(Milestone.IN_TRANSIT, "SC TS SD"),
    **each(Milestone.OUT_FOR_DELIVERY, "TA"),
    **each(Milestone.DELIVERED, "D"),
}

# The further facts of an event come as pairs of a name, in the language asked for, and a value.
SIGNED_BY: Final = "Consignee's name"
