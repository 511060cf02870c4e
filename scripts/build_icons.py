"""Draws the icons in shades, portal/branding/data/*.png: `python scripts/build_icons.py`. Colours come when served.

The mark is the parcel of the favicon: six strokes with round ends. A pixel's shade is how far it lies inside.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from portal.branding.icons import SHADES, chunk

DATA = Path(__file__).resolve().parent.parent / "portal/branding/data"
Point = tuple[float, float]
# In a square of 32, as in the favicon: the hexagon, then the three edges inside.
LINES: list[list[Point]] = [
    [(9, 12.5), (16, 9), (23, 12.5), (23, 20), (16, 23.5), (9, 20), (9, 12.5)],
    [(9, 12.5), (16, 16), (23, 12.5)],
    [(16, 16), (16, 23.5)],
]
STROKE, ROUND = 2.0, 7.5


def main() -> None:
    """Write all of them."""
    for name, size, corner, scale in (
        ("icon-192", 192, ROUND, 1.15),
        ("icon-512", 512, ROUND, 1.15),
        ("maskable-192", 192, 0.0, 1.0),  # launchers may cut everything outside a circle of 80 %
        ("maskable-512", 512, 0.0, 1.0),
        ("touch-180", 180, 0.0, 1.15),
    ):
        (DATA / f"{name}.png").write_bytes(png(size, corner, scale))


def png(size: int, corner: float, scale: float) -> bytes:
    """A picture of palette numbers without its palette."""
    rows = b"".join(b"\0" + bytes(shade(x, y, size, corner, scale) for x in range(size)) for y in range(size))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def shade(column: int, row: int, size: int, corner: float, scale: float) -> int:
    """The palette number of a pixel."""
    pixel = 32 / size
    x, y = (column + 0.5) * pixel, (row + 0.5) * pixel
    inside = covered(-outside(x, y, corner), pixel)
    if inside < 1:
        return SHADES + round(inside * (SHADES - 1))
    x, y = 16 + (x - 16) / scale, 16.25 + (y - 16) / scale
    near = min(distance(x, y, *pair) for line in LINES for pair in pairwise(line))
    return round(covered(STROKE / 2 - near, pixel / scale) * (SHADES - 1))


def covered(depth: float, pixel: float) -> float:
    """How much of a pixel lies inside, when its middle does by `depth`."""
    return min(max(depth / pixel + 0.5, 0.0), 1.0)


def outside(x: float, y: float, corner: float) -> float:
    """How far a point is outside the square with round corners; negative inside."""
    if not corner:
        return -32
    dx, dy = (abs(at - 16) - (16 - corner) for at in (x, y))
    return math.hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - corner


def distance(x: float, y: float, one: Point, other: Point) -> float:
    """From a point to a stroke."""
    (ax, ay), (bx, by) = one, other
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    t = min(max(along, 0.0), 1.0)
    return math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))


if __name__ == "__main__":
    main()
