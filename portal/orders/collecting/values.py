"""What a customer arranged for collecting an order, and what the bearer of their link sees. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Arranged:
    """Who may collect it besides the customer, and the address of the link that they hand on, as long as it opens
    something; None as well where the installation's key has changed since. `state`: preparing, ready, collected."""

    state: str
    name: str | None = field(repr=False)
    url: str | None = field(repr=False)
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Bearing:
    """What the link shows, and nothing else of the order: where, when, until which day, and the code once it is
    ready. `state`: preparing, ready, over."""

    state: str
    location: str | None
    address: tuple[str, ...]
    opening_hours: str | None
    kept_until: date | None
    code: str | None = field(repr=False)
