"""The words of progress: an order's state, the stops of its rail, colours, dates. Pure values.

They are below orders, so that pages which must not know an order can speak of its progress too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OrderState(StrEnum):
    """Where the whole order stands; derived from its lines and parcels, never stored as typed."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    PARTLY_DELIVERED = "partly_delivered"
    READY_TO_COLLECT = "ready_to_collect"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    PROBLEM = "problem"


class Tone(StrEnum):
    """How a status is coloured; always beside words, never instead of them."""

    CALM = "calm"  # under way, nothing to do
    GOOD = "good"  # delivered, collected
    WAIT = "wait"  # the customer can act: ready to collect, late
    ALERT = "alert"  # something is wrong
    OFF = "off"  # cancelled, unknown


class StepState(StrEnum):
    """One stop of the progress rail."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class StepView:
    """One stop of the rail. `key` is ordered | prepared | in_transit | out_for_delivery | delivered |
    ready_to_collect | collected | returning | returned | available; templates word it."""

    key: str
    state: StepState


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """When something arrives, or arrived. `day` is local to the destination; the window is wall clock
    there ("14:00"). `certain` is False for the shop's promise and True for the carrier's estimate."""

    day: date
    earliest: str | None = None
    latest: str | None = None
    certain: bool = True
