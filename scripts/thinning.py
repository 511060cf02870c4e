"""How much each point of a line matters: Douglas and Peucker's distances, worked out once for all scales."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[int, int]
Line = list[tuple[int, int, float]]  # with the weight of each point


def weighted(line: Sequence[Point]) -> Line:
    """The line, with the weight of each point."""
    return [(x, y, weight) for (x, y), weight in zip(line, weights(line), strict=True)]


def weights(line: Sequence[Point]) -> list[float]:
    """For each point the tolerance up to which it stays; the ends stay for ever.

    A point never outweighs the one that split its stretch, so that what stays at a coarse scale stays at
    all finer ones.
    """
    weight = [math.inf] * len(line)
    stack = [(0, len(line) - 1, math.inf)]
    while stack:
        first, last, most = stack.pop()
        if last - first < 2:
            continue
        split, far = _farthest(line, first, last)
        weight[split] = min(far, most)
        stack += [(first, split, weight[split]), (split, last, weight[split])]
    return weight


def _farthest(line: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    """The point between two others that is farthest from the stretch that joins them."""
    (ax, ay), (bx, by) = line[first], line[last]
    dx, dy = bx - ax, by - ay
    long = dx * dx + dy * dy
    split, far = first + 1, -1.0
    for index in range(first + 1, last):
        x, y = line[index][0] - ax, line[index][1] - ay
        along = min(1.0, max(0.0, (x * dx + y * dy) / long)) if long else 0.0
        distance = (x - along * dx) ** 2 + (y - along * dy) ** 2
        if distance > far:
            split, far = index, distance
    return split, math.sqrt(far)
