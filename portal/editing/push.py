"""Sends a confirmed edit to its platform: once, whatever fails in between.

    claimed -> was it sent before? then what became of it -> the order read anew and taken in -> may it still be made,
    and for the agreed amount -> written down that it is being sent -> sent -> the order read anew -> settled

Nothing is sent that was not written down before, with the order as it was; so whoever comes after a crash asks the
platform first what became of it. What the platform does wrong is tried again for a while, then a person has to look.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from portal.editing import codes, queries
from portal.editing.answers import EditState, Verdict
from portal.editing.engine import Engine, editable
from portal.editing.judging import forbidden, judge
from portal.editing.packing import as_json, change_from, fee_from, packed, quote_from, variant_from
from portal.editing.queue import REFRESH, Lost, claim, forget_sending, later, note_sending, pause
from portal.editing.rereading import kept, reread
from portal.editing.settling import settle
from portal.editing.stakes import stake, still_stands
from portal.editing.transitions import About
from portal.editing.who import CLOCK, Who
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.documents import Stored
from portal.platforms.changes import Applied, Begun, Edit, NotApplied, Quote
from portal.platforms.live import Editable, Shop, ShopError
from portal.platforms.neutral import NeutralOrder, as_stated, restored

log = logging.getLogger("jalon.editing")
_S = EditState
_LEAST_TRIES: Final = 5  # before it is given up, however long ago it was confirmed: this program may have been away
_MOST_TRIES: Final = 60  # of whatever kind
_IN_THE_WAY: Final = {"changed": 5, "busy": 8}  # tries; reading anew, or waiting, may help
_FOR_A_PERSON: Final = frozenset({"credentials", "scope"})
_BY_WHOM: Final = frozenset({codes.CHANGED, "cancelled"})
_COMES_TO_REST: Final = timedelta(seconds=20)  # what a platform was asked, and did not answer, it may still be doing


@dataclass(frozen=True, slots=True)
class _Sending:
    """An edit in our hands, and where it goes."""

    engine: Engine
    row: Any
    known: Stored
    shop: Shop
    maker: Editable
    edit: Edit


async def push(engine: Engine, edit_id: int) -> None:
    """Send an edit that is due, or find out what became of it. Running twice, also at the same time, sends once."""
    context = engine.context

    async def take(tx: Tx) -> Any | None:
        return await claim(tx, context.clock.now(), edit_id)

    row = await context.db.write(take)
    if row is None:
        return
    try:
        await _try(engine, row)
    except Lost:
        log.warning("edit %d is worked on by somebody else", edit_id)


async def _try(engine: Engine, row: Any) -> None:
    try:
        await _bring(engine, row)
    except ShopError as problem:
        await _put_off(engine, row, problem)
    except NotThere:  # its platform has it no more, or its customer had it erased
        await _leave(engine, row)


async def _leave(engine: Engine, row: Any) -> None:
    if row.before is None:
        await _refuse(engine, row, codes.GONE)
    else:
        await _stick(engine, row, codes.UNCERTAIN)


async def _bring(engine: Engine, row: Any) -> None:
    if row.tries > _MOST_TRIES:
        await _stick(engine, row, codes.UNCERTAIN if row.sent_at else codes.UNREACHABLE)
        return
    known = await kept(engine.context, row.order_id)
    shop = engine.shops.of(known.platform, known.shop)
    maker = editable(shop)
    if shop is None or maker is None:
        raise ShopError("credentials", "the order's shop is not connected")
    sending = _Sending(engine, row, known, shop, maker, _edit(row))
    if row.before is None:
        await _make(sending)
        return
    before = restored(row.before)
    match await maker.applied(before, sending.edit):
        case Applied() as done:
            await _made(sending, before, done)
        case Begun():
            await _go_on(sending, before)
        case None:
            await _make(sending)


def _edit(row: Any) -> Edit:
    return Edit(
        key=row.key,
        change=change_from(row.action, row.change),
        fee=fee_from(row.fee),
        note=f"Jalon {row.ref}",
        by="staff" if _is_the_shops(row) else "customer",
    )


def _is_the_shops(row: Any) -> bool:
    """Whether the shop wants it, or has said yes to it: then what its warehouse holds can be taken back."""
    return row.who != "person" or row.decided_at is not None


async def _make(sending: _Sending) -> None:
    """Make an edit of which nothing has been made."""
    order = await reread(sending.engine.context, sending.shop, sending.known)
    if order is None:
        await _refuse(sending.engine, sending.row, codes.GONE)
        return
    trouble = await _trouble(sending, order)
    if trouble is not None:
        await _give_up(sending, trouble)
        return
    quote = await sending.maker.quote(order, sending.edit)
    if isinstance(quote, NotApplied):
        await _not_made(sending, quote)
    elif not _is_as_agreed(sending.row, quote):
        await _refuse(sending.engine, sending.row, codes.PRICE_CHANGED)
    else:
        await _write_down(sending, order)
        await _sent(sending, order, await sending.maker.apply(order, sending.edit))


async def _trouble(sending: _Sending, order: NeutralOrder) -> str | None:
    """Why it is not to be made any more. Time limits are judged as of the confirmation, units as they are now."""
    row, change, engine = sending.row, sending.edit.change, sending.engine
    variant = variant_from(row.variant)
    if why := forbidden(order, change, variant, sending.edit.by):
        return why
    if not still_stands(engine.context.keys, row.stake, order, change):
        return codes.CHANGED
    if _is_the_shops(row):
        return None
    judged = judge(await engine.rules(), Who("person"), sending.shop, order, change, variant, row.confirmed_at)
    return None if judged.verdict is Verdict.ALLOWED else judged.code


async def _give_up(sending: _Sending, trouble: str) -> None:
    """Nothing is made. But where the order changed after the platform was asked once, who knows whether by that."""
    if trouble in _BY_WHOM and sending.row.before is not None:
        await _stick(sending.engine, sending.row, codes.UNCERTAIN)
    else:
        await _refuse(sending.engine, sending.row, trouble)


def _is_as_agreed(row: Any, quote: Quote) -> bool:
    """Nobody pays, or gets back, another amount than was shown. Where nothing could be shown, nobody pays anything."""
    agreed = quote_from(row.quote)
    if agreed is None:
        return not any((amount or 0) > 0 for amount in (quote.due.shop, quote.due.buyer))
    return (quote.due, quote.fee, quote.after.total) == (agreed.due, agreed.fee, agreed.after.total)


async def _write_down(sending: _Sending, order: NeutralOrder) -> None:
    """From here on the platform may have been asked."""
    row, text = sending.row, as_stated(order)
    now = sending.engine.context.clock.now()

    async def unit(tx: Tx) -> None:
        await note_sending(tx, now, row, text)

    await sending.engine.context.db.write(unit)


async def _go_on(sending: _Sending, before: NeutralOrder) -> None:
    """The platform has begun with it, so it is judged no more."""
    outcome = await sending.maker.apply(before, sending.edit)
    if isinstance(outcome, NotApplied):
        await _stick(sending.engine, sending.row, codes.HALF_MADE, outcome.said)
    else:
        await _made(sending, before, outcome)


async def _sent(sending: _Sending, order: NeutralOrder, outcome: Applied | NotApplied) -> None:
    if isinstance(outcome, NotApplied):
        await _not_made(sending, outcome)
    else:
        await _made(sending, order, outcome)


async def _made(sending: _Sending, before: NeutralOrder, done: Applied) -> None:
    """Settle it, with the order as it is now; where that cannot be read, a job goes on trying."""
    context, row = sending.engine.context, sending.row
    try:
        order = await reread(context, sending.shop, sending.known)
    except ShopError:
        order = None
    change = sending.edit.change
    about = About(as_json(stake(before, change)), packed(change))
    paid_at = done.pay_url or (order.links.pay_outstanding if order else None)

    async def unit(tx: Tx) -> None:
        words = {"reference": done.reference, "pay_url": paid_at, "said": None}
        if not await settle(tx, context, row, _S.APPLIED, CLOCK, about=about, holder=row.holder, order=order, **words):
            raise Lost
        if order is None:
            await jobs.enqueue(tx, REFRESH, context.clock.now(), order=row.order_id)

    await context.db.write(unit)


async def _not_made(sending: _Sending, outcome: NotApplied) -> None:
    """The platform says that nothing was made."""
    context, row = sending.engine.context, sending.row
    if row.tries < _IN_THE_WAY.get(outcome.why, 0):

        async def unit(tx: Tx) -> None:
            await later(tx, context.clock.now(), row, outcome.why, pause(row.tries, None))
            await forget_sending(tx, row)

        await context.db.write(unit)
    else:
        await _refuse(sending.engine, row, outcome.why, outcome.said)


async def _refuse(engine: Engine, row: Any, code: str, said: str = "") -> None:
    async def unit(tx: Tx) -> None:
        if not await settle(
            tx, engine.context, row, _S.REFUSED, CLOCK, code=code, holder=row.holder, said=said or None
        ):
            raise Lost

    await engine.context.db.write(unit)


async def _stick(engine: Engine, row: Any, code: str, said: str = "") -> None:
    """A person has to look."""
    log.error("edit %d is stuck: %s", row.id, code)

    async def unit(tx: Tx) -> None:
        if not await settle(tx, engine.context, row, _S.STUCK, CLOCK, code=code, holder=row.holder, said=said or None):
            raise Lost

    await engine.context.db.write(unit)


async def _put_off(engine: Engine, row: Any, problem: ShopError) -> None:
    """Have it tried again, ever more slowly, until that has taken too long."""
    context = engine.context
    now = context.clock.now()
    log.warning("edit %d, try %d: %s (%s)", row.id, row.tries, problem.kind, problem.message)
    waited = now - row.since >= timedelta(minutes=context.settings.edit_give_up_minutes)
    async with context.db.read() as reader:
        asked = await queries.was_sent(reader, row.id)
    if problem.kind in _FOR_A_PERSON or (waited and row.tries >= _LEAST_TRIES):
        code = codes.UNCERTAIN if asked else codes.UNREACHABLE
        await _stick(engine, row, code, problem.message)
        return

    wait = max(pause(row.tries, problem.retry_after), _COMES_TO_REST if asked else timedelta())

    async def unit(tx: Tx) -> None:
        await later(tx, now, row, problem.kind, wait)

    await context.db.write(unit)
