"""How far each shop's list of orders was read: rows that outlive whoever reads.

One process sweeps at a time: it holds the row for a short while, and says again and again that it lives.
Functions with a transaction run in the caller's and may run again.
"""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import bindparam, or_, select, update

from portal.connecting import connections
from portal.connecting.connections import name_of, this
from portal.connecting.models import SWEEP
from portal.kit.db import Reader, Tx, one
from portal.kit.prepared import Query
from portal.platforms.live import Shop

Kind = Literal["all", "recent", "deep", "since"]
HELD: Final = timedelta(seconds=30)
_KEPT: Final = ("since", "cursor", "began_at", "listed_at", "ended_at", "covered_to")
_COUNTED: Final = ("orders", "changed", "gone", "unread", "total", "failures")
_THIS = (
    SWEEP.c.platform == bindparam("of_platform"),
    SWEEP.c.shop == bindparam("of_shop"),
    SWEEP.c.kind == bindparam("of_kind"),
)
_ONE = Query(select(SWEEP).where(*_THIS).with_for_update())
_SAVE = Query(update(SWEEP).where(*_THIS, SWEEP.c.holder == bindparam("by")), columns=(*_KEPT, *_COUNTED, "held_until"))
_HOLD = Query(
    update(SWEEP).where(
        *_THIS, or_(SWEEP.c.holder.is_(None), SWEEP.c.holder == bindparam("by"), SWEEP.c.held_until < bindparam("now"))
    ),
    columns=("holder", "held_until"),
)
_SEIZE = Query(update(SWEEP).where(*_THIS), columns=("holder", "held_until"))
_LET_GO = Query(update(SWEEP).where(*_THIS, SWEEP.c.holder == bindparam("by")).values(holder=None, held_until=None))


class Taken(Exception):
    """Another process sweeps, and is believed to live until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("another process reads this shop's list")
        self.until = until


@dataclass(frozen=True, slots=True)
class State:
    """Where a sweep is. See `models.Sweep`; `orders` were listed or asked for, `changed` of them were news."""

    kind: Kind
    holder: str
    since: datetime | None
    began_at: datetime
    cursor: str | None = None
    listed_at: datetime | None = None
    ended_at: datetime | None = None
    covered_to: datetime | None = None
    orders: int = 0
    changed: int = 0
    gone: int = 0
    unread: int = 0
    total: int | None = None
    failures: int = 0

    @property
    def resumed(self) -> bool:
        """Whether it goes on where another one stopped."""
        return self.orders > 0


async def take(tx: Tx, now: datetime, shop: Shop, kind: Kind, holder: str, fresh: State) -> State:
    """Begin a sweep as `fresh` says, or go on with the one that did not end. Raises Taken."""
    await connections.note(tx, shop, now)
    counted = dict.fromkeys(("orders", "changed", "gone", "unread", "failures"), 0)
    await tx.upsert(SWEEP, [{**name_of(shop), "kind": kind, **counted}], ["platform", "shop", "kind"], update=False)
    row = await one(tx, _ONE, {**this(shop), "of_kind": kind})
    if row.holder not in (None, holder) and row.held_until > now and not _is_dead(row.holder):
        raise Taken(row.held_until)
    held = {"holder": holder, "held_until": now + HELD}
    await tx.run(_SEIZE, {**this(shop), "of_kind": kind, **held})
    begun = row.began_at is not None and row.ended_at is None
    if begun and (kind != "since" or row.since == fresh.since):
        return _state(row, holder)
    state = replace(fresh, covered_to=row.covered_to)
    await save(tx, now, shop, state)
    return state


async def save(tx: Tx, now: datetime, shop: Shop, state: State) -> bool:
    """Keep how far a sweep is; False when somebody else holds it by now."""
    values = {name: getattr(state, name) for name in (*_KEPT, *_COUNTED)}
    key = {**this(shop), "of_kind": state.kind, "by": state.holder}
    return await tx.run(_SAVE, {**key, **values, "held_until": now + HELD}) > 0


async def hold(tx: Tx, now: datetime, shop: Shop, kind: Kind, holder: str) -> None:
    """Say that whoever sweeps lives."""
    key = {**this(shop), "of_kind": kind, "by": holder, "now": now}
    await tx.run(_HOLD, {**key, "holder": holder, "held_until": now + HELD})


async def let_go(tx: Tx, shop: Shop, kind: Kind, holder: str) -> None:
    """Somebody else may go on."""
    await tx.run(_LET_GO, {**this(shop), "of_kind": kind, "by": holder})


async def sweeps(reader: Reader, shop: Shop) -> Sequence[Any]:
    """The rows of a shop's sweeps."""
    of_shop = (SWEEP.c.platform == shop.manifest.slug, SWEEP.c.shop == shop.name)
    return await reader.rows(select(SWEEP).where(*of_shop).order_by(SWEEP.c.kind))


def new_holder() -> str:
    """A name for whoever sweeps: this machine, this process, this time."""
    return f"{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:12]


def _is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that is no more; of others only time can tell."""
    machine, pid, _ = holder.split("-")
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _state(row: Any, holder: str) -> State:
    return State(row.kind, holder, **{name: getattr(row, name) for name in (*_KEPT, *_COUNTED)})
