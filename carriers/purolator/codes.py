"""What Purolator's scan types mean. A type is coarse: everything between pickup and delivery is "Other"."""

from __future__ import annotations

from typing import Final

from carriers.core.meaning import NOTE, UNKNOWN, Meaning
from carriers.core.model import Milestone

SCANS: Final[dict[str, Meaning]] = {
    "ProofOfPickUp": Meaning(Milestone.HANDED_OVER),
    "Other": Meaning(Milestone.IN_TRANSIT),
    "OnDelivery": Meaning(Milestone.OUT_FOR_DELIVERY),
    "Undeliverable": Meaning(Milestone.ATTEMPTED),
    "Delivery": Meaning(Milestone.DELIVERED),
}

# Scans of type "Other" that no truck has anything to do with, by how their description begins.
_PAPERWORK: Final[dict[str, Meaning]] = {
    "shipment created": Meaning(Milestone.LABEL_CREATED),
    "new tracking number assigned": NOTE,
}


def meaning(kind: str | None, description: str | None) -> Meaning:
    """What a scan says."""
    said = SCANS.get(kind or "", UNKNOWN)
    if said.milestone is not Milestone.IN_TRANSIT:
        return said
    words = " ".join((description or "").split()).lower()
    return next((paper for start, paper in _PAPERWORK.items() if words.startswith(start)), said)
