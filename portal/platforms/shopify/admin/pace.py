"""How long to wait when Shopify says that we ask too much: from what it tells of its bucket of points. Pure.

A shop has a bucket that fills at so many points a second; a question costs what it could return at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.shopify.shape import part

_UNTOLD: Final = 2.0  # seconds, where the answer does not tell
_LONGEST: Final = 3600.0


def wait_of(answer: Mapping[str, Any]) -> float:
    """Seconds until the bucket holds what a throttled question costs."""
    cost = part(part(answer, "extensions"), "cost")
    status = part(cost, "throttleStatus")
    wanted, there, rate = (
        _number(value)
        for value in (cost.get("requestedQueryCost"), status.get("currentlyAvailable"), status.get("restoreRate"))
    )
    if wanted is None or there is None or not rate or rate < 0:
        return _UNTOLD
    return min(max((wanted - there) / rate, 0.0), _LONGEST)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
