"""Where towns' and countries' names go on a map: beside their dots, clear of the way and of each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from portal.maps.viewmodels import HEIGHT, WIDTH, DotView, LabelView, NameView

# Sizes of letters in view units, on a phone and on a desk: the narrower the map, the larger its letters.
PHONE, DESK = 44, 25
_COUNTRY_PHONE, _COUNTRY_DESK = 38, 25
_GAP = 0.75  # between dot and name, in letter heights
_LONGEST = 26
SIDES = ("right", "left", "above", "below")

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in the view."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0

    def outside(self) -> float:
        """The area beyond the view's edge."""
        whole = (self.right - self.left) * (self.bottom - self.top)
        return whole - self.overlap(Box(0, 0, WIDTH, HEIGHT))

    def has(self, point: Point) -> bool:
        """Whether a point is inside."""
        return self.left < point[0] < self.right and self.top < point[1] < self.bottom


def beside(
    dots: Sequence[DotView], others: Sequence[DotView], way: Sequence[Point], taken: list[Box]
) -> list[LabelView]:
    """A name for each of `dots`, the most important first. `taken` grows by the room that the names take."""
    labels = []
    for dot in dots:
        text = shortened(dot.name)
        boxes = {side: _room(dot, text, side) for side in SIDES}
        costs = {side: _cost(box, dot, others, way, taken) for side, box in boxes.items()}
        side = min(SIDES, key=lambda one: (costs[one], SIDES.index(one)))
        taken.append(boxes[side])
        labels.append(LabelView(dot.x, dot.y, side, text, dot.kind))
    return labels


def countries(
    places: Sequence[tuple[float, float, float, str]], way: Sequence[Point], dots: Sequence[DotView], taken: list[Box]
) -> list[NameView]:
    """The names that fit: `places` are middle, room around it and name, the roomiest first."""
    names: list[NameView] = []
    busy = [*way, *((dot.x, dot.y) for dot in dots)]
    taken = taken[:]
    for x, y, room, text in places:
        for size, roomy in ((_COUNTRY_PHONE, True), (_COUNTRY_DESK, False)):
            wide, high = width_of(text) * size / 2, size * 0.7
            box = Box(x - wide, y - high, x + wide, y + high)
            if (
                wide > room * 1.5
                or box.outside()
                or any(box.overlap(other) for other in taken)
                or any(map(box.has, busy))
            ):
                continue
            taken.append(box)
            names.append(NameView(round(x), round(y), text, roomy))
            break
    return names


def width_of(text: str) -> float:
    """Roughly, in letter heights."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.57 for letter in text)


def shortened(text: str) -> str:
    """A name that is no longer than a map has room for."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _room(dot: DotView, text: str, side: str) -> Box:
    wide, half, gap = width_of(text) * PHONE, PHONE * 0.62, PHONE * _GAP
    if side == "right":
        return Box(dot.x + gap, dot.y - half, dot.x + gap + wide, dot.y + half)
    if side == "left":
        return Box(dot.x - gap - wide, dot.y - half, dot.x - gap, dot.y + half)
    middle = dot.y + (gap + half) * (1 if side == "below" else -1)
    return Box(dot.x - wide / 2, middle - half, dot.x + wide / 2, middle + half)


def _cost(box: Box, dot: DotView, others: Sequence[DotView], way: Sequence[Point], taken: Sequence[Box]) -> float:
    outside = box.outside()
    hidden = (20_000 if outside else 0) + 4 * outside + 2 * sum(box.overlap(other) for other in taken)
    crossed = sum(box.has(point) for point in way)
    covered = sum(box.has((other.x, other.y)) for other in others if (other.x, other.y) != (dot.x, dot.y))
    return hidden + 150 * crossed + 900 * covered
