"""The middle of a shape: the point inside that is farthest from its outline, to write a name there."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[int, int]


def pole(ring: Sequence[Point]) -> tuple[float, float, float]:
    """Such a point, and its distance to the outline. Squares are searched, the most promising first."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    side = max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    outline = list(pairwise([*ring, ring[0]]))
    best = (*middle, _inside(outline, *middle))
    queue = [(-math.inf, side, *middle)]
    while queue:
        promise, half, x, y = heapq.heappop(queue)
        if -promise - best[2] <= side / 50:
            continue
        quarter = half / 2
        for cx, cy in (
            (x - quarter, y - quarter),
            (x + quarter, y - quarter),
            (x - quarter, y + quarter),
            (x + quarter, y + quarter),
        ):
            here = _inside(outline, cx, cy)
            if here > best[2]:
                best = (cx, cy, here)
            if (hope := here + quarter * math.sqrt(2)) - best[2] > side / 50:
                heapq.heappush(queue, (-hope, quarter, cx, cy))
    return best


def _inside(outline: Sequence[tuple[Point, Point]], x: float, y: float) -> float:
    """The distance to the outline; negative outside."""
    inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in outline:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        dx, dy = bx - ax, by - ay
        long = dx * dx + dy * dy
        along = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / long)) if long else 0.0
        nearest = min(nearest, (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2)
    return math.sqrt(nearest) * (1 if inside else -1)
