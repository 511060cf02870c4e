"""What DHL Paket's event codes mean. Facts: the published list of standard event codes.

Beside the standard code stand two finer ones, `ice` (what was done) and `ric` (why). They are read only
where the standard code says too little.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.meaning import NOTE, Meaning, each
from carriers.core.model import Milestone, Reason

_HELD_UP: Final = Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True)
_DESTROYED: Final = Meaning(Milestone.EXCEPTION, Reason.OTHER)
_DAMAGED: Final = Meaning(Milestone.EXCEPTION, Reason.DAMAGED, delayed=True)
_LOST: Final = Meaning(Milestone.LOST, Reason.LOST)
_RETURNING: Final = Meaning(Milestone.RETURNING)
_ON_ITS_WAY: Final = Meaning(Milestone.IN_TRANSIT)

DATA_SERVICE: Final = "DD"

EVENTS: Final[dict[str, Meaning]] = {
    "VA": Meaning(Milestone.LABEL_CREATED),
    DATA_SERVICE: NOTE,  # a message, a wish of the recipient: at any time, and no step of the parcel
    **each(Milestone.HANDED_OVER, "ES AE"),
    **each(Milestone.IN_TRANSIT, "AA NB EE"),
    **each(Milestone.IN_TRANSIT, "PO"),  # sorting at the base; see FINER
    **each(Meaning(Milestone.IN_TRANSIT, Reason.CUSTOMS), "ZO"),
    **each(Milestone.READY_FOR_PICKUP, "LA ZF"),
    **each(Milestone.ATTEMPTED, "ZN"),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "BV AN"),
    **each(Milestone.DELIVERED, "ZU GT"),
}

# By standard code, `ice` and `ric`; "" stands for any `ric`. "Delivered" also files what was destroyed, and
# "stored" what only waits in a depot for the day it is wanted.
FINER: Final[dict[tuple[str, str, str], Meaning]] = {
    ("PO", "SRTED", "NRQRD"): Meaning(Milestone.OUT_FOR_DELIVERY),
    ("PO", "LDTMV", ""): Meaning(Milestone.OUT_FOR_DELIVERY),
    ("PO", "HLDCC", ""): Meaning(Milestone.READY_FOR_PICKUP),
    **dict.fromkeys((("PO", ice, "") for ice in ("EXPHD", "LDEXC", "MSRTD", "MVTEX", "NTADT", "NTDEL")), _HELD_UP),
    ("LA", "INFCL", "SERPT"): Meaning(Milestone.READY_FOR_PICKUP),
    ("LA", "INFCL", ""): _ON_ITS_WAY,
    ("ZF", "LDTMV", ""): _ON_ITS_WAY,  # on the van to the shop
    ("ZF", "EXPHD", ""): Meaning(Milestone.EXCEPTION),
    ("ZF", "HLDCC", "NTCCN"): Meaning(Milestone.EXCEPTION, Reason.UNCOLLECTED),
    ("ZN", "DLVRF", ""): Meaning(Milestone.ATTEMPTED, Reason.REFUSED),
    ("ZN", "DLVRF", "DMGED"): _DAMAGED,
    ("ZN", "NTDEL", "DMGED"): _DAMAGED,
    ("ZN", "RCCLS", "LOSTX"): _LOST,
    ("BV", "EXPHD", "LOSTX"): _LOST,
    ("BV", "CANCL", ""): Meaning(Milestone.CANCELLED),
    **dict.fromkeys(((code, "RETRN", "") for code in ("BV", "ZN", "ZO")), _RETURNING),
    **dict.fromkeys(((code, "EXPHD", "RTTSP") for code in ("BV", "ZN")), _RETURNING),
    **dict.fromkeys(((code, "DSPSD", "") for code in ("BV", "ZN", "ZU")), _DESTROYED),
    **dict.fromkeys(((code, "HLDCU", "") for code in ("BV", "ZO")), Meaning(Milestone.EXCEPTION, Reason.CUSTOMS)),
    ("ZO", "RSDCP", ""): _ON_ITS_WAY,  # out of customs
}

# What a `ric` says about why, where the codes before it do not.
REASONS: Final[dict[str, Reason]] = {
    **dict.fromkeys(("NHOME", "CNCNR"), Reason.ABSENT),
    "CLOSD": Reason.CLOSED,
    **dict.fromkeys(("BDADD", "MOVED", "CPUNK", "WRGPN", "WRGRI"), Reason.ADDRESS),
    **dict.fromkeys(("RFUSD", "NTORD"), Reason.REFUSED),
    **dict.fromkeys(("DMGED", "DMGPC", "DMPHD", "PUDMG", "ACCDM"), Reason.DAMAGED),
    **dict.fromkeys(("NTCCN", "NTCLM"), Reason.UNCOLLECTED),
    "TRPMT": Reason.PAYMENT_DUE,
    **dict.fromkeys(("CLREF", "INSPF"), Reason.CUSTOMS),
    **dict.fromkeys(("CAPEX", "CRROT", "DRCRU", "EQUBF", "MSDLA", "OVRLD", "TCHBD"), Reason.CARRIER_OPERATIONS),
    "STBSD": Reason.SHOP,
}

ERRORS: Final[dict[str, ErrorKind]] = {
    **dict.fromkeys(("100", "200"), ErrorKind.NOT_FOUND),
    **dict.fromkeys(("5", "6", "62", "64"), ErrorKind.AUTH),
    **dict.fromkeys(("41", "45", "59"), ErrorKind.INVALID_NUMBER),
    "57": ErrorKind.BAD_REQUEST,  # the postcode
}
