"""What carriers call their hubs: the hand-kept table data/hubs.txt, read when it is first asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from portal.places import gazetteer, spelling

TABLE: Final = gazetteer.DATA / "hubs.txt"
LONGEST: Final = 6  # words of a hub's name


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub's town, named as in the gazetteer, and the name to show where that is another; `alone` when the hub's
    name must be a text's only words."""

    country: str
    region: str | None
    town: str
    shown: str | None
    alone: bool


def named(key: str) -> Hub | None:
    """The hub that a run of words names, by its key."""
    return _table().get(key)


@cache
def town_of(hub: Hub) -> gazetteer.Town | None:
    """Its town; the table's test sees to it that there is one."""
    towns = gazetteer.named(spelling.key(spelling.words(hub.town)), hub.country)
    fitting = [town for town in towns if hub.region in (None, town.region)]
    return max(fitting, key=lambda town: (town.kind == gazetteer.MAIN, town.people), default=None)


@cache
def _table() -> dict[str, Hub]:
    return dict(_lines(TABLE.read_text(encoding="utf-8")))


def _lines(text: str) -> Iterator[tuple[str, Hub]]:
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, meant = line.removeprefix("=").partition(" = ")
        where, _, town = meant.partition(" ")
        country, _, region = where.partition("/")
        town, _, shown = town.partition(" as ")
        hub = Hub(country, region or None, town, shown or None, line.startswith("="))
        yield spelling.key(spelling.words(name)), hub
