"""What belongs together over time: the parcels whose place another took, and the days given for an arrival. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.orders.viewmodels import DateView


@dataclass(frozen=True, slots=True)
class Threads:
    """`promised` are the days given for the whole order, `estimated` those for each shipment, `replaced` the shipments
    that were replaced, by the one that took their place."""

    promised: tuple[DateView, ...] = ()
    estimated: Mapping[int, Sequence[DateView]] = field(default_factory=dict)
    replaced: Mapping[int, Sequence[Any]] = field(default_factory=dict)

    def before(self, shipment_id: int) -> list[Any]:
        """The shipments whose place this one took, and theirs in turn, the last one first."""
        found: dict[int, Any] = {}
        waiting = [shipment_id]
        while waiting:
            for old in self.replaced.get(waiting.pop(), ()):
                if old.id not in found and old.id != shipment_id:
                    found[old.id] = old
                    waiting.append(old.id)
        return sorted(found.values(), key=lambda old: (old.replaced_at, old.id), reverse=True)

    def dates(self, shipment_id: int) -> tuple[DateView, ...]:
        """Every day given for a shipment, those for its predecessors included."""
        ids = [shipment_id, *(old.id for old in self.before(shipment_id))]
        return changes([*self.promised, *(said for key in ids for said in self.estimated.get(key, ()))])


def threads(promises: Sequence[Any], estimates: Sequence[Any], shipments: Sequence[Any]) -> Threads:
    """From rows: promises (day, day_from, said_at), estimates (shipment_id, day, said_by, said_at), shipments."""
    promised = tuple(DateView(row.day, "shop", row.said_at, row.day_from) for row in promises)
    estimated: dict[int, list[DateView]] = {}
    for row in estimates:
        estimated.setdefault(row.shipment_id, []).append(DateView(row.day, row.said_by, row.said_at))
    replaced: dict[int, list[Any]] = {}
    for row in shipments:
        if row.replaced_by is not None:
            replaced.setdefault(row.replaced_by, []).append(row)
    return Threads(promised, estimated, replaced)


def changes(said: Iterable[DateView]) -> tuple[DateView, ...]:
    """What was said, in the order of time, without what only says again what was said before it."""
    told: list[DateView] = []
    for date in sorted(said, key=lambda date: date.said_at):
        if not told or date.day != told[-1].day:
            told.append(date)
    return tuple(told)
