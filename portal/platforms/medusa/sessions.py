"""Medusa's edit sessions: begun, filled, then asked for and confirmed, or taken back.

While one is open Medusa packs and sends nothing of the order and lets nobody else begin one, so it is a lock as well:
what is read inside it holds until it ends. One of ours is known by its note. A crash may leave one open; whoever meets
it after a while takes it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.platforms.live import ShopError
from portal.platforms.marks import mark_in, mark_of
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.reading import changes_of
from portal.platforms.medusa.shape import Node, part, text, when

OPEN: Final = frozenset({"pending", "requested"})
_LEFT_BEHIND: Final = timedelta(minutes=2)  # none of ours lasts longer than the deadlines of its calls
_TRIES: Final = 4
_PAUSE: Final = 0.5  # seconds


def note_of(key: str) -> str:
    """What the sessions of this edit bear."""
    return mark_of("edit", key)


@dataclass(slots=True)
class Session:
    """An open session; `change` is Medusa's name of what it collects. `made` is set before Medusa is told to make it
    so: from then on nobody knows, and it is not ours to take back."""

    change: str
    made: bool = False


@asynccontextmanager
async def session(api: Api, order_id: str, note: str) -> AsyncIterator[Session]:
    """An open session for as long as the block lasts; taken back at its end unless it was made. Raises Refused when
    somebody else has one, and ShopError."""
    body = {"order_id": order_id, "internal_note": note}
    begun = await unless_busy(api, order_id, lambda: api.post("/admin/order-edits", body))
    opened = Session(text(part(begun, "order_change"), "id") or "")
    try:
        yield opened
    finally:
        if not opened.made:
            with suppress(Refused):  # somebody at the shop took it back
                await take_back(api, order_id)


async def take_back(api: Api, order_id: str) -> None:
    """End the open session without making anything of it. Raises Refused when there is none."""
    await api.delete(f"/admin/order-edits/{escaped(order_id)}")


async def unless_busy(api: Api, order_id: str, call: Callable[[], Awaitable[Node]]) -> Node:
    """Do something that an open session keeps from being done, waiting for one of ours to end. Raises Refused."""
    for _ in range(_TRIES - 1):
        try:
            return await call()
        except Refused as refused:
            if refused.outcome().why != "busy" or not await _gives_way(api, order_id):
                raise
    return await call()


async def _gives_way(api: Api, order_id: str) -> bool:
    """Whether it is worth trying again: the open session is one of ours. One that was left behind is taken back."""
    mine = [change for change in await changes_of(api, order_id) if change.get("status") in OPEN]
    if not mine:
        return True  # it ended meanwhile
    if not all(mark_in(text(change, "internal_note")) for change in mine):
        return False
    if all(_is_left_behind(change, api.wire.clock.now()) for change in mine):
        with suppress(Refused):
            await take_back(api, order_id)
    else:
        await asyncio.sleep(_PAUSE)
    return True


def _is_left_behind(change: Node, now: datetime) -> bool:
    begun = when(change, "created_at")
    return begun is not None and now - begun > _LEFT_BEHIND


def of_note(changes: Sequence[Node], note: str) -> Node | None:
    """The newest change that bears the note."""
    found = [change for change in changes if note in (text(change, "internal_note") or "")]
    return found[-1] if found else None


def outcome_unknown(refused: Refused) -> ShopError:
    """For an answer that says no to something that must not be left half made."""
    return ShopError("answer", f"Medusa refuses to go on: {refused.said}")
