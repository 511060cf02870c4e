"""What the finer codes of DHL's divisions mean, where they say more than the coarse one beside them.

Facts: DHL's published list of statuses by service. A division names its own codes; "42" is a van with one and
nothing with another, so they are read by service only. Some hand a parcel to a shop and call it delivered.
"""

from __future__ import annotations

from typing import Final

from carriers.core.model import Milestone

_Steps = dict[str, Milestone]


def _codes(milestone: Milestone, codes: str) -> _Steps:
    return dict.fromkeys(codes.split(), milestone)


DIVISIONS: Final[dict[str, _Steps]] = {
    "dgf": _codes(Milestone.OUT_FOR_DELIVERY, "OUT_FOR_DELIVERY"),
    "ecommerce": {
        **_codes(Milestone.OUT_FOR_DELIVERY, "544 580 597 598"),
        **_codes(Milestone.READY_FOR_PICKUP, "469 522 570 585 599 601"),
        **_codes(Milestone.COLLECTED, "572"),
        **_codes(Milestone.ATTEMPTED, "550 553 554 555 556 563 564 571 595 596 615 638 639"),
    },
    "ecommerce-europe": {
        **_codes(Milestone.HANDED_OVER, "2 3 226"),
        **_codes(Milestone.OUT_FOR_DELIVERY, "42"),
        **_codes(Milestone.READY_FOR_PICKUP, "43 44 45 46"),
        **_codes(Milestone.COLLECTED, "65 66 67 68"),
        **_codes(Milestone.ATTEMPTED, "72 73 74 75 76 77 78"),
        **_codes(Milestone.RETURNED, "366"),
    },
    "ecommerce-ppl": _codes(Milestone.READY_FOR_PICKUP, "343"),
    "express": {
        **_codes(Milestone.HANDED_OVER, "PU SA"),
        **_codes(Milestone.OUT_FOR_DELIVERY, "WC"),
        **_codes(Milestone.READY_FOR_PICKUP, "CC"),
        **_codes(Milestone.ATTEMPTED, "NH CA BA CM ND MD RD"),
        **_codes(Milestone.RETURNING, "RT"),
    },
    "freight": {
        **_codes(Milestone.HANDED_OVER, "13-0"),
        **_codes(Milestone.OUT_FOR_DELIVERY, "24-501 361-139"),
        **_codes(Milestone.READY_FOR_PICKUP, "20-13"),
        **_codes(Milestone.ATTEMPTED, "20-211 20-234 56-211 56-241 56-284 56-292 56-611"),
    },
    "parcel-nl": {
        **_codes(Milestone.OUT_FOR_DELIVERY, "LOAD_VEHICLE OUT_FOR_DELIVERY PARCEL_INTO_FALLBACK"),
        **_codes(Milestone.READY_FOR_PICKUP, "DELIVERED_AT_PARCELSTATION PARCEL_HELD_FOR_COLLECTION_AT_LOCAL_DEPOT"),
        **_codes(Milestone.READY_FOR_PICKUP, "NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_BEEN_SENT"),
        **_codes(Milestone.READY_FOR_PICKUP, "ON_HOLD_FOR_COLLECTION AWAITING_RECEIVER_COLLECTION"),
        **_codes(Milestone.COLLECTED, "COLLECTED_AT_PARCELSHOP COLLECTED_AT_ACCESSPOINT COLLECTED_AT_PARCELSTATION"),
        **_codes(Milestone.ATTEMPTED, "NOT_HOME NOT_HOME_NEW_DELIVERY NOT_HOME_TO_PARCELSHOP"),
        **_codes(Milestone.ATTEMPTED, "NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP"),
        **_codes(Milestone.RETURNED, "DELIVERED_AT_SHIPPER RETURN_DELIVERED_AT_SHIPPER_CALCULATED"),
        **_codes(Milestone.RETURNED, "POSTPROCESS_DELIVERED_AT_SHIPPER"),
    },
    "parcel-pl": {
        **_codes(Milestone.OUT_FOR_DELIVERY, "LK"),
        **_codes(Milestone.READY_FOR_PICKUP, "DOR_SP SP_DSP SP_KP OWL_KP OWL_ONO OWL_PS_KP OWL_PS_ONO OWL_SP_KP"),
        **_codes(Milestone.READY_FOR_PICKUP, "OWL_SP_ONO"),
        **_codes(Milestone.COLLECTED, "SP_DOR PPDOR DOR_OWL"),
        **_codes(Milestone.ATTEMPTED, "AWI AWI_DP2 AWI_NSP AWI_ONU AWI_OZ AWI_SAS ZWW"),
        **_codes(Milestone.RETURNED, "ZWN"),
    },
    "svb": {
        **_codes(Milestone.OUT_FOR_DELIVERY, "IN_DELIVERY"),
        **_codes(Milestone.ATTEMPTED, "DELIVERY_ATTEMPTED"),
        **_codes(Milestone.COLLECTED, "FETCHED FETCHED_NOTIFIED FETCHED_PACKSTATION"),
        **_codes(Milestone.RETURNING, "SENT_BACK SENT_BACK_ABROAD"),
        **_codes(Milestone.RETURNED, "RETURNED_TO_SENDER"),
    },
}

# Which of them fit into a coarse code; with another they contradict it, and the coarse one wins.
WITHIN: Final[dict[Milestone, frozenset[Milestone]]] = {
    Milestone.IN_TRANSIT: frozenset(
        {
            Milestone.HANDED_OVER,
            Milestone.OUT_FOR_DELIVERY,
            Milestone.ATTEMPTED,
            Milestone.READY_FOR_PICKUP,
            Milestone.RETURNING,
        }
    ),
    Milestone.EXCEPTION: frozenset({Milestone.ATTEMPTED, Milestone.RETURNING}),
    Milestone.DELIVERED: frozenset({Milestone.READY_FOR_PICKUP, Milestone.COLLECTED, Milestone.RETURNED}),
}
