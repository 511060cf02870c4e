"""Asking to return items: where the shop's platform takes such requests, the customer's wish becomes one there.

Nothing of it is kept here but what the order's document says of it afterwards: the platform has the request, and its
answer comes in with the order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from portal.editing import codes
from portal.editing.answers import Action, Code, Verdict
from portal.editing.engine import Engine, able
from portal.editing.rereading import kept, reread
from portal.editing.values import Refusal
from portal.orders.arrivals import arrivals
from portal.platforms.changes import NotApplied
from portal.platforms.live import ShopError, TakesReturns

Reason = Literal["size", "defective", "wrong_item", "not_as_described", "unwanted", "other"]
LONGEST_WORDS: Final = 500


async def request_return(
    engine: Engine, order_id: int, line_id: str, units: int, reason: Reason, words: str, key: str
) -> Refusal | None:
    """Ask the platform for it, once for each `key`; None when it has the request. Judged by the policy in force on the
    order as it is told in this moment. Raises NotThere."""
    known = await kept(engine.context, order_id)
    shop = engine.shops.of(known.platform, known.shop)
    if shop is None or not isinstance(shop, TakesReturns):
        return Refusal("unsupported")
    rules = await engine.rules()
    try:
        order = await reread(engine.context, shop, known)
        if order is None:
            return Refusal(codes.GONE)
        async with engine.context.db.read() as reader:
            delivered = await arrivals(reader, replace(known, document=order))
        answers = rules.answers(order, able(shop), engine.context.clock.now(), delivered=delivered)
        answer = answers.lines.get(line_id, {}).get(Action.RETURN)
        if answer is None:
            return Refusal(Code.NOT_THERE)
        if answer.verdict is Verdict.NO or answer.code is not Code.RETURN_REQUEST:
            return Refusal(answer.code, answer)
        if not 1 <= units <= answer.units:
            return Refusal(Code.TOO_MANY, answer)
        outcome = await shop.request_return(order, key, [(line_id, units)], reason, words[:LONGEST_WORDS])
        if isinstance(outcome, NotApplied):
            return Refusal(outcome.why, answer)
        await reread(engine.context, shop, known)
    except ShopError:
        return Refusal(codes.UNREACHABLE)
    return None
