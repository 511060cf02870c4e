"""What the shop's people do with an order: made ready, sent, collected. Each act is noted before and after, and reaches
the platform through the order's shop; the platform's own answer is what is stored.

An act bears a key: sent twice, it is done once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Final, Protocol
from uuid import NAMESPACE_OID, uuid5

import carriers
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.documents import Stored, stored
from portal.orders.sync import import_order
from portal.platforms.changes import Applied, NotApplied
from portal.platforms.live import Prepares, Ships, Shop, ShopError
from portal.platforms.neutral import NeutralOrder
from portal.platforms.neutral.handing import sendable
from portal.platforms.neutral.parts import Delivery
from portal.staff.log import is_done, note
from portal.staff.values import Act, Actor, Step

Do = Callable[[Shop, NeutralOrder], Awaitable["Result"]]


class Shops(Protocol):
    """The connected shops."""

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """The connected shop that an order with this source is from."""
        ...


@dataclass(frozen=True, slots=True)
class Hands:
    """What acts work with."""

    context: Context
    shops: Shops


@dataclass(frozen=True, slots=True)
class Done:
    """It is so now."""


@dataclass(frozen=True, slots=True)
class NotDone:
    """It is not. `why`: one of `changes.Why`, or not_connected, unreachable, wrong_code, nothing. `said` is a sentence
    of the platform's, for staff."""

    why: str
    said: str = field(default="", repr=False)


Result = Done | NotDone
_UNTOLD: Final = NotDone("unsupported", "this shop's platform is not told of it from here")
_NOTHING: Final = NotDone("nothing")


async def to_ship(hands: Hands, actor: Actor, order_id: int, key: str) -> Result:
    """The one button for both ways: what is to be sent is being made ready; what is only to be collected is ready."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        if any(sendable(order).values()):
            return _result(await shop.preparing(order, key)) if isinstance(shop, Prepares) else _UNTOLD
        return await _make_ready(shop, order, key, pickups(order))

    return await _act(hands, actor, order_id, Act.TO_SHIP, key, do)


async def ship(
    hands: Hands,
    actor: Actor,
    order_id: int,
    key: str,
    *,
    units: Mapping[str, int] | None = None,
    carrier: str | None = None,
    number: str | None = None,
) -> Result:
    """Units by line (None: all that is still to be sent) were handed to a carrier, in one parcel. `carrier` is a slug
    of ours, or the shop's own word; without it, the one that the number proves."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        slug = carrier or proven(number, order)
        name = (carriers.label_of(slug) or slug) if slug else None
        wanted = [(line, count) for line, count in (_all_to_send(order) if units is None else units).items() if count]
        if not wanted:
            return _NOTHING
        return _result(await shop.ship(order, key, wanted, name, number)) if isinstance(shop, Ships) else _UNTOLD

    return await _act(hands, actor, order_id, Act.SHIP, key, do)


async def ready(hands: Hands, actor: Actor, order_id: int, key: str, *, delivery_id: str | None = None) -> Result:
    """What is to be collected is ready: all of it, or one delivery."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        return await _make_ready(shop, order, key, _named(pickups(order), delivery_id))

    return await _act(hands, actor, order_id, Act.READY, key, do)


async def collected(
    hands: Hands, actor: Actor, order_id: int, key: str, *, code: str | None, delivery_id: str | None = None
) -> Result:
    """It was collected by whoever showed this code; None: somebody of the shop answers for it without one."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        waiting = _named(pickups(order), delivery_id)
        if code is not None and not all(is_code(delivery, code) for delivery in waiting):
            return NotDone("wrong_code")
        if not isinstance(shop, Ships):
            return _UNTOLD
        for delivery in waiting:
            result = _result(await shop.collected(order, _key(key, delivery), delivery.id))
            if isinstance(result, NotDone):
                return result
        return Done() if waiting else _NOTHING

    return await _act(hands, actor, order_id, Act.COLLECTED, key, do)


async def delivered(hands: Hands, actor: Actor, order_id: int, key: str, *, parcel_id: str | None = None) -> Result:
    """A parcel arrived, as somebody at the shop says: one, or all that are on their way."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        under_way = [one for one in order.parcels if one.state == "ok" and one.status not in ("delivered", "collected")]
        meant = [one for one in under_way if parcel_id in (None, one.id)]
        if not isinstance(shop, Ships):
            return _UNTOLD
        for parcel in meant:
            result = _result(await shop.delivered(order, str(uuid5(NAMESPACE_OID, key + parcel.id)), parcel.id))
            if isinstance(result, NotDone):
                return result
        return Done() if meant else _NOTHING

    return await _act(hands, actor, order_id, Act.DELIVERED, key, do)


async def settled(hands: Hands, actor: Actor, order_id: int, key: str) -> Result:
    """What was to be paid back was paid back, and what was still to be paid was paid."""

    async def do(shop: Shop, order: NeutralOrder) -> Result:
        return _result(await shop.settled(order, key)) if isinstance(shop, Prepares) else _UNTOLD

    return await _act(hands, actor, order_id, Act.SETTLED, key, do)


def proven(number: str | None, order: NeutralOrder) -> str | None:
    """The one carrier whose number this must be, by its form and its check digit."""
    address = order.address.shipping
    found = carriers.detect(number, country=address.country if address else None) if number else ()
    sure = {guess.carrier for guess in found if guess.evidence is carriers.Evidence.FORM_AND_CHECK}
    return sure.pop() if len(sure) == 1 else None


def _all_to_send(order: NeutralOrder) -> Mapping[str, int]:
    """What needs no parcel goes along in none, unless there is nothing else."""
    free = sendable(order)
    physical = {line.id: free[line.id] for line in order.lines if line.requires_shipping and free[line.id]}
    return physical or free


def pickups(order: NeutralOrder) -> list[Delivery]:
    """What is to be collected at the shop and was not yet."""
    return [
        each
        for each in order.deliveries
        if each.method == "pickup" and each.state not in ("closed", "cancelled") and each.pickup.collected_at is None
    ]


def is_code(delivery: Delivery, typed: str) -> bool:
    """Whether somebody typed the code that this is collected with, in whatever spelling; takes the same time either
    way. What has no code is collected with none."""
    code = _plain(delivery.pickup.code or "")
    return compare_digest(code.encode(), _plain(typed).encode()) and bool(code)


async def _act(hands: Hands, actor: Actor, order_id: int, act: Act, key: str, do: Do) -> Result:
    """Note it, do it on the order as its platform tells it now, store what the platform says then, and note that."""
    async with hands.context.db.read() as reader:
        known = await stored(reader, order_id)
        if await is_done(reader, order_id, key):
            return Done()
    if known is None:
        raise NotThere
    shop = hands.shops.of(known.platform, known.shop)
    if shop is None:
        return NotDone("not_connected")
    await _note(hands, actor, order_id, act, key, Step.BEGUN)
    try:
        result = await _done(hands, shop, known, do)
    except ShopError as problem:
        result = NotDone("unreachable", problem.message)
    why = result.why if isinstance(result, NotDone) else None
    step = Step.DONE if why is None else Step.FAILED if why == "unreachable" else Step.REFUSED
    await _note(hands, actor, order_id, act, key, step, why)
    return result


async def _done(hands: Hands, shop: Shop, known: Stored, do: Do) -> Result:
    order = await shop.order(known.external_id)
    if order is None:
        return NotDone("changed", "the platform has the order no more")
    result = await do(shop, order)
    asked_at = hands.context.clock.now()
    if isinstance(result, Done) and (after := await shop.order(known.external_id)) is not None:
        await import_order(hands.context, after, asked_at)
    return result


async def _make_ready(shop: Shop, order: NeutralOrder, key: str, waiting: Sequence[Delivery]) -> Result:
    if not isinstance(shop, Ships):
        return _UNTOLD
    for delivery in waiting:
        result = _result(await shop.ready(order, _key(key, delivery), delivery.id))
        if isinstance(result, NotDone):
            return result
    return Done() if waiting else _NOTHING


async def _note(
    hands: Hands, actor: Actor, order_id: int, act: Act, key: str, step: Step, code: str | None = None
) -> None:
    now = hands.context.clock.now()

    async def unit(tx: Tx) -> None:
        await note(tx, now, actor, act, step, key, order_id=order_id, code=code)

    await hands.context.db.write(unit)


def _result(answer: Applied | NotApplied) -> Result:
    return Done() if isinstance(answer, Applied) else NotDone(answer.why, answer.said)


def _named(deliveries: Sequence[Delivery], delivery_id: str | None) -> list[Delivery]:
    return [delivery for delivery in deliveries if delivery_id in (None, delivery.id)]


def _key(key: str, delivery: Delivery) -> str:
    """Each delivery's own, the same whenever the act is repeated."""
    return str(uuid5(NAMESPACE_OID, key + delivery.id))


def _plain(code: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())
