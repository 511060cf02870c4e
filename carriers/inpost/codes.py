"""What InPost's statuses mean. Facts: the published list of ShipX statuses.

"pok" is a point where parcels are handed in or out, "box" a locker, "stack" a place to wait in between.
"""

from __future__ import annotations

from typing import Final

from carriers.core.meaning import NOTE, Meaning, each
from carriers.core.model import Milestone, Reason

_EXPIRED: Final = Meaning(Milestone.EXCEPTION, Reason.UNCOLLECTED)

STATUSES: Final[dict[str, Meaning]] = {
    **each(Milestone.LABEL_CREATED, "created offers_prepared offer_selected confirmed"),
    **each(Milestone.HANDED_OVER, "dispatched_by_sender dispatched_by_sender_to_pok collected_from_sender"),
    **each(Milestone.HANDED_OVER, "taken_by_courier taken_by_courier_from_pok"),
    **each(Milestone.IN_TRANSIT, "adopted_at_source_branch sent_from_source_branch adopted_at_sorting_center"),
    **each(Milestone.IN_TRANSIT, "sent_from_sorting_center adopted_at_target_branch redirect_to_box readdressed"),
    **each(Milestone.IN_TRANSIT, "stack_in_box_machine stack_in_customer_service_point unstack_from_box_machine"),
    **each(
        Milestone.IN_TRANSIT,
        "unstack_from_customer_service_point taken_by_courier_from_customer_service_point",
    ),
    "delay_in_delivery": Meaning(Milestone.IN_TRANSIT, Reason.CARRIER_OPERATIONS, delayed=True),
    **each(Milestone.OUT_FOR_DELIVERY, "out_for_delivery out_for_delivery_to_address"),
    **each(Milestone.READY_FOR_PICKUP, "ready_to_pickup ready_to_pickup_from_pok ready_to_pickup_from_branch"),
    **each(Milestone.READY_FOR_PICKUP, "ready_to_pickup_from_pok_registered pickup_reminder_sent"),
    **each(Milestone.READY_FOR_PICKUP, "courier_avizo_in_customer_service_point"),
    **each(Milestone.ATTEMPTED, "avizo pickup_reminder_sent_address"),
    **each(_EXPIRED, "pickup_time_expired stack_parcel_pickup_time_expired"),
    "stack_parcel_in_box_machine_pickup_time_expired": _EXPIRED,
    "delivered": Meaning(Milestone.DELIVERED),
    "rejected_by_receiver": Meaning(Milestone.EXCEPTION, Reason.REFUSED),
    **each(Meaning(Milestone.EXCEPTION, Reason.OTHER), "undelivered oversized undelivered_lack_of_access_letterbox"),
    **each(
        Meaning(Milestone.EXCEPTION, Reason.ADDRESS),
        "undelivered_wrong_address undelivered_incomplete_address undelivered_unknown_receiver"
        " undelivered_no_mailbox undelivered_not_live_address",
    ),
    "undelivered_cod_cash_receiver": Meaning(Milestone.EXCEPTION, Reason.PAYMENT_DUE),
    "missing": Meaning(Milestone.EXCEPTION, Reason.LOST),
    "returned_to_sender": Meaning(Milestone.RETURNED),
    "canceled": Meaning(Milestone.CANCELLED),
    **each(NOTE, "claimed other canceled_redirect_to_box return_pickup_confirmation_to_sender"),
}
