"""What DHL Paket's event codes mean. Facts: the published list of standard event codes.

Beside the standard code stand two finer ones, `ice` (what was done) and `ric` (why). They are read only
where the standard code says too little.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

EVENTS: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "VA DD"),
    **each(Milestone.HANDED_OVER, "ES AE"),
    **each(Milestone.IN_TRANSIT, "AA NB EE"),
    **each(Milestone.IN_TRANSIT, "PO"),  # sorting at the base; see FINER
    **each(Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS), "ZO"),
    **each(Milestone.READY_FOR_PICKUP, "LA ZF"),
    **each(Milestone.ATTEMPTED, "ZN"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "BV AN"),
    **each(Milestone.DELIVERED, "ZU GT"),
}

# By standard code, `ice` and `ric`; "" stands for any `ric`.
FINER: Final[dict[tuple[str, str, str], Meaning]] = {
    ("PO", "SRTED", "NRQRD"): Meaning(Milestone.OUT_FOR_DELIVERY),
    ("PO", "LDTMV", ""): Meaning(Milestone.OUT_FOR_DELIVERY),
    ("ZN", "RETRN", ""): Meaning(Milestone.RETURNING),
}

ERRORS: Final[dict[str, ErrorKind]] = {
    **dict.fromkeys(("100", "200"), ErrorKind.NOT_FOUND),
    **dict.fromkeys(("5", "6", "62", "64"), ErrorKind.AUTH),
    **dict.fromkeys(("41", "45", "59"), ErrorKind.INVALID_NUMBER),
    "57": ErrorKind.BAD_REQUEST,  # the postcode
}
