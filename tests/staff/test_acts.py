"""What the shop's people do with orders: noted whatever comes of it, done once, and never without its shop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.documents import stored
from portal.orders.sync import import_order
from portal.platforms.neutral import NeutralOrder
from portal.staff import acts
from portal.staff.acts import Done, Hands, NotDone
from portal.staff.log import of_order
from portal.staff.models import STAFF_ACT
from portal.staff.values import Actor
from tests.support.context import order, rows

JEANNE = Actor(7)
SOURCE = {"platform": "neutral", "shop": "atelier", "order_id": "1001"}


def hands_of(context: Context) -> Hands:
    return Hands(context, Shops(replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "atelier"})))


async def document(context: Context, order_id: int = 1) -> NeutralOrder:
    async with context.db.read() as reader:
        known = await stored(reader, order_id)
    assert known is not None
    return known.document


async def steps(context: Context, order_id: int = 1) -> list[tuple[str, str, str | None]]:
    async with context.db.read() as reader:
        return [(step.act, step.step, step.code) for step in reversed(await of_order(reader, order_id))]


async def test_an_act_is_done_once_and_noted_before_and_after(any_context: Context) -> None:
    await import_order(any_context, order(source=SOURCE))
    hands = hands_of(any_context)
    for _ in range(2):
        assert await acts.ship(hands, JEANNE, 1, "key-1", carrier="laposte", number="6A00000000001") == Done()
    (parcel,) = (await document(any_context)).parcels
    assert [(each.carrier, each.carrier_raw) for each in parcel.tracking] == [("laposte", "La Poste")]
    assert await steps(any_context) == [("ship", "begun", None), ("ship", "done", None)]
    assert {row.staff_id for row in await rows(any_context, select(STAFF_ACT))} == {7}


async def test_what_is_refused_is_noted_with_its_reason(any_context: Context) -> None:
    await import_order(any_context, order(source=SOURCE, cancelled_at="2026-11-19T10:00:00Z"))
    assert await acts.to_ship(hands_of(any_context), JEANNE, 1, "key-1") == NotDone("cancelled")
    assert await acts.ship(hands_of(any_context), JEANNE, 1, "key-2", units={"mug": 1}) == NotDone("cancelled")
    assert (await steps(any_context))[-1] == ("ship", "refused", "cancelled")


async def test_an_order_of_a_shop_that_is_not_connected_is_not_touched(context: Context) -> None:
    await import_order(context, order(source={**SOURCE, "shop": "elsewhere"}))
    before = await document(context)
    assert await acts.ship(hands_of(context), JEANNE, 1, "key") == NotDone("not_connected")
    assert (await document(context), await steps(context)) == (before, [])
    with pytest.raises(NotThere):
        await acts.ship(hands_of(context), JEANNE, 2, "key")


async def test_the_one_button_makes_ready_what_is_only_collected(context: Context) -> None:
    pickup = {"id": "shop", "method": "pickup"}
    await import_order(context, order(source=SOURCE, deliveries=[pickup]))
    assert await acts.to_ship(hands_of(context), JEANNE, 1, "key") == Done()
    (delivery,) = (await document(context)).deliveries
    assert delivery.pickup.ready_at == context.clock.now()
    assert delivery.pickup.code is not None
    code = delivery.pickup.code
    hands = hands_of(context)
    assert await acts.collected(hands, JEANNE, 1, "key-2", code="") == NotDone("wrong_code")
    assert await acts.collected(hands, JEANNE, 1, "key-3", code=code.lower().replace("-", " ")) == Done()


async def test_a_mixed_order_is_made_ready_to_be_sent_first(context: Context) -> None:
    pickup = {"id": "shop", "method": "pickup", "lines": [{"line_id": "bowl", "quantity": 1}]}
    await import_order(context, order(source=SOURCE, deliveries=[pickup]))
    assert await acts.to_ship(hands_of(context), JEANNE, 1, "key") == Done()
    found = await document(context)
    assert [line.quantity.in_progress for line in found.lines] == [2, 0]
    assert found.deliveries[0].pickup.ready_at is None
    assert await acts.ready(hands_of(context), JEANNE, 1, "key-2") == Done()


@pytest.mark.parametrize("code", ["", " ", "-", "abcd-234", "abcd-23456"])
def test_only_the_whole_code_is_the_code(code: str) -> None:
    (delivery,) = order(deliveries=[{"id": "d", "method": "pickup", "pickup": {"code": "ABCD-2345"}}]).deliveries
    assert not acts.is_code(delivery, code)
    assert acts.is_code(delivery, " abcd 2345")
    (without,) = order(deliveries=[{"id": "d", "method": "pickup"}]).deliveries
    assert not acts.is_code(without, code)


CHANGES: list[Any] = [update(STAFF_ACT).values(staff_id=8), delete(STAFF_ACT)]


@pytest.mark.parametrize("statement", CHANGES, ids=["change", "delete"])
async def test_nobody_changes_or_deletes_what_was_noted(any_context: Context, statement: Any) -> None:
    await import_order(any_context, order(source=SOURCE))
    await acts.to_ship(hands_of(any_context), JEANNE, 1, "key")
    before = await steps(any_context)

    async def unit(tx: Tx) -> None:
        await tx.run(statement)

    with pytest.raises(Exception, match="only added to"):
        await any_context.db.write(unit)
    assert await steps(any_context) == before
