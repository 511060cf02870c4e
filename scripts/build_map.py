"""Builds `portal/maps/data/world.bin`: the world's land, borders and where countries' names go.

For maintainers: it needs npm and the network; nobody else runs it. The source is Natural Earth (public
domain) as the npm package world-atlas packs it; `portal/maps/data/source.json` names version and
checksum, and the checksum of what comes out. Without `--write` it fails when the file would differ.

What is done here need not be done for every page: Web Mercator, land sewn together over the antimeridian,
lines thinned for eight scales.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
import sys
import tarfile
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

from portal.maps.mercator import project
from portal.maps.worldfile import Label, Level, packed
from scripts.poles import pole
from scripts.seams import stitched, unwrapped
from scripts.thinning import Line, weighted
from scripts.vendor import digest, fetched, member

DATA = Path(__file__).resolve().parent.parent / "portal/maps/data"
TOLERANCES = [32 * 2**level for level in range(8)]  # in units of the map: about a pixel at each scale
_SMALLEST = 3.0  # rings less than so many tolerances wide and high are not drawn


def main() -> int:
    """Build, then compare or write; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the file and its checksum")
    write = parser.parse_args().write
    source: dict[str, Any] = json.loads((DATA / "source.json").read_text())
    with tarfile.open(fileobj=io.BytesIO(fetched(source))) as tar:
        world = built(json.loads(member(tar, source["file"])))
    if not write:
        same = source["built"] == digest("sha384", world) and (DATA / "world.bin").read_bytes() == world
        print("the map is as committed" if same else "the map differs")
        return 0 if same else 1
    (DATA / "world.bin").write_bytes(world)
    (DATA / "source.json").write_text(json.dumps(source | {"built": digest("sha384", world)}, indent=2) + "\n")
    print(f"{len(world)} bytes, sha256 {hashlib.sha256(world).hexdigest()[:16]}")
    return 0


def built(topology: dict[str, Any]) -> bytes:
    """The map of a TopoJSON topology with the objects `land` and `countries`."""
    arcs = [weighted(_arc(topology, deltas)) for deltas in topology["arcs"]]
    (land,) = topology["objects"]["land"]["geometries"]
    countries = topology["objects"]["countries"]["geometries"]
    coasts = stitched([_ring(arcs, indices) for polygon in _polygons(land) for indices in polygon])
    borders = [arcs[index] for index, times in sorted(_uses(countries).items()) if times > 1]
    levels = []
    for tolerance in TOLERANCES:
        rings = [thin for ring in coasts if _wide(thin := _thinned(ring, tolerance), _SMALLEST * tolerance)]
        lines = [thin for border in borders if _wide(thin := _thinned(border, tolerance), tolerance)]
        levels.append(Level(tolerance, *_columns(rings), *_columns(lines)))
    return packed(levels, sorted(_labels(arcs, countries), key=lambda label: -label.room))


def _arc(topology: dict[str, Any], deltas: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """One arc in map units."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy in deltas:
        x, y = x + dx, y + dy
        east, south = project(y * sy + ty, x * sx + tx)
        points.append((round(east), round(south)))
    return points


def _ring(arcs: Sequence[Line], indices: Sequence[int]) -> Line:
    """Arcs end to end, without a jump at the antimeridian."""
    points = [p for index in indices for p in (arcs[index] if index >= 0 else arcs[~index][::-1])]
    return unwrapped([points[0], *(q for p, q in pairwise(points) if p[:2] != q[:2])])


def _thinned(line: Line, tolerance: int) -> list[tuple[int, int]]:
    return [(x, y) for x, y, weight in line if weight >= tolerance]


def _wide(line: Sequence[tuple[int, int]], least: float) -> bool:
    if len(line) < 2:
        return False
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return max(max(xs) - min(xs), max(ys) - min(ys)) >= least


def _columns(lines: Sequence[Sequence[tuple[int, int]]]) -> tuple[array[int], array[int], array[int]]:
    """How long each line is, and all coordinates one after the other."""
    points = [point for line in lines for point in line]
    return (
        array("i", (len(line) for line in lines)),
        array("i", (x for x, _ in points)),
        array("i", (y for _, y in points)),
    )


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    if geometry.get("type") == "MultiPolygon":
        return list(geometry["arcs"])
    return [geometry["arcs"]] if geometry.get("type") == "Polygon" else []


def _uses(countries: Sequence[dict[str, Any]]) -> Counter[int]:
    """In how many countries each arc is."""
    uses: Counter[int] = Counter()
    for country in countries:
        uses.update({max(i, ~i) for polygon in _polygons(country) for ring in polygon for i in ring})
    return uses


def _labels(arcs: Sequence[Line], countries: Sequence[dict[str, Any]]) -> Iterator[Label]:
    """Where a country's name goes: the middle of its largest piece of land."""
    codes = get_global("territory_aliases")
    for country in countries:
        found = codes.get(country.get("id", ""), [])
        outlines = [_ring(arcs, polygon[0]) for polygon in _polygons(country)]
        if len(found) != 1 or not outlines:
            continue  # what has no code of its own gets no name from us
        x, y, room = pole([point[:2] for point in max(outlines, key=_area)])
        yield Label(found[0], round(x), round(y), round(room))


def _area(ring: Line) -> float:
    return math.fabs(sum(ax * by - bx * ay for (ax, ay, _), (bx, by, _) in pairwise([*ring, ring[0]])))


if __name__ == "__main__":
    sys.exit(main())
