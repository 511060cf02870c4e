"""Whose data somebody asks for: the one value that every slice understands when it shows or erases what it holds.

Each slice that holds something of people has a module `rights` with `export_of(reader, whose)`, which returns all it
holds as plain values, and `erase(tx, now, whose)`, after which it holds nothing of them. `portal.privacy` asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from portal.kit.db import Reader, Tx

Exported = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """A person, and what is theirs; without a person, orders alone. `addresses` are where messages to them went,
    `numbers` their orders' numbers."""

    person_id: int | None = None
    orders: tuple[int, ...] = ()
    shipments: tuple[int, ...] = ()
    addresses: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


class Rights(Protocol):
    """What `rights` of a slice offers."""

    async def export_of(self, reader: Reader, whose: Whose) -> Exported:
        """All that the slice holds of them, by plain names."""
        ...

    async def erase(self, tx: Tx, now: datetime, whose: Whose) -> None:
        """Hold nothing of them any more."""
        ...
