"""A journey drawn: frame, ground, way, dots and names. The same journey in the same language is drawn once.

The way into this slice, which is pure and at the bottom beside the kit: it knows no order, no carrier, no
database and no request. Places go in, path data and numbers come out; `templates/_map.html` shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from babel import Locale

from portal.maps import worldfile
from portal.maps.frame import Frame, around, frames
from portal.maps.ground import ground
from portal.maps.journey import ends, via
from portal.maps.labels import Box, beside, countries
from portal.maps.mercator import SIZE, project
from portal.maps.route import route
from portal.maps.shapes import drawn
from portal.maps.viewmodels import HEIGHT, WIDTH, DotView, Ground, InsetView, Journey, LegView, MapView, Stand, Stop

Point = tuple[float, float]
_INSET_W, _INSET_H = 340, 204
_INSET_GAP = 18
_ENOUGH, _WIDER = 500, 4  # characters of land and borders that a map should have, and how often it gets wider
_WIDEST = 1.2 * SIZE  # a map shows hardly more than the world
_APART = 16  # view units; dots that are closer than this hide each other


@lru_cache(1024)
def draw(journey: Journey, locale: str, *, borders: bool = True) -> MapView:
    """The map of a journey; countries are named in the language `locale`, unless there are no borders."""
    towns, legs = _once_round(ends(journey))
    places = _places(towns, legs)
    last = len(towns) - (2 if journey.destination else 1)
    way = [*places, *(point for leg in legs for point in leg)]
    frame, whole = frames(places, way, last)
    frame = _with_something_to_see(frame)
    if whole is not None and frame.width * 2 > whole.width:
        frame, whole = whole, None
    dots = _dots(journey, towns, places, frame)
    line = _samples(legs, frame)
    inset, taken = None, []
    if whole is not None:
        inset, room = _inset(whole, frame, legs, last, line, dots, borders)
        taken.append(room)
    named = sorted((dot for dot in dots if dot.kind != "passed"), key=lambda dot: _FIRST_NAMED.index(dot.kind))
    labels = beside(_distinct(named), dots, line, taken)
    under = ground(frame)
    return MapView(
        journey=journey,
        via=via(journey),
        ground=under if borders else Ground(under.land, ""),
        names=tuple(countries(_countries(frame, locale), line, dots, taken)) if borders else (),
        legs=_legs(legs, last, frame, WIDTH, HEIGHT),
        dots=tuple(dots),
        labels=tuple(labels),
        inset=inset,
    )


_FIRST_NAMED = ("now", "arrived", "destination", "first")
_PAINTED = ("passed", "first", "destination", "arrived", "now")  # what comes later lies on top


def _once_round(towns: Sequence[Stop]) -> tuple[Sequence[Stop], list[list[Point]]]:
    """The towns and the way between them; of a journey that goes round the world, its latest part."""
    legs = route(towns)
    while len(towns) > 2 and _width(legs) > _WIDEST:
        towns = towns[1:]
        legs = route(towns)
    return towns, legs


def _width(legs: Sequence[Sequence[Point]]) -> float:
    xs = [x for leg in legs for x, _ in leg]
    return max(xs) - min(xs)


def _places(towns: Sequence[Stop], legs: Sequence[Sequence[Point]]) -> list[Point]:
    """Where the towns are: each leg's ends."""
    if not legs:
        (town,) = towns
        return [project(town.lat, town.lon)]
    return [legs[0][0], *(leg[-1] for leg in legs)]


def _with_something_to_see(frame: Frame) -> Frame:
    """A frame in the midst of land shows nothing that one could know the place by: a wider one does."""
    for _ in range(_WIDER):
        under = ground(frame)
        if len(under.land) + len(under.borders) / 2 >= _ENOUGH:
            break
        frame = around([frame.middle], least=frame.width * 1.5)
    return frame


def _legs(legs: Sequence[Sequence[Point]], last: int, frame: Frame, width: int, height: int) -> tuple[LegView, ...]:
    """What has been travelled, as one path, and what is ahead."""
    scale = width / frame.width
    seen = [
        drawn([((x - frame.left) * scale, (y - frame.top) * scale) for x, y in leg], width, height, thin=True)
        for leg in legs
    ]
    done, ahead = "".join(seen[:last]), "".join(seen[last:])
    return tuple(LegView(path, far) for path, far in ((done, False), (ahead, True)) if path)


def _dots(journey: Journey, towns: Sequence[Stop], places: Sequence[Point], frame: Frame) -> list[DotView]:
    dots: list[DotView] = []
    last = len(towns) - (2 if journey.destination else 1)
    for index, (town, place) in enumerate(zip(towns, places, strict=True)):
        if not frame.holds(place):
            continue
        kind = "passed" if index else "first"
        if index >= last:
            kind = "destination" if index > last else "now" if journey.stand is Stand.UNDER_WAY else "arrived"
        x, y = frame.place(place)
        dots.append(DotView(round(x), round(y), kind, town.name))
    return sorted(_apart(dots), key=lambda dot: _PAINTED.index(dot.kind))


def _apart(dots: Sequence[DotView]) -> list[DotView]:
    """Without the dots that would be under a more important one."""
    ranked = sorted(dots, key=lambda dot: _PAINTED.index(dot.kind), reverse=True)
    return [
        dot
        for index, dot in enumerate(ranked)
        if dot.kind not in ("passed", "first") or not any(_near(dot, other) for other in ranked[:index])
    ]


def _distinct(dots: Sequence[DotView]) -> list[DotView]:
    """Dots to name: not the same name twice in one place."""
    return [
        dot for index, dot in enumerate(dots) if not any(_near(dot, o) and o.name == dot.name for o in dots[:index])
    ]


def _near(one: DotView, other: DotView) -> bool:
    return abs(one.x - other.x) < _APART and abs(one.y - other.y) < _APART


def _samples(legs: Sequence[Sequence[Point]], frame: Frame) -> list[Point]:
    """Points along the way, close enough that no name fits between two."""
    points = []
    for leg in legs:
        for a, b in pairwise(map(frame.place, leg)):
            steps = max(1, min(40, int(max(abs(b[0] - a[0]), abs(b[1] - a[1])) / 20)))
            points += [
                (a[0] + (b[0] - a[0]) * n / steps, a[1] + (b[1] - a[1]) * n / steps) for n in range(1, steps + 1)
            ]
    return [(x, y) for x, y in points if 0 <= x <= WIDTH and 0 <= y <= HEIGHT]


def _inset(
    whole: Frame,
    frame: Frame,
    legs: Sequence[Sequence[Point]],
    last: int,
    line: Sequence[Point],
    dots: Sequence[DotView],
    borders: bool,
) -> tuple[InsetView, Box]:
    """The whole journey in the corner where least is hidden."""
    xs, ys = (_INSET_GAP, WIDTH - _INSET_W - _INSET_GAP), (_INSET_GAP, HEIGHT - _INSET_H - _INSET_GAP)
    corners = [Box(x, y, x + _INSET_W, y + _INSET_H) for y in ys for x in xs]
    busy = [*line, *((dot.x, dot.y) for dot in dots for _ in range(50))]
    room = min(corners, key=lambda corner: sum(map(corner.has, busy)))
    scale = _INSET_W / whole.width
    window = (frame.left - whole.left, frame.top - whole.top, frame.width, frame.height)
    x, y, wide, high = (round(length * scale) for length in window)
    under = ground(whole, _INSET_W, _INSET_H)
    return InsetView(
        x=int(room.left),
        y=int(room.top),
        width=_INSET_W,
        height=_INSET_H,
        ground=Ground(under.land, "") if not borders else under,
        legs=_legs(legs, last, whole, _INSET_W, _INSET_H),
        frame=(x, y, max(wide, 8), max(high, 5)),
    ), room


@lru_cache(512)
def _countries(frame: Frame, locale: str) -> list[tuple[float, float, float, str]]:
    """Countries whose middle is in the frame: where, how much room, and what they are called."""
    called = Locale.parse(locale).territories
    found = []
    for label in worldfile.labels():
        if label.room * frame.scale < 20:
            break
        for turn in (-1, 0, 1):
            x, y = frame.place((label.x + turn * SIZE, label.y))
            if 0 < x < WIDTH and 0 < y < HEIGHT and label.country in called:
                found.append((x, y, label.room * frame.scale, called[label.country]))
    return found
