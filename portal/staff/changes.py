"""Changes of orders by the shop's people: cancelling, and answering what customers ask for. They go the way of every
change (`portal.editing`): previewed, confirmed, sent to the platform once, logged, and told to the customer."""

from __future__ import annotations

from portal.editing import confirm as confirming, decide, preview as previewing, queries
from portal.editing.commands import CancelItems, CancelWhole
from portal.editing.engine import Engine
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.kit.db import Tx
from portal.staff.log import note
from portal.staff.values import Act, Actor, Step

Answered = EditView | Refusal


async def preview(
    engine: Engine, actor: Actor, order_id: int, command: CancelWhole | CancelItems, key: str
) -> Answered:
    """What a cancellation would come to; the same `key` gives the same. Raises NotThere, and Refused (429)."""
    return await previewing.preview(engine, order_id, command, _who(actor), client_key=key)


async def confirm(engine: Engine, actor: Actor, order_id: int, ref: str) -> Answered:
    """Have it made, at once. Raises NotThere."""
    answered = await confirming.confirm(engine, order_id, ref, _who(actor))
    whole = isinstance(answered, EditView) and answered.action.value == "cancel_order"
    return await _noted(engine, actor, order_id, Act.CANCEL if whole else Act.CANCEL_LINES, ref, answered)


async def accept(engine: Engine, actor: Actor, order_id: int, ref: str, words: str | None) -> Answered:
    """The shop says yes to what its customer asks for. `words` go to the customer. Raises NotThere."""
    answered = await decide.accept(engine, order_id, ref, _who(actor), words)
    return await _noted(engine, actor, order_id, Act.ACCEPT, ref, answered)


async def decline(engine: Engine, actor: Actor, order_id: int, ref: str, words: str | None) -> Answered:
    """The shop says no. Raises NotThere."""
    answered = await decide.decline(engine, order_id, ref, _who(actor), words)
    return await _noted(engine, actor, order_id, Act.DECLINE, ref, answered)


async def send_again(engine: Engine, actor: Actor, order_id: int, ref: str) -> Answered:
    """Try once more to have a stuck change made. Raises NotThere."""
    answered = await decide.send_again(engine, order_id, ref, _who(actor))
    return await _noted(engine, actor, order_id, Act.SEND_AGAIN, ref, answered)


async def settle(engine: Engine, actor: Actor, order_id: int, ref: str, *, made: bool) -> Answered:
    """Say of a stuck change whether it was made on the platform. Raises NotThere."""
    answered = await decide.settle_by_hand(engine, order_id, ref, _who(actor), made=made)
    return await _noted(engine, actor, order_id, Act.WAS_MADE if made else Act.WAS_NOT_MADE, ref, answered)


async def under_way(engine: Engine, order_id: int) -> EditView | None:
    """The change of an order that is under way."""
    async with engine.context.db.read() as reader:
        row = await queries.open_edit(reader, order_id)
    return None if row is None else queries.view_of(row)


def _who(actor: Actor) -> Who:
    return Who("staff", name=actor.name)


async def _noted(engine: Engine, actor: Actor, order_id: int, act: Act, ref: str, answered: Answered) -> Answered:
    now, refused = engine.context.clock.now(), isinstance(answered, Refusal)
    code = answered.code if isinstance(answered, Refusal) else None

    async def unit(tx: Tx) -> None:
        step = Step.REFUSED if refused else Step.DONE
        await note(tx, now, actor, act, step, ref, order_id=order_id, code=code)

    await engine.context.db.write(unit)
    return answered
