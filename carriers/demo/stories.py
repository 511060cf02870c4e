"""What can happen to a parcel of Pigeon Vole: stories as lists of steps. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Site(StrEnum):
    """Where a step happens, before the towns are known."""

    ORIGIN = "origin"
    FIRST_HUB = "first_hub"
    BORDER = "border"
    LAST_HUB = "last_hub"
    DESTINATION = "destination"


@dataclass(frozen=True, slots=True)
class Step:
    """One event: at the first `hour` (local clock) that is `gap` hours after the step before.

    `promise` is what the carrier announces from then on: so many days after the story's goal.
    `withdraws`: from then on it announces nothing.
    """

    code: str
    site: Site
    gap: float
    hour: float | None = None
    promise: int | None = None
    withdraws: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """Steps in order. `goal` is the code whose first step the promises are counted from."""

    letter: str
    steps: tuple[Step, ...]
    goal: str = "D90"
    abroad: bool = False
    signed: bool = False
    at_point: bool = False


_O, _F, _B, _L, _D = Site.ORIGIN, Site.FIRST_HUB, Site.BORDER, Site.LAST_HUB, Site.DESTINATION

_ANNOUNCED: Final = Step("A10", _O, 0)
_SENT: Final = (Step("T10", _F, 2, 20.7), Step("T20", _F, 1))
_ARRIVED: Final = (Step("T10", _L, 3, 4.2), Step("T30", _D, 2, 6.6))
_OUT: Final = Step("D10", _D, 0.5, 8.1)
_HOME: Final = Step("D90", _D, 1.5, 11.2)


def _taken(promise: int) -> Step:
    return Step("A20", _O, 2, 16.4, promise=promise)


def _by_road(promise: int = 0) -> tuple[Step, ...]:
    return (_ANNOUNCED, _taken(promise), *_SENT, *_ARRIVED)


_STORIES: Final = {
    "in_france": Story("F", (*_by_road(), _OUT, _HOME)),
    "delivered": Story("D", (*_by_road(), _OUT, _HOME), signed=True),
    "international": Story(
        "N",
        (
            _ANNOUNCED,
            _taken(0),
            *_SENT,
            Step("C10", _B, 8, 5.8),
            Step("C20", _B, 4, 15.3),
            Step("T20", _B, 1.5),
            *_ARRIVED,
            _OUT,
            _HOME,
        ),
        abroad=True,
    ),
    "delayed": Story(
        "R",
        (
            _ANNOUNCED,
            _taken(-2),
            *_SENT,
            Step("R10", _L, 9, 7.4, promise=0),
            Step("T10", _L, 40, 4.2),
            Step("T30", _D, 2, 6.6),
            _OUT,
            _HOME,
        ),
    ),
    "pickup": Story(
        "P",
        (*_by_road(), Step("D30", _D, 2, 10.3), Step("D91", _D, 20, 18.2)),
        goal="D30",
        at_point=True,
    ),
    "attempted": Story(
        "A",
        (*_by_road(-1), _OUT, Step("D20", _D, 2, 12.1, promise=0), Step("D10", _D, 18, 8.2), Step("D90", _D, 2, 13.4)),
    ),
    "address": Story(
        "Q",
        (*_by_road(-2), Step("X20", _D, 1, 8.4, withdraws=True), Step("D10", _D, 40, 8.2, promise=0), _HOME),
    ),
    "exception": Story(
        "X",
        (_ANNOUNCED, _taken(1), *_SENT, Step("T10", _L, 3, 4.2), Step("X10", _L, 1, withdraws=True)),
        goal="X10",
    ),
    "lost": Story(
        "G",
        (_ANNOUNCED, _taken(1), *_SENT, Step("X90", _F, 160, 9.5, withdraws=True)),
        goal="T20",
    ),
    "returning": Story(
        "V",
        (
            *_by_road(),
            Step("D30", _D, 2, 10.3),
            Step("V10", _D, 168, 9.1, withdraws=True),
            Step("V20", _L, 3, 20.9),
            Step("V20", _F, 5, 4.6),
            Step("V90", _O, 4, 11.3),
        ),
        goal="D30",
        at_point=True,
    ),
    "cancelled": Story("C", (_ANNOUNCED, Step("Z90", _O, 5, withdraws=True)), goal="Z90"),
}

STORIES: Final = tuple(_STORIES)
BY_LETTER: Final = {story.letter: story for story in _STORIES.values()}


def story_named(name: str) -> Story:
    """The story of this name. Raises ValueError for a name that is not in STORIES."""
    if name not in _STORIES:
        raise ValueError(f"no story {name!r}; there are {', '.join(STORIES)}")
    return _STORIES[name]
