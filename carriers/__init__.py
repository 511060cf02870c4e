"""Carrier tracking as a library: numbers, credentials and an HTTP client in, reports out.

    >>> import carriers
    >>> carriers.get("laposte").manifest.label
    'La Poste'

It imports nothing of the portal and no database. Adapters are found by folder: adding one changes no
existing file.
"""

from carriers.core.contract import Account, Carrier, Manifest, TrackRequest
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.links import label_of, tracking_page
from carriers.core.model import (
    RANK,
    TERMINAL,
    Answer,
    Checkpoint,
    Estimate,
    Failed,
    Found,
    Milestone,
    NotFound,
    Place,
    Reason,
    Report,
)
from carriers.core.numbers.detect import Candidate, detect, number_in
from carriers.core.numbers.matching import Evidence
from carriers.core.registry import UnknownCarrier, all, get, named
from carriers.core.times import CarrierTime

__all__ = [
    "RANK",
    "TERMINAL",
    "Account",
    "Answer",
    "Candidate",
    "Carrier",
    "CarrierError",
    "CarrierTime",
    "Checkpoint",
    "ErrorKind",
    "Estimate",
    "Evidence",
    "Failed",
    "Found",
    "Manifest",
    "Milestone",
    "NotFound",
    "Place",
    "Reason",
    "Report",
    "TrackRequest",
    "UnknownCarrier",
    "all",
    "detect",
    "get",
    "label_of",
    "named",
    "number_in",
    "tracking_page",
]
