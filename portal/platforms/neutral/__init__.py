"""The neutral order document `order/1`: the shape in which every platform's orders reach the portal.

>>> neutral_order({"number": "1001", "lines": [{"title": "Mug"}]}).lines[0].quantity.ordered
1
"""

from portal.platforms.contract import Platform
from portal.platforms.neutral.document import (
    InvalidOrder,
    as_json,
    as_stated,
    neutral_order,
    restored,
    told,
    version_key,
)
from portal.platforms.neutral.parts import (
    Address,
    Adjustment,
    Amount,
    Delivery,
    Event,
    Line,
    NeutralOrder,
    Parcel,
    Tracking,
)
from portal.platforms.neutral.reader import read, read_file

__all__ = [
    "PLATFORM",
    "Address",
    "Adjustment",
    "Amount",
    "Delivery",
    "Event",
    "InvalidOrder",
    "Line",
    "NeutralOrder",
    "Parcel",
    "Tracking",
    "as_json",
    "as_stated",
    "neutral_order",
    "read_file",
    "restored",
    "told",
    "version_key",
]

PLATFORM = Platform("neutral", "Neutral order documents", read)
