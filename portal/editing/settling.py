"""How an edit ends: its last state, what is kept of it, and who is told, in one transaction."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import update

from portal.context import Context
from portal.editing import queries
from portal.editing.answers import EditState
from portal.editing.holding import let_go
from portal.editing.letters import tell_customer, tell_shop
from portal.editing.private import EDIT_PRIVATE
from portal.editing.transitions import About, move
from portal.editing.who import Who
from portal.kit.db import Tx
from portal.platforms.neutral.parts import NeutralOrder

_WAITS_FOR_THE_SHOP: Final = EditState.STUCK


async def settle(
    tx: Tx,
    context: Context,
    row: Any,
    to: EditState,
    who: Who,
    *,
    code: str | None = None,
    about: About | None = None,
    holder: str | None = None,
    order: NeutralOrder | None = None,
    **words: Any,
) -> bool:
    """Have an edit over, or STUCK. `words` are private columns to be set; `order` is the order as it is now, where that
    is known. False when it is not as `row` says any more."""
    now, stuck = context.clock.now(), to is _WAITS_FOR_THE_SHOP
    times = {"due_at": None, "holder": None} | ({} if stuck else {"settled_at": now})
    if not await move(tx, now, row, to, who, code=code, about=about, held_by=holder, **times):
        return False
    kept = words if stuck else {**words, "before": None}
    if kept:
        await tx.run(update(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id == row.id).values(**kept))
    if not stuck:
        await let_go(tx, now, row.order_id)
    ended = await queries.by_id(tx, row.id)
    if stuck:
        await tell_shop(tx, context, ended, code)
    else:
        await tell_customer(tx, context, ended, order)
    return True
