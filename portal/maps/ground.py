"""Land and borders of a frame, from the world's outlines."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from portal.maps import worldfile
from portal.maps.frame import Frame
from portal.maps.mercator import SIZE
from portal.maps.shapes import drawn, filled
from portal.maps.viewmodels import HEIGHT, WIDTH, Ground

_FINE = 3.0  # view units by which lines may be off: about a pixel
_CHUNK = 40  # points that are looked at together
_HEAVIEST = {"land": 15_000, "borders": 4_000}  # characters of path data; with more, a coarser scale is taken
_TINY = 4.0  # view units; smaller islands are not drawn

Box = tuple[float, float, float, float]


@lru_cache(192)
def ground(frame: Frame, width: int = WIDTH, height: int = HEIGHT) -> Ground:
    """What is under a map of this frame; the inset is a view of its own size."""
    scale = width / frame.width
    scales = worldfile.tolerances()
    finest = max((n for n, tolerance in enumerate(scales) if tolerance * scale <= _FINE), default=0)
    land = borders = ""
    share = width / WIDTH
    for number in range(finest, len(scales)):
        land = "".join(filled(line, width, height) for line in _lines(_layers(number).land, frame, width, height))
        if len(land) <= _HEAVIEST["land"] * share:
            break
    for number in range(finest, len(scales)):
        lines = _lines(_layers(number).borders, frame, width, height)
        borders = "".join(drawn(line, width, height, thin=True) for line in lines)
        if len(borders) <= _HEAVIEST["borders"] * share:
            break
    return Ground(land, borders)


def prepare() -> None:
    """Unpack all scales, so that no page waits for it."""
    for number in range(len(worldfile.tolerances())):
        _layers(number)


class _Line(NamedTuple):
    """A ring or a border: its box, and where its points are in the columns."""

    box: Box
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Layer:
    """All rings or all borders of a scale."""

    lines: list[_Line]
    x: array[int]
    y: array[int]
    chunks: dict[int, list[_Line]]  # of the longer lines, once they have been looked at


class _Layers(NamedTuple):
    land: _Layer
    borders: _Layer


@lru_cache(None)
def _layers(number: int) -> _Layers:
    level = worldfile.level(number)
    return _Layers(
        _layer(level.ring_lengths, level.ring_x, level.ring_y),
        _layer(level.line_lengths, level.line_x, level.line_y),
    )


def _layer(lengths: array[int], x: array[int], y: array[int]) -> _Layer:
    ends = [0, *accumulate(lengths)]
    return _Layer([_boxed(x, y, first, last) for first, last in pairwise(ends)], x, y, {})


def _boxed(x: array[int], y: array[int], first: int, last: int) -> _Line:
    xs, ys = x[first:last], y[first:last]
    return _Line((min(xs), min(ys), max(xs), max(ys)), first, last)


def _lines(layer: _Layer, frame: Frame, width: int, height: int) -> Iterator[list[tuple[float, float]]]:
    """What of a layer may be seen in the frame, in units of the view; the world repeats to the east and west."""
    scale = width / frame.width
    top, bottom = frame.top, frame.top + height / scale
    least = _TINY / scale
    for turn in range(math.floor(frame.left / SIZE) - 1, math.floor((frame.left + frame.width) / SIZE) + 1):
        left = frame.left - turn * SIZE
        right = left + frame.width
        view = (left, top, right, bottom)
        for line in layer.lines:
            x0, y0, x1, y1 = line.box
            if x1 < left or x0 > right or y1 < top or y0 > bottom or (x1 - x0 < least and y1 - y0 < least):
                continue
            xs, ys = _seen(layer, line, view)
            yield [((x - left) * scale, (y - top) * scale) for x, y in zip(xs, ys, strict=True)]


def _seen(layer: _Layer, line: _Line, view: Box) -> tuple[array[int], array[int]]:
    """The line's points, those of chunks that are out of sight left out but for the first: a chunk and the
    stretch that takes its place are within one box, so nothing changes where one can see."""
    _, first, last = line
    if last - first <= 2 * _CHUNK:
        return layer.x[first:last], layer.y[first:last]
    xs, ys = array("i"), array("i")
    left, top, right, bottom = view
    for (x0, y0, x1, y1), start, end in _chunks(layer, line):
        kept = end if x1 >= left and x0 <= right and y1 >= top and y0 <= bottom else start + 1
        xs += layer.x[start:kept]
        ys += layer.y[start:kept]
    xs.append(layer.x[last - 1])
    ys.append(layer.y[last - 1])
    return xs, ys


def _chunks(layer: _Layer, line: _Line) -> list[_Line]:
    known = layer.chunks.get(line.first)
    if known is None:
        # Each box takes in the next chunk's first point, to which the stretch leads.
        parts = [(at, min(at + _CHUNK, line.last)) for at in range(line.first, line.last, _CHUNK)]
        boxes = [_boxed(layer.x, layer.y, at, min(end + 1, line.last)).box for at, end in parts]
        known = [_Line(box, *part) for box, part in zip(boxes, parts, strict=True)]
        layer.chunks[line.first] = known
    return known
