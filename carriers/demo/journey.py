"""Where a parcel of Pigeon Vole is: a pure function of its number, the time and the speed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from carriers.demo.numbers import Parcel, number_for, read_number
from carriers.demo.places import ABROAD, AT_HOME, POINTS, ROISSY, Town
from carriers.demo.stories import Site, Step

_SUNDAY: Final = 6
_ROUNDS: Final = frozenset({"D10", "D20", "D30", "D90"})  # what needs a driver, and so no Sunday
_HALF_WINDOW: Final = timedelta(hours=1)
_NARROWEST: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `at` carries the offset of the town's clock."""

    step: Step
    town: Town
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """When the carrier expects to deliver. Both ends on the destination's clock."""

    earliest: datetime
    latest: datetime
    exact: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """All that the carrier can say at one moment. `events` oldest first."""

    events: tuple[Event, ...]
    estimate: Window | None
    origin: Town
    destination: Town
    point: str | None
    signed_by: str | None


def journey(parcel: Parcel, now: datetime, speed: float) -> Journey | None:
    """The parcel at `now` (aware); None before its first event: the carrier has not heard of it yet."""
    towns = _towns(parcel)
    planned = _planned(parcel, towns)
    happened = tuple(
        Event(step, towns[step.site], at.astimezone(towns[step.site].clock))
        for step, moment in planned
        if (at := _lived_at(parcel, moment, speed)) <= now
    )
    if not happened:
        return None
    delivered = happened[-1].step.code == "D90"
    return Journey(
        events=happened,
        estimate=_estimate(parcel, planned, happened, speed),
        origin=towns[Site.ORIGIN],
        destination=towns[Site.DESTINATION],
        point=_point(parcel),
        signed_by="C. Volière" if parcel.story.signed and delivered else None,
    )


def number_reaching(story: str, code: str, seed: int, now: datetime) -> str:
    """A number whose parcel stands at its first event `code` at `now` (aware), with a past at life's pace.

    What follows goes at the server's speed. Raises ValueError when the story has no such event.
    """
    for hours in range(1024):
        parcel = read_number(number_for(story, seed, now, timedelta(hours=hours)))
        planned = _planned(parcel, _towns(parcel)) if parcel is not None else []
        moments = [moment for step, moment in planned if step.code == code]
        if moments and moments[0] <= now:
            rested = (now - moments[0]) // timedelta(hours=1)
            return number_for(story, seed, now, timedelta(hours=hours - rested), timedelta(hours=rested))
    raise ValueError(f"the story {story!r} never comes to {code!r}")


def seed_between(story: str, origin: str, destination: str, first: int) -> int:
    """The first seed from `first` on with which a parcel of this story goes from one town to the other, so that what
    a shop sends leaves the shop's town and comes to its customer's. Raises ValueError for towns that it never joins."""
    now = datetime.now(UTC)
    for seed in range(first, first + 10_000):
        parcel = read_number(number_for(story, seed, now))
        towns = _towns(parcel) if parcel is not None else {}
        if towns and (towns[Site.ORIGIN].name, towns[Site.DESTINATION].name) == (origin, destination):
            return seed
    raise ValueError(f"the story {story!r} never goes from {origin} to {destination}")


# --- the plan -------------------------------------------------------------------------------------------------


def _dice(parcel: Parcel, salt: int) -> random.Random:
    return random.Random(parcel.seed * 101 + salt)  # noqa: S311  # picks towns for a play


def _towns(parcel: Parcel) -> dict[Site, Town]:
    dice = _dice(parcel, 0)
    destination, last_hub = dice.choice(AT_HOME)
    elsewhere = [pair for pair in AT_HOME if pair[1] != last_hub]
    origin, first_hub = dice.choice(ABROAD if parcel.story.abroad else elsewhere)
    return {
        Site.ORIGIN: origin,
        Site.FIRST_HUB: first_hub,
        Site.BORDER: ROISSY,
        Site.LAST_HUB: last_hub,
        Site.DESTINATION: destination,
    }


def _point(parcel: Parcel) -> str | None:
    return _dice(parcel, 1).choice(POINTS) if parcel.story.at_point else None


def _planned(parcel: Parcel, towns: dict[Site, Town]) -> list[tuple[Step, datetime]]:
    """Each step with its moment at life's pace, in UTC."""
    moment, dice = parcel.started - parcel.rested - parcel.lived, _dice(parcel, 2)
    planned: list[tuple[Step, datetime]] = []
    for step in parcel.story.steps:
        moment = _next(step, moment, towns[step.site])
        if planned:
            moment += timedelta(seconds=dice.randrange(40, 1500))
        planned.append((step, moment))
    return planned


def _next(step: Step, before: datetime, town: Town) -> datetime:
    earliest = (before + timedelta(hours=step.gap)).astimezone(town.clock)
    if step.hour is None:
        return earliest.astimezone(UTC)
    hour, minute = divmod(round(step.hour * 60), 60)
    chosen = earliest.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if chosen < earliest:
        chosen += timedelta(days=1)
    if step.code in _ROUNDS and chosen.weekday() == _SUNDAY:
        chosen += timedelta(days=1)
    return chosen.astimezone(UTC)


def _lived_at(parcel: Parcel, moment: datetime, speed: float) -> datetime:
    """The moment on the real clock: life's pace until it rested, faster from the start. Whole seconds."""
    lived_until = parcel.started - parcel.rested
    if moment <= lived_until:
        return moment.replace(microsecond=0)
    return (parcel.started + (moment - lived_until) / speed).replace(microsecond=0)


def _estimate(
    parcel: Parcel, planned: list[tuple[Step, datetime]], happened: tuple[Event, ...], speed: float
) -> Window | None:
    announced = [e.step for e in happened if e.step.promise is not None or e.step.withdraws]
    promise = announced[-1].promise if announced and not announced[-1].withdraws else None
    if promise is None:
        return None
    goal = next(moment for step, moment in planned if step.code == parcel.story.goal) + timedelta(days=promise)
    clock = _towns(parcel)[Site.DESTINATION].clock
    if goal.astimezone(clock).weekday() == _SUNDAY:
        goal += timedelta(days=1)
    middle, half = _lived_at(parcel, goal, speed), max(_HALF_WINDOW / speed, _NARROWEST)
    earliest, latest = (moment.replace(second=0).astimezone(clock) for moment in (middle - half, middle + half))
    return Window(earliest, latest, exact=happened[-1].step.code == "D10")
