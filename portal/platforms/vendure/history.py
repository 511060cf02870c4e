"""What an order's history tells that nothing else does: when its state changed, what was cancelled and why, what was
noted. Entries come in no order that can be relied on; ids in their data are bare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from portal.platforms.neutral.fields import in_utc
from portal.platforms.vendure.shape import Node, nodes, part, text, when
from portal.platforms.vendure.words import BEGINNING, MODIFYING

_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


def entries(order: Node, *kinds: str) -> list[Node]:
    """The entries of these types (of all, when none is named), the oldest first."""
    found = {text(entry, "id") or str(n): entry for n, entry in enumerate(_all(order))}
    wanted = [entry for entry in found.values() if not kinds or text(entry, "type") in kinds]
    return sorted(wanted, key=_age)


def turned(order: Node, state: str) -> datetime | None:
    """When the order last went into a state."""
    moves = [e for e in entries(order, "ORDER_STATE_TRANSITION") if text(part(e, "data"), "to") == state]
    return when(moves[-1], "createdAt") if moves else None


def version(order: Node) -> str | None:
    """Which telling of the order is newer. Some databases keep whole seconds: then how much has happened decides."""
    moment = newest(order)
    told = sum(not _is_attempt(entry) for entry in entries(order))
    return in_utc(moment + timedelta(microseconds=min(told, 999))) if moment else None


def newest(order: Node) -> datetime | None:
    """When anything of the order last changed. Its own `updatedAt` stands still while its state, its parcels and its
    payments go on; that a change was looked at or tried is none."""
    moments = [when(order, "updatedAt"), *(when(e, "createdAt") for e in entries(order) if not _is_attempt(e))]
    for name in ("lines", "fulfillments", "payments", "modifications"):
        moments += [when(item, "updatedAt", "createdAt") for item in nodes(order, name)]
    for payment in nodes(order, "payments"):
        moments += [when(refund, "updatedAt", "createdAt") for refund in nodes(payment, "refunds")]
    return max((moment for moment in moments if moment is not None), default=None)


def _all(order: Node) -> Iterator[Node]:
    for name in ("history", "moves"):
        yield from nodes(order, name)


def _age(entry: Node) -> tuple[datetime, int]:
    moment, identity = when(entry, "createdAt"), text(entry, "id") or ""
    return moment or _NEVER, int(identity) if identity.isdecimal() else 0


def _is_attempt(entry: Node) -> bool:
    """Whether this tells of looking or of trying: what becomes of it has entries of its own."""
    data = part(entry, "data")
    if text(entry, "type") == "ORDER_NOTE":
        return (text(data, "note") or "").startswith(BEGINNING)
    return text(entry, "type") == "ORDER_STATE_TRANSITION" and MODIFYING in (text(data, "from"), text(data, "to"))
