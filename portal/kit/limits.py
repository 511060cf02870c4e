"""Rate limits in memory: a token bucket per name, forgotten when full again; and by what to name a client."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from functools import lru_cache


class Buckets:
    """`rate` tokens a second refill each bucket up to `burst`; `take` says how long to wait."""

    def __init__(
        self, rate: float, burst: float, now: Callable[[], float] = time.monotonic, room: int = 50_000
    ) -> None:
        self._rate, self._burst, self._now, self._room = rate, burst, now, room
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take tokens; 0.0 when allowed, else the seconds until it would be."""
        now = self._now()
        level, at = self._levels.get(name, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        if level < cost:
            self._levels[name] = (level, now)
            return (cost - level) / self._rate
        self._levels[name] = (level - cost, now)
        if len(self._levels) > self._room:
            self._tidy(now)
        return 0.0

    def _tidy(self, now: float) -> None:
        full = self._burst / self._rate
        self._levels = {name: kept for name, kept in self._levels.items() if now - kept[1] < full}
        if len(self._levels) > self._room:  # a flood of new names: the oldest go
            self._levels = dict(list(self._levels.items())[self._room // 2 :])


@lru_cache(10_000)
def network(address: str) -> str:
    """What to count a client's requests by: one IPv6 customer has a whole /64; an IPv4 one is one address,
    also where the server listens on IPv6 and sees it mapped."""
    if ":" not in address:
        return address
    try:
        given = ipaddress.IPv6Address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return address
    return str(given.ipv4_mapped or ipaddress.ip_network((given, 64), strict=False))
