"""What bpost's state codes mean.

bpost publishes no whole list. Left out are the states whose meaning is not sure (most that begin with
N): they show their text and decide nothing.
"""

from __future__ import annotations

from typing import Final

from carriers.core.meaning import Meaning, each
from carriers.core.model import Milestone, Reason

_HELD: Final = Meaning(Milestone.EXCEPTION, Reason.OTHER)

STATES: Final[dict[str, Meaning]] = {
    **each(Milestone.IN_TRANSIT, "T00 R00 R01 R02 R03 R04 R05 N14"),
    "L00": Meaning(Milestone.OUT_FOR_DELIVERY),  # "bound to round"
    **each(Milestone.READY_FOR_PICKUP, "N74 R13"),
    **each(Milestone.DELIVERED, "U00 U01 U02 U03 U04 U05 U06 U07 U08"),
    **each(_HELD, "B00 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B13 B18 B23 B24 B28"),
    **each(_HELD, "I03 I10 I11 I12 I18 I19 I58 I61 I66 I67 I68 I72 I88"),
    **each(_HELD, "R11 R12 T03 S00"),
}
