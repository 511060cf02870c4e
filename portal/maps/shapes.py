"""Lines in the view: thinned, cut at its edges, written as path data in whole, relative numbers."""

from __future__ import annotations

from collections.abc import Sequence

from portal.maps.viewmodels import HEIGHT, WIDTH

Point = tuple[float, float]
MARGIN = 12  # lines end this far outside the view, so that their ends are not seen
_CLOSER = 2  # view units; points that are closer than this to the one before are left out


def filled(points: Sequence[Point], width: int = WIDTH, height: int = HEIGHT) -> str:
    """The part of a closed shape that is in the view."""
    return _written(_cut(_thinned(points), width, height), closed=True)


def drawn(points: Sequence[Point], width: int = WIDTH, height: int = HEIGHT, *, thin: bool = False) -> str:
    """The parts of a line that are in the view."""
    kept = _thinned(points) if thin else points
    return "".join(_written(run, closed=False) for run in _runs(kept, width, height))


def _thinned(points: Sequence[Point]) -> list[Point]:
    kept = [points[0]]
    px, py = points[0]
    for point in points:
        x, y = point
        if abs(x - px) + abs(y - py) >= _CLOSER:
            kept.append(point)
            px, py = point
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _cut(points: list[Point], width: int, height: int) -> list[Point]:
    """Sutherland and Hodgman's: one edge of the view after the other. Shapes within an edge pass it as they are."""
    for axis, limit, sign in ((0, -MARGIN, 1), (0, width + MARGIN, -1), (1, -MARGIN, 1), (1, height + MARGIN, -1)):
        if not points:
            break
        values = [point[axis] for point in points]
        if min(values) >= limit if sign > 0 else max(values) <= limit:
            continue
        points = _half(points, axis, limit, sign)
    return points


def _half(points: list[Point], axis: int, limit: float, sign: int) -> list[Point]:
    kept: list[Point] = []
    before = points[-1]
    was_in = (before[axis] - limit) * sign >= 0
    for point in points:
        is_in = (point[axis] - limit) * sign >= 0
        if is_in != was_in:
            part = (limit - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
            kept.append((limit, other) if axis == 0 else (other, limit))
        if is_in:
            kept.append(point)
        before, was_in = point, is_in
    return kept


def _runs(points: Sequence[Point], width: int, height: int) -> list[list[Point]]:
    """The stretches of a line inside the view and its margin."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if min(xs) >= -MARGIN and max(xs) <= width + MARGIN and min(ys) >= -MARGIN and max(ys) <= height + MARGIN:
        return [list(points)]
    runs: list[list[Point]] = []
    for index in range(1, len(points)):
        piece = _inside(points[index - 1], points[index], width, height)
        if piece is None:
            continue
        start, end = piece
        if runs and runs[-1][-1] == start:
            runs[-1].append(end)
        else:
            runs.append([start, end])
    return runs


def _inside(a: Point, b: Point, width: int, height: int) -> tuple[Point, Point] | None:
    """Liang and Barsky's: the part of a stretch inside the view and its margin."""
    first, last = 0.0, 1.0
    for start, end, limit in ((a[0], b[0], width), (a[1], b[1], height)):
        low, high, way = -MARGIN, limit + MARGIN, end - start
        if way == 0:
            if not low <= start <= high:
                return None
            continue
        enter, leave = sorted(((low - start) / way, (high - start) / way))
        first, last = max(first, enter), min(last, leave)
    if first >= last and a != b:
        return None
    return _along(a, b, first), _along(a, b, last)


def _along(a: Point, b: Point, part: float) -> Point:
    if part in (0.0, 1.0):
        return b if part else a
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _written(points: Sequence[Point], *, closed: bool) -> str:
    """Path data; empty when nothing is left to see."""
    if len(points) < (3 if closed else 2):
        return ""
    px, py = round(points[0][0]), round(points[0][1])
    words = [f"M{px} {py}l"]
    for fx, fy in points[1:]:
        x, y = round(fx), round(fy)
        if x != px or y != py:
            dy = y - py
            words.append(f"{x - px} {dy} " if dy >= 0 else f"{x - px}{dy} ")
            px, py = x, y
    if len(words) < (3 if closed else 2):
        return ""
    return _tight("".join(words)) + ("z" if closed else "")


def _tight(words: str) -> str:
    """Without the spaces that a minus sign makes needless."""
    return words.rstrip().replace(" -", "-")
