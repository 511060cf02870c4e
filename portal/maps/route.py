"""The way from town to town on the map: great circles, unwrapped so that they never jump at the antimeridian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from portal.maps.mercator import SIZE, project
from portal.maps.viewmodels import Stop

Point = tuple[float, float]
_STRAIGHT = 2.0  # degrees; shorter legs are drawn straight
_HIGHEST = 72.0  # degrees; a great circle that bends further than this is bent less, since the map tears there


def route(stops: Sequence[Stop]) -> list[list[Point]]:
    """One line for each leg, in map units; each begins where the one before ended."""
    legs: list[list[Point]] = []
    turn = 0.0
    for one, other in pairwise(stops):
        line = _leg(one, other)
        legs.append([(x + turn, y) for x, y in line])
        turn += round((line[-1][0] - project(other.lat, other.lon)[0]) / SIZE) * SIZE
    return _home(legs)


def _home(legs: list[list[Point]]) -> list[list[Point]]:
    """Moved by whole turns of the world so that the middle is on the map: a way and its way back are one map."""
    xs = [x for leg in legs for x, _ in leg]
    away = (min(xs) + max(xs)) / 2 // SIZE * SIZE if xs else 0
    return [[(x - away, y) for x, y in leg] for leg in legs] if away else legs


def _leg(one: Stop, other: Stop) -> list[Point]:
    """The shortest way, beginning at the first place itself."""
    east = (other.lon - one.lon + 180) % 360 - 180
    path = _great_circle(one, other)
    straight = [(one.lat + (other.lat - one.lat) * part, one.lon + east * part) for part, _, _ in path]
    bend = _bend([lat for _, lat, _ in path], [lat for lat, _ in straight])
    points = []
    for (_, lat, along), (flat, lon) in zip(path, straight, strict=True):
        aside = (along - lon + 180) % 360 - 180
        points.append(project(flat + (lat - flat) * bend, lon + aside * bend))
    return points


def _great_circle(one: Stop, other: Stop) -> list[tuple[float, float, float]]:
    """How far along, latitude, longitude. Places that face each other have no single shortest way: straight on."""
    a, b = _vector(one), _vector(other)
    angle = math.acos(max(-1.0, min(1.0, sum(p * q for p, q in zip(a, b, strict=True)))))
    degrees = math.degrees(angle)
    if degrees < _STRAIGHT or degrees > 179:
        return [(0, one.lat, one.lon), (1, other.lat, other.lon)] if degrees < _STRAIGHT else _facing(one, other)
    steps = max(3, min(80, round(degrees)))
    path = []
    for step in range(steps + 1):
        part = step / steps
        near, far = math.sin((1 - part) * angle) / math.sin(angle), math.sin(part * angle) / math.sin(angle)
        x, y, z = (near * p + far * q for p, q in zip(a, b, strict=True))
        path.append((part, math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))))
    return path


def _facing(one: Stop, other: Stop) -> list[tuple[float, float, float]]:
    east = (other.lon - one.lon + 180) % 360 - 180
    return [(part / 40, one.lat + (other.lat - one.lat) * part / 40, one.lon + east * part / 40) for part in range(41)]


def _vector(stop: Stop) -> tuple[float, float, float]:
    lat, lon = math.radians(stop.lat), math.radians(stop.lon)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _bend(lats: Sequence[float], flat: Sequence[float]) -> float:
    """How much of the great circle's bow is drawn: all of it, unless it comes too close to a pole."""
    highest = max(_HIGHEST, abs(flat[0]), abs(flat[-1]))
    return min(
        (
            max(0.0, (highest - abs(low)) / (abs(lat) - abs(low)))
            for lat, low in zip(lats, flat, strict=True)
            if abs(lat) > highest and abs(lat) > abs(low)
        ),
        default=1.0,
    )
