"""Land that the antimeridian cuts in two, sewn together: the eastern piece goes on beyond the map's edge."""

from __future__ import annotations

import math
from collections.abc import Sequence

from portal.maps.mercator import SIZE
from scripts.thinning import Line

_CLOSE = 50  # map units by which the two pieces' corners may be apart: 15 km


def unwrapped(ring: Line) -> Line:
    """A ring that stays together where it meets the antimeridian, its middle on the map. One that goes
    round the world is closed far below the map."""
    line: Line = []
    for x, y, weight in ring:
        turns = round((line[-1][0] - x) / SIZE) if line else 0
        line.append((x + turns * SIZE, y, weight))
    if abs(line[-1][0] - line[0][0]) > SIZE // 2:
        line += [(line[-1][0], 4 * SIZE, math.inf), (line[0][0], 4 * SIZE, math.inf)]
    xs = [x for x, *_ in line]
    turn = (min(xs) + max(xs) - 1) // 2 // SIZE * SIZE
    return [(x - turn, y, weight) for x, y, weight in line]


def stitched(rings: Sequence[Line]) -> list[Line]:
    """The rings, those that meet at the antimeridian made one."""
    east = [ring for ring in rings if _on(ring, SIZE) and not _on(ring, 0)]
    west = [ring for ring in rings if _on(ring, 0) and not _on(ring, SIZE)]
    whole = [ring for ring in rings if ring not in east and ring not in west]
    for ring in east:
        sewn = [(other, joined) for other in west if (joined := _sewn(ring, other)) is not None][:1]
        for other, _ in sewn:
            west.remove(other)
        whole.append(sewn[0][1] if sewn else ring)
    return whole + west


def _on(ring: Line, edge: int) -> bool:
    return any(x == edge for x, *_ in ring)


def _sewn(east: Line, west: Line) -> Line | None:
    """Both rings as one, where they share their stretch of the seam; None when they do not."""
    one = _opened(east, SIZE)
    other = [(x + SIZE, y, weight) for x, y, weight in _opened(west, 0)]
    if one[0][1] > one[-1][1]:
        one.reverse()
    if other[0][1] < other[-1][1]:
        other.reverse()
    apart = abs(one[-1][1] - other[0][1]), abs(one[0][1] - other[-1][1])
    return one + other if max(apart) < _CLOSE else None


def _opened(ring: Line, edge: int) -> Line:
    """The ring from where it leaves the seam to where it comes back, without what is on the seam between."""
    if ring[0][:2] == ring[-1][:2]:
        ring = ring[:-1]
    n = len(ring)
    leaves = next(i for i in range(n) if ring[i][0] == edge and ring[(i + 1) % n][0] != edge)
    turned = ring[leaves:] + ring[:leaves]
    back = next((i for i in range(1, n) if turned[i][0] == edge), 0)
    ends = [(*turned[0][:2], math.inf), (*turned[back][:2], math.inf)]
    return [ends[0], *turned[1 : back or n], ends[1]]
