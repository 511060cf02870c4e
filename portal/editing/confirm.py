"""Confirming what was previewed, and taking it back before it is sent.

A confirmation is one write: the edit is on its way, with its job, or it is not. What the customer saw is compared with
the order as it is known now; the platform itself is asked again when the edit is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.editing import codes, queries
from portal.editing.answers import Code, EditState, Verdict
from portal.editing.engine import Engine, Rules
from portal.editing.holding import hold_until_sent
from portal.editing.judging import Judged, judge
from portal.editing.letters import ask_shop
from portal.editing.packing import change_from, fee_from, variant_from
from portal.editing.queue import EXPIRE, PUSH
from portal.editing.settling import settle
from portal.editing.stakes import still_stands
from portal.editing.transitions import move
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.documents import Stored, stored
from portal.platforms.live import Shop

_S = EditState


async def confirm(engine: Engine, order_id: int, ref: str, who: Who) -> EditView | Refusal:
    """Have a draft made, or asked of the shop: PENDING for as long as it can be undone, or REQUESTED.

    Confirming again changes nothing and gives the edit as it is by then. Refused: `edit_open` when another edit of the
    order was quicker, `changed` when the order, or what the policy says of it, is not as it was shown any more (a new
    preview shows what is), `expired`. Raises NotThere.
    """
    rules = await engine.rules()

    async def unit(tx: Tx) -> EditView | Refusal:
        row = await _of(tx, order_id, ref, who)
        if row.state != _S.DRAFT:
            return queries.view_of(row)
        known = await stored(tx, order_id)
        if known is None:
            raise NotThere
        shop = engine.shops.of(known.platform, known.shop)
        refused = await _against(tx, engine, rules, row, who, known, shop)
        if refused is not None:
            return refused
        if row.verdict == Verdict.ASK:
            await _request(tx, engine, row, who)
        else:
            await _promise(tx, engine, row, who, shop)
        return queries.view_of(await queries.by_id(tx, row.id))

    return await engine.context.db.write(unit)


async def undo(engine: Engine, order_id: int, ref: str, who: Who) -> EditView | Refusal:
    """Take an edit back that has not been sent, or that the shop has not decided about. Undoing again changes nothing.
    Refused: `too_late`. Raises NotThere."""

    async def unit(tx: Tx) -> EditView | Refusal:
        row = await _of(tx, order_id, ref, who)
        if row.state == _S.UNDONE:
            return queries.view_of(row)
        if row.state not in (_S.PENDING, _S.REQUESTED):
            return Refusal(codes.TOO_LATE)
        if not await settle(tx, engine.context, row, _S.UNDONE, who, code=codes.WITHDRAWN):
            return Refusal(codes.TOO_LATE)
        return queries.view_of(await queries.by_id(tx, row.id))

    return await engine.context.db.write(unit)


async def _of(tx: Tx, order_id: int, ref: str, who: Who) -> Any:
    """The edit, for whoever may say more about it: what the shop began is not its customer's to confirm or undo."""
    row = await queries.by_ref(tx, order_id, ref)
    if row is None or row.change is None or (not who.is_shop and row.who != who.kind):
        raise NotThere
    return row


async def _against(
    tx: Tx, engine: Engine, rules: Rules, row: Any, who: Who, known: Stored, shop: Shop | None
) -> Refusal | None:
    """Why this draft is not to be confirmed, if there is anything."""
    now = engine.context.clock.now()
    if row.expires_at <= now:
        return Refusal(codes.EXPIRED)
    if await queries.open_edit(tx, row.order_id) is not None:
        return Refusal(codes.EDIT_OPEN)
    change, order = change_from(row.action, row.change), known.document
    if not still_stands(engine.context.keys, row.stake, order, change):
        return Refusal(codes.CHANGED)
    judged = judge(rules, who, shop, order, change, variant_from(row.variant), now)
    if judged.verdict is Verdict.NO:
        return Refusal(judged.code, judged.answer)
    return None if _is_as_shown(row, judged) else Refusal(codes.CHANGED, judged.answer)


def _is_as_shown(row: Any, judged: Judged) -> bool:
    """What would be allowed was shown as a request where the platform cannot do it to this order."""
    asks = row.verdict == Verdict.ASK and row.code == Code.PLATFORM and judged.verdict is Verdict.ALLOWED
    return bool((asks or judged.verdict == row.verdict) and judged.fee == fee_from(row.fee))


async def _request(tx: Tx, engine: Engine, row: Any, who: Who) -> None:
    now = engine.context.clock.now()
    until = now + timedelta(hours=engine.context.settings.edit_answer_hours)
    if await move(tx, now, row, _S.REQUESTED, who, code=row.code, confirmed_at=now, expires_at=until):
        await jobs.enqueue(tx, EXPIRE, now, due=until, edit=row.id)
        await ask_shop(tx, engine.context, row, until)


async def _promise(tx: Tx, engine: Engine, row: Any, who: Who, shop: Shop | None) -> None:
    now = engine.context.clock.now()
    until = _undo_until(engine, who, now)
    times: dict[str, Any] = {"confirmed_at": now, "undo_until": until, "due_at": until, "expires_at": None}
    if await move(tx, now, row, _S.PENDING, who, **times):
        await jobs.enqueue(tx, PUSH, now, due=until, edit=row.id)
        await hold_until_sent(tx, engine, shop, row.order_id, until)
        if until <= now:
            jobs.hurry(tx)


def _undo_until(engine: Engine, who: Who, now: datetime) -> datetime:
    """Whoever works at the shop sees it happen at once."""
    return now if who.is_shop else now + timedelta(seconds=engine.context.settings.edit_undo_seconds)
