"""The sentence that comes first on the order page, its colour, and the progress rail. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from carriers import RANK, TERMINAL, Milestone
from portal.progress.state import ARRIVED, Collect
from portal.progress.values import ArrivalView, OrderState, StepState, StepView, Tone

# What needs the customer comes before what merely happens.
_URGENCY = (
    Milestone.ACTION_REQUIRED,
    Milestone.EXCEPTION,
    Milestone.ATTEMPTED,
    Milestone.READY_FOR_PICKUP,
    Milestone.RETURNING,
    Milestone.LOST,
    Milestone.RETURNED,
    Milestone.OUT_FOR_DELIVERY,
)
_HOME = ("ordered", "prepared", "in_transit", "out_for_delivery", "delivered")
_POINT = ("ordered", "prepared", "in_transit", "ready_to_collect", "collected")
_SHOP = ("ordered", "prepared", "ready_to_collect", "collected")
_DIGITAL = ("ordered", "prepared", "available")
_BACK = ("ordered", "prepared", "in_transit", "returning", "returned")
_TONES = {
    **dict.fromkeys(("delivered", "collected", "available"), Tone.GOOD),
    **dict.fromkeys(("ready_to_collect", "ready_for_pickup", "attempted", "arriving_late"), Tone.WAIT),
    **dict.fromkeys(("action_required", "exception", "returning", "returned", "lost"), Tone.ALERT),
    **dict.fromkeys(("cancelled", "expired"), Tone.OFF),
}


class Expected(Protocol):
    """What the first sentence wants to know of a parcel, whoever is to read it."""

    @property
    def milestone(self) -> str: ...
    @property
    def tracked(self) -> bool: ...
    @property
    def delayed(self) -> bool: ...
    @property
    def arrival(self) -> ArrivalView | None: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first sentence depends on."""

    state: OrderState
    parcels: Sequence[Expected]
    collect: Collect | None
    unshipped: Mapping[int, int]
    promise: ArrivalView | None
    cancelled: bool
    today: date
    digital: bool = False  # all that is in the order needs no parcel

    @property
    def open(self) -> Sequence[Expected]:
        """The parcels that are still expected."""
        return tuple(parcel for parcel in self.parcels if Milestone(parcel.milestone) not in TERMINAL)


def headline(facts: Facts) -> tuple[str, ArrivalView | None]:
    """The key of the sentence and the date in it. See OrderView.headline."""
    if facts.state is OrderState.CANCELLED:
        return "cancelled", None
    if not facts.parcels:
        return _without_parcels(facts)
    for milestone in _URGENCY:
        if parcel := next((p for p in facts.parcels if p.milestone == milestone.value and p.tracked), None):
            return milestone.value, parcel.arrival
    if not facts.open:
        return _all_over(facts)
    return _on_the_way(facts)


def tone_of(key: str, facts: Facts) -> Tone:
    """The colour of the sentence."""
    calm = Tone.WAIT if any(parcel.delayed for parcel in facts.open) else Tone.CALM
    return _TONES.get(key, calm)


def rail_of(key: str, facts: Facts) -> tuple[StepView, ...]:
    """The progress rail of the parcel that the sentence speaks of; empty where progress means nothing."""
    if key in ("cancelled", "lost", "expired") or _nothing_travels(facts):
        return ()
    keys = _keys(key, facts)
    at = _position(key, keys, facts)
    last = len(keys) - 1
    states = [
        StepState.DONE if i < at or i == at == last else StepState.CURRENT if i == at else StepState.TODO
        for i in range(len(keys))
    ]
    return tuple(StepView(step, state) for step, state in zip(keys, states, strict=True))


def lead(facts: Facts) -> Expected | None:
    """The parcel the customer is waiting for: the furthest of those still expected."""
    return max(facts.open, key=lambda parcel: RANK[Milestone(parcel.milestone)], default=None)


def _without_parcels(facts: Facts) -> tuple[str, ArrivalView | None]:
    if facts.collect is not None and (facts.collect.state == "ready" or not facts.unshipped):
        return _at_the_shop(facts.collect), None
    if facts.state is OrderState.COMPLETED:
        return ("available" if facts.digital else "delivered"), None
    if facts.state is OrderState.SHIPPED:
        return "link_only", None
    key = "preparing" if facts.state is OrderState.PREPARING else "confirmed"
    return (key, facts.promise) if facts.promise else (key, None)


def _at_the_shop(collect: Collect) -> str:
    return {"ready": "ready_to_collect", "collected": "collected"}.get(collect.state, "preparing")


def _all_over(facts: Facts) -> tuple[str, ArrivalView | None]:
    if facts.collect is not None and facts.collect.state == "ready":
        return "ready_to_collect", None
    if facts.unshipped or (facts.collect is not None and facts.collect.state != "collected"):
        return "partly_delivered", None
    milestones = [Milestone(parcel.milestone) for parcel in facts.parcels]
    if all(milestone in ARRIVED for milestone in milestones):
        return ("collected" if milestones[-1] is Milestone.COLLECTED else "delivered"), None
    return next(m for m in reversed(milestones) if m not in ARRIVED).value, None


def _on_the_way(facts: Facts) -> tuple[str, ArrivalView | None]:
    if not any(parcel.tracked for parcel in facts.open):
        return "link_only", None
    arrivals = [parcel.arrival for parcel in facts.open if parcel.arrival is not None]
    arrival = min(arrivals, key=lambda a: a.day, default=None)
    if arrival is None:
        return ("in_transit" if any(_has_left(parcel) for parcel in facts.open) else "preparing"), None
    if any(parcel.delayed for parcel in facts.open):
        return "arriving_late", arrival if arrival.day >= facts.today else None
    return ("arriving_today" if arrival.day == facts.today else "arriving"), arrival


def _nothing_travels(facts: Facts) -> bool:
    return not facts.parcels and not facts.unshipped and facts.collect is None and not facts.digital


def _has_left(parcel: Expected) -> bool:
    return RANK[Milestone(parcel.milestone)] > RANK[Milestone.LABEL_CREATED]


def _keys(key: str, facts: Facts) -> tuple[str, ...]:
    if facts.digital:
        return _DIGITAL
    if key in ("returning", "returned"):
        return _BACK
    if key == "ready_to_collect" or (facts.collect is not None and not facts.parcels and not facts.unshipped):
        return _SHOP
    return _POINT if key in ("ready_for_pickup", "collected") else _HOME


def _position(key: str, keys: tuple[str, ...], facts: Facts) -> int:
    named = {"ready_for_pickup": "ready_to_collect"}.get(key, key)
    if named in keys:
        return keys.index(named)
    parcel = lead(facts)
    if parcel is None:
        return 1 if key == "preparing" else 2 if key == "partly_delivered" else 0
    rank = RANK[Milestone(parcel.milestone)]
    if rank >= RANK[Milestone.OUT_FOR_DELIVERY]:
        return 3 if rank <= RANK[Milestone.ATTEMPTED] else 2
    return 2 if rank >= RANK[Milestone.HANDED_OVER] else 1
