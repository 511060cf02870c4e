"""What only the shop can say: yes or no to a request, and what became of an edit that is stuck."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import update

from portal.editing import codes, queries
from portal.editing.answers import EditState
from portal.editing.engine import Engine, is_by_hand
from portal.editing.models import EDIT
from portal.editing.packing import change_from, fee_from
from portal.editing.private import EDIT_PRIVATE
from portal.editing.queue import PUSH
from portal.editing.settling import settle
from portal.editing.transitions import move
from portal.editing.values import EditView, Refusal
from portal.editing.who import CLOCK, Who
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.documents import stored

_S = EditState
LONGEST_NOTE: Final = 1000


async def accept(engine: Engine, order_id: int, ref: str, staff: Who, note: str | None = None) -> EditView | Refusal:
    """The shop says yes: the edit is sent at once, or, where it cannot be made from here, it is APPLIED with the code
    `by_hand`: whoever says yes has made it in the shop's own system. `note` goes to the customer. Accepting again
    changes nothing. Refused: `too_late`. Raises NotThere."""

    async def yes(tx: Tx, row: Any) -> bool:
        if row.state != _S.REQUESTED:
            return row.decided_at is not None and row.state not in (_S.DECLINED, _S.EXPIRED, _S.UNDONE)
        await _say(tx, engine, row, staff, note)
        if await _is_by_hand(tx, engine, row):
            return await settle(tx, engine.context, row, _S.APPLIED, staff, code=codes.BY_HAND)
        now = engine.context.clock.now()
        times: dict[str, Any] = {"undo_until": now, "due_at": now, "expires_at": None}
        sent = await move(tx, now, row, _S.PENDING, staff, **times)
        await jobs.enqueue(tx, PUSH, now, edit=row.id)
        jobs.hurry(tx)
        return sent

    return await _decide(engine, order_id, ref, yes)


async def decline(engine: Engine, order_id: int, ref: str, staff: Who, note: str | None = None) -> EditView | Refusal:
    """The shop says no. `note` goes to the customer. Declining again changes nothing. Refused: `too_late`. Raises
    NotThere."""

    async def no(tx: Tx, row: Any) -> bool:
        if row.state != _S.REQUESTED:
            return bool(row.state == _S.DECLINED)
        await _say(tx, engine, row, staff, note)
        return await settle(tx, engine.context, row, _S.DECLINED, staff)

    return await _decide(engine, order_id, ref, no)


async def send_again(engine: Engine, order_id: int, ref: str, staff: Who) -> EditView | Refusal:
    """Have a stuck edit sent again; the platform is first asked whether it was made. Refused: `too_late` when it is not
    stuck any more. Raises NotThere."""

    async def again(tx: Tx, row: Any) -> bool:
        if row.state != _S.STUCK:
            return False
        now = engine.context.clock.now()
        moved = await move(tx, now, row, _S.SENDING, staff, due_at=now, since=now, tries=0)
        await jobs.enqueue(tx, PUSH, now, edit=row.id)
        jobs.hurry(tx)
        return moved

    return await _decide(engine, order_id, ref, again)


async def settle_by_hand(
    engine: Engine, order_id: int, ref: str, staff: Who, *, made: bool, note: str | None = None
) -> EditView | Refusal:
    """Somebody looked at the shop's own system and says whether a stuck edit was made there. Refused: `too_late` when
    it is not stuck any more. Raises NotThere."""

    async def seen(tx: Tx, row: Any) -> bool:
        if row.state != _S.STUCK:
            return False
        await _say(tx, engine, row, staff, note)
        return await settle(tx, engine.context, row, _S.APPLIED if made else _S.REFUSED, staff, code=codes.BY_HAND)

    return await _decide(engine, order_id, ref, seen)


async def expire(engine: Engine, edit_id: int) -> None:
    """The job: a request that nobody answered in time is over."""
    now = engine.context.clock.now()

    async def unit(tx: Tx) -> None:
        row = await queries.by_id(tx, edit_id)
        if row is not None and row.state == _S.REQUESTED and row.expires_at <= now:
            await settle(tx, engine.context, row, _S.EXPIRED, CLOCK, code=codes.NO_ANSWER)

    await engine.context.db.write(unit)


async def _decide(
    engine: Engine, order_id: int, ref: str, act: Callable[[Tx, Any], Awaitable[bool]]
) -> EditView | Refusal:
    async def unit(tx: Tx) -> EditView | Refusal:
        row = await queries.by_ref(tx, order_id, ref)
        if row is None or row.state == _S.DRAFT or row.change is None:
            raise NotThere
        if not await act(tx, row):
            return Refusal(codes.TOO_LATE)
        return queries.view_of(await queries.by_id(tx, row.id))

    return await engine.context.db.write(unit)


async def _say(tx: Tx, engine: Engine, row: Any, staff: Who, note: str | None) -> None:
    words = {"note": (note or "").strip()[:LONGEST_NOTE] or None, "staff": staff.name}
    await tx.run(update(EDIT).where(EDIT.c.id == row.id).values(decided_at=engine.context.clock.now()))
    await tx.run(update(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id == row.id).values(**words))


async def _is_by_hand(tx: Tx, engine: Engine, row: Any) -> bool:
    known = await stored(tx, row.order_id)
    shop = None if known is None else engine.shops.of(known.platform, known.shop)
    return is_by_hand(shop, row.code, change_from(row.action, row.change), fee_from(row.fee))
