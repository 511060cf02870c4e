"""What DHL's status codes and a few sure wordings mean.

DHL states one of five coarse codes; the finer step hides in the codes and texts of its divisions. The
coarse code wins: a finer reading is taken only where it fits into it, and only from wordings that can
mean nothing else.
"""

from __future__ import annotations

from typing import Final

from carriers.core.errors import ErrorKind
from carriers.core.model import Milestone, Reason

COARSE: Final[dict[str, Milestone]] = {
    "pre-transit": Milestone.LABEL_CREATED,
    "transit": Milestone.IN_TRANSIT,
    "delivered": Milestone.DELIVERED,
    "failure": Milestone.EXCEPTION,
    "unknown": Milestone.UNKNOWN,
    # DHL Express numbers the same four
    "101": Milestone.DELIVERED,
    "102": Milestone.IN_TRANSIT,
    "103": Milestone.EXCEPTION,
    "104": Milestone.LABEL_CREATED,
}

# DHL Paket's standard event codes. PO is no proof of being out for delivery: sorting at the base writes it too.
PAKET: Final[dict[str, Milestone]] = {
    "VA": Milestone.LABEL_CREATED,
    "DD": Milestone.LABEL_CREATED,
    "ES": Milestone.HANDED_OVER,
    "AE": Milestone.HANDED_OVER,
    "AA": Milestone.IN_TRANSIT,
    "NB": Milestone.IN_TRANSIT,
    "EE": Milestone.IN_TRANSIT,
    "PO": Milestone.IN_TRANSIT,
    "ZO": Milestone.IN_TRANSIT,
    "LA": Milestone.READY_FOR_PICKUP,
    "ZF": Milestone.READY_FOR_PICKUP,
    "ZN": Milestone.ATTEMPTED,
    "BV": Milestone.EXCEPTION,
    "AN": Milestone.EXCEPTION,
    "ZU": Milestone.DELIVERED,
    "GT": Milestone.DELIVERED,
}
PAKET_REASONS: Final[dict[str, Reason]] = {"ZO": Reason.CUSTOMS}

# Which finer steps a coarse one can hold.
FINER: Final[dict[Milestone, frozenset[Milestone]]] = {
    Milestone.IN_TRANSIT: frozenset(
        {Milestone.HANDED_OVER, Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPTED, Milestone.READY_FOR_PICKUP}
    ),
    Milestone.EXCEPTION: frozenset({Milestone.ATTEMPTED}),
}

# A short title that is exactly this, or a sentence that begins so.
WORDINGS: Final[dict[str, Milestone]] = {
    "out for delivery": Milestone.OUT_FOR_DELIVERY,
    "with delivery courier": Milestone.OUT_FOR_DELIVERY,
    "shipment is out with courier for delivery": Milestone.OUT_FOR_DELIVERY,
    "shipment is out for delivery": Milestone.OUT_FOR_DELIVERY,
    "the shipment is out for delivery": Milestone.OUT_FOR_DELIVERY,
    "the shipment has been loaded onto the delivery vehicle": Milestone.OUT_FOR_DELIVERY,
    "the shipment has been loaded to the van": Milestone.OUT_FOR_DELIVERY,
    "in zustellung": Milestone.OUT_FOR_DELIVERY,
    "die sendung wurde in das zustellfahrzeug geladen": Milestone.OUT_FOR_DELIVERY,
    "en cours de livraison": Milestone.OUT_FOR_DELIVERY,
    "en reparto": Milestone.OUT_FOR_DELIVERY,
    "available for pickup": Milestone.READY_FOR_PICKUP,
    "available for collection": Milestone.READY_FOR_PICKUP,
    "ready for pickup": Milestone.READY_FOR_PICKUP,
    "ready for pick-up": Milestone.READY_FOR_PICKUP,
    "ready for collection": Milestone.READY_FOR_PICKUP,
    "awaiting customer collection": Milestone.READY_FOR_PICKUP,
    "the shipment is ready for pick-up": Milestone.READY_FOR_PICKUP,
    "the shipment is ready for collection": Milestone.READY_FOR_PICKUP,
    "zur abholung bereit": Milestone.READY_FOR_PICKUP,
    "die sendung liegt zur abholung bereit": Milestone.READY_FOR_PICKUP,
}

# What turns the meaning of such a beginning round when it follows.
TURNS: Final = frozenset(
    ["not", "no", "unsuccessful", "failed", "attempted", "tomorrow", "scheduled", "expected", "soon", "nicht"]
)
TURNING_PHRASES: Final = (" by dhl", " by courier", " by the courier")  # ready for pickup, but not by the customer

SERVICES: Final = frozenset(
    {
        "dgf",
        "dsc",
        "ecommerce",
        "ecommerce-apac",
        "ecommerce-europe",
        "ecommerce-iberia",
        "ecommerce-ppl",
        "express",
        "freight",
        "parcel-de",
        "parcel-nl",
        "parcel-pl",
        "parcel-uk",
        "post-de",
        "post-international",
        "sameday",
        "svb",
    }
)

# Fault codes of the gateway in front of the service.
FAULTS: Final[dict[str, ErrorKind]] = {
    "oauth.v2.FailedToResolveAPIKey": ErrorKind.AUTH,
    "oauth.v2.InvalidApiKey": ErrorKind.AUTH,
    "oauth.v2.InvalidApiKeyForGivenResource": ErrorKind.AUTH,
    "policies.ratelimit.QuotaViolation": ErrorKind.RATE_LIMITED,
    "policies.ratelimit.SpikeArrestViolation": ErrorKind.RATE_LIMITED,
}
