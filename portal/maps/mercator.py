"""Web Mercator in whole units: the world is SIZE wide and high, (0, 0) its north-western corner."""

from __future__ import annotations

import math
from typing import Final

SIZE: Final = 1 << 20
_EDGE: Final = 85.05  # degrees; the map ends there


def project(lat: float, lon: float) -> tuple[float, float]:
    """Where a place is on the map. Places beyond the map's edge are put on it."""
    lat = max(-_EDGE, min(_EDGE, lat))
    x = (lon / 360 + 0.5) * SIZE
    y = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * SIZE
    return x, y
