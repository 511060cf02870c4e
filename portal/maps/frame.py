"""Which part of the world a map shows.

Frames are snapped to a grid of sizes and places, so that the many journeys within one country share one
drawing of its land.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.maps.mercator import SIZE
from portal.maps.viewmodels import HEIGHT, WIDTH

Point = tuple[float, float]
_LEAST = 5 / 360 * SIZE  # closer there is nothing on the map but the dots
_STEP = 1.2  # from one size to the next
_GRID = 16  # places of a frame in its own width, and in its height
# What the journey may fill of the frame: the rest is for names.
_FILL_X, _FILL_Y = 0.72, 0.66
_LONG = 45 / 360 * SIZE  # journeys that are wider may get an inset
_FAR_APART = 3.5  # so many times smaller is the end of a journey that gets a map of its own


class Frame(NamedTuple):
    """A part of the world, in map units; `scale` makes view units of them."""

    left: float
    top: float
    width: float

    @property
    def scale(self) -> float:
        """View units in a map unit."""
        return WIDTH / self.width

    @property
    def height(self) -> float:
        """Of the part of the world."""
        return self.width * HEIGHT / WIDTH

    @property
    def middle(self) -> Point:
        """Of the part of the world."""
        return self.left + self.width / 2, self.top + self.height / 2

    def place(self, point: Point) -> Point:
        """Where a point of the world is in the view."""
        return (point[0] - self.left) * self.scale, (point[1] - self.top) * self.scale

    def holds(self, point: Point) -> bool:
        """Whether a point of the world is well inside."""
        x, y = self.place(point)
        return 0.04 * WIDTH < x < 0.96 * WIDTH and 0.06 * HEIGHT < y < 0.94 * HEIGHT


def around(points: Iterable[Point], least: float = _LEAST) -> Frame:
    """The smallest frame of the grid in which all points have room around them, and that is not smaller."""
    places = list(points)
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    slack = 1 / (2 * _GRID)
    needed = max((right - left) / (_FILL_X - slack), (bottom - top) / (_FILL_Y - slack) * WIDTH / HEIGHT, least)
    width = _LEAST * _STEP ** math.ceil(math.log(needed / _LEAST) / math.log(_STEP) - 1e-9)
    cell_x, cell_y = width / _GRID, width * HEIGHT / WIDTH / _GRID
    x = round(((left + right) / 2 - width / 2) / cell_x) * cell_x
    y = round(((top + bottom) / 2 - width * HEIGHT / WIDTH / 2) / cell_y) * cell_y
    return Frame(x, y, width)


def frames(stops: Sequence[Point], way: Sequence[Point], last: int) -> tuple[Frame, Frame | None]:
    """The frame of the map, and of its inset: the end of a long journey gets the map when it would be
    lost in it. `stops[last]` is where the parcel is, what follows is ahead; `way` is the whole line."""
    whole = around(way)
    end = around(stops[last:])
    if last == 0 or last == len(stops) - 1 or whole.width < _LONG or end.width * _FAR_APART > whole.width:
        return whole, None
    for first in range(last - 1, 0, -1):
        more = around(stops[first:])
        if more.width > 2 * end.width:
            break
        end = more
    return end, whole
