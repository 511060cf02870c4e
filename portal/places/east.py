"""Chinese, Japanese and Korean texts, which put no spaces between a town and what follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from portal.places import gazetteer, hubs
from portal.places.choice import Hints, best
from portal.places.gazetteer import Town

_RUN: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7a3]+")
_LONGEST: Final = 5  # letters of a town's name
_READ: Final = 24  # letters of a run
_INSIDE: Final = 50_000  # people of a town whose name may stand among other words
_ENDS: Final = "市区區县縣镇鎮町村乡郷시군구읍"


def named(text: str, hints: Hints) -> tuple[Town, str, str | None] | None:
    """The town, the evidence and the name to show: a hub, else the whole run, else the biggest town named in one."""
    runs = _RUN.findall(text)
    for run in runs:
        for piece in _pieces(run, longest=10):
            hub = hubs.named(piece)
            if hub and hints.country in (None, hub.country) and (town := hubs.town_of(hub)):
                return town, "hub", hub.shown
    inside: list[Town] = []
    for run in runs:
        pieces = list(dict.fromkeys([_bare(run), *_pieces(run, _LONGEST)]))
        towns = gazetteer.named_any(pieces, hints.country)
        if (whole := best(towns.get(_bare(run), []), hints)) and len(run) > 1:
            return whole, "name", None
        inside += [town for piece in pieces if (town := best(towns.get(piece, []), hints)) and town.people >= _INSIDE]
    biggest = max(inside, key=lambda town: (town.people, -town.id), default=None)
    return (biggest, "part", None) if biggest else None


def _bare(run: str) -> str:
    return run.rstrip(_ENDS) if len(run) > 2 else run


def _pieces(run: str, longest: int) -> Iterator[str]:
    read = run[:_READ]
    for size in range(min(longest, len(read)), 1, -1):
        yield from (read[start : start + size] for start in range(len(read) - size + 1))
