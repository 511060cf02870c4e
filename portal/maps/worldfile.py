"""The file with the world's outlines: how it is written (by scripts/build_map.py) and read.

An index in JSON, then for each scale its columns of coordinates: as differences, byte by byte in planes,
compressed. A scale is unpacked when it is first drawn.
"""

from __future__ import annotations

import json
import lzma
import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

_FILE: Final = Path(__file__).parent / "data" / "world.bin"
_HEAD: Final = struct.Struct("<I")
# A small dictionary: what unpacks it takes that much memory.
_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 21}]


class Label(NamedTuple):
    """Where a country's name goes; `room` is how far it is from there to the nearest border or coast."""

    country: str
    x: int
    y: int
    room: int


@dataclass(frozen=True, slots=True)
class Level:
    """The world at one scale: closed rings of land, and borders between countries. Lengths in points."""

    tolerance: int
    ring_lengths: array[int]
    ring_x: array[int]
    ring_y: array[int]
    line_lengths: array[int]
    line_x: array[int]
    line_y: array[int]


def packed(levels: Sequence[Level], labels: Sequence[Label]) -> bytes:
    """The file for these scales, finest first."""
    blobs = [_compressed(level) for level in levels]
    index = {
        "levels": [
            [level.tolerance, len(blob), [len(column) for column in _columns(level)]]
            for level, blob in zip(levels, blobs, strict=True)
        ],
        "labels": labels,
    }
    head = json.dumps(index, separators=(",", ":")).encode()
    return b"".join([_HEAD.pack(len(head)), head, *blobs])


@lru_cache(1)
def labels() -> tuple[Label, ...]:
    """Countries' names, the roomiest first."""
    return tuple(Label(*entry) for entry in _index()[0]["labels"])


@lru_cache(1)
def tolerances() -> tuple[int, ...]:
    """How far lines may be off, in map units, at each scale there is; finest first."""
    return tuple(entry[0] for entry in _index()[0]["levels"])


def level(number: int) -> Level:
    """The world at one scale, from the file."""
    index, start = _index()
    sizes = [entry[1] for entry in index["levels"]]
    tolerance, size, counts = index["levels"][number]
    with _FILE.open("rb") as file:
        file.seek(start + sum(sizes[:number]))
        body = lzma.decompress(file.read(size))
    columns, at = [], 0
    for count in counts:
        columns.append(_column(body[at : at + 4 * count]))
        at += 4 * count
    return Level(tolerance, *columns)


@lru_cache(1)
def _index() -> tuple[dict[str, list[list]], int]:  # type: ignore[type-arg]  # as json.loads gives it
    with _FILE.open("rb") as file:
        (length,) = _HEAD.unpack(file.read(_HEAD.size))
        return json.loads(file.read(length)), _HEAD.size + length


def _compressed(level: Level) -> bytes:
    planes = b"".join(_planes(column) for column in _columns(level))
    return lzma.compress(planes, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=_FILTERS)


def _columns(level: Level) -> tuple[array[int], ...]:
    return level.ring_lengths, level.ring_x, level.ring_y, level.line_lengths, level.line_x, level.line_y


def _planes(column: array[int]) -> bytes:
    """Differences from one value to the next; first all lowest bytes, then all second ones, and so on."""
    differences = array("i", (b - a for a, b in zip([0, *column], column, strict=False)))
    body = _little(differences).tobytes()
    return b"".join(body[plane::4] for plane in range(4))


def _column(planes: bytes) -> array[int]:
    count = len(planes) // 4
    body = bytearray(len(planes))
    for plane in range(4):
        body[plane::4] = planes[plane * count : (plane + 1) * count]
    differences = array("i")
    differences.frombytes(bytes(body))
    return array("i", accumulate(_little(differences)))


def _little(column: array[int]) -> array[int]:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column
