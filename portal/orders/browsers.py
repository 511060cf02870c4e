"""In how many browsers an order link is used: at most as many as the settings say.

A browser takes a place when its cookie comes back with a look at the page, not when the link is fetched, so
that programs that try out the links of a message use up none. One that loads pages like a browser and never
comes again loses its place after a day. Why it is done so: docs/decisions/0008.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from portal.accounts.sessions import Opened, open_session
from portal.accounts.viewer import Viewer
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.kit.prepared import Query
from portal.orders.access import Access
from portal.orders.models import ORDER_LINK, ORDER_LINK_USE

NOTED_EVERY: Final = timedelta(minutes=10)
STAYS: Final = timedelta(days=1)  # for so long a place is kept for a browser that was here once

_THIS: Any = (ORDER_LINK_USE.c.link_id == bindparam("link")) & (ORDER_LINK_USE.c.session_id == bindparam("session"))
_LOCK = Query(select(ORDER_LINK.c.id).where(ORDER_LINK.c.id == bindparam("link")).with_for_update())
_USES = Query(
    select(ORDER_LINK_USE.c.session_id, ORDER_LINK_USE.c.opened_at, ORDER_LINK_USE.c.seen_at).where(
        ORDER_LINK_USE.c.link_id == bindparam("link")
    )
)
_SEEN = Query(update(ORDER_LINK_USE).where(_THIS).values(seen_at=bindparam("now")))
_DROP = Query(delete(ORDER_LINK_USE).where(_THIS))


class Full(Exception):
    """The link is used in as many browsers as it may."""


async def let_in(context: Context, link_id: int, viewer: Viewer, label: str = "") -> Opened | None:
    """This browser opens a link: it gets a session if it has none. Raises Full when all places are taken."""
    now, most = context.clock.now(), context.settings.link_browsers

    async def unit(tx: Tx) -> Opened | None:
        others, mine = await _uses(tx, link_id, viewer.session_id)
        if mine is not None and holds(mine, now):
            return None
        if sum(holds(use, now) for use in others) >= most:
            raise Full
        opened = None if viewer.session_id is not None else await open_session(tx, now, label=label)
        session = viewer.session_id if opened is None else opened.id
        row = {"link_id": link_id, "session_id": session, "opened_at": now, "seen_at": None}
        await tx.upsert(ORDER_LINK_USE, [row], ["link_id", "session_id"])
        return opened

    return await context.db.write(unit)


async def keep_place(context: Context, access: Access) -> None:
    """A browser that was let in looks at the page: it takes its place, or is noted to be here still.

    Raises Full when others have taken all places meanwhile. A database that takes no writes just now stops
    nobody from reading.
    """
    now, most = context.clock.now(), context.settings.link_browsers
    link_id, session_id = access.link_id, access.session_id
    if link_id is None or (access.placed_at is not None and now - access.placed_at < NOTED_EVERY):
        return

    async def unit(tx: Tx) -> bool:
        others, mine = await _uses(tx, link_id, session_id)
        which = {"link": link_id, "session": session_id}
        if mine is None or (not holds(mine, now) and sum(holds(use, now) for use in others) >= most):
            await tx.run(_DROP, which)
            return False
        await tx.run(_SEEN, {**which, "now": now})
        return True

    try:
        if not await context.db.write(unit):
            raise Full
    except Unavailable:
        return


def holds(use: Any, now: datetime) -> bool:
    """Whether a use takes a place: its browser was here within a day of opening the link, or came again."""
    if use.seen_at is None:
        return False
    return bool(now - use.opened_at < STAYS or use.seen_at - use.opened_at >= NOTED_EVERY)


async def _uses(tx: Tx, link_id: int, session_id: int | None) -> tuple[list[Any], Any | None]:
    """The other browsers' uses of a link, and this one's; nobody else counts them meanwhile."""
    await tx.rows(_LOCK, {"link": link_id})
    uses = await tx.rows(_USES, {"link": link_id})
    mine = next((use for use in uses if use.session_id == session_id), None)
    return [use for use in uses if use.session_id != session_id], mine
