"""Whatever becomes of deliveries and of edits: what the portal knows in the end is what the shop has."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    Quote,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import ShopError, Wire
from portal.platforms.neutral import Amount, NeutralOrder
from portal.platforms.units import editable_units
from portal.platforms.woocommerce.shop import WooShop
from tests.carriers.playing import Asked, a_client, answering, reply
from tests.platforms.woocommerce.conftest import connected
from tests.platforms.woocommerce.played import Fault, Played, played
from tests.platforms.woocommerce.test_woo_recorded import ABSENT, HOME, SECRET, headers_of

START = datetime(2026, 10, 2, 8, 30, tzinfo=UTC)
FEW = settings(max_examples=15, deadline=None)
Known = dict[str, NeutralOrder]


def in_a_shop(play: Callable[[Played, WooShop, ManualClock], Awaitable[None]]) -> None:
    """Run a story in a shop of its own."""

    async def story() -> None:
        clock = ManualClock(START)
        async with played(clock) as woo, a_client() as client:
            await play(woo, connected(woo.url, Wire(client, TokenCache(), clock)), clock)

    asyncio.run(story())


async def told(shop: WooShop, known: Known, headers: dict[str, str], body: bytes) -> None:
    """What the portal does with a delivery: the orders that it names are read again."""
    hint = shop.verify(headers, body, START)
    for order_id in hint.order_ids if hint is not None else ():
        order = await shop.order(order_id)
        if order is None:
            known.pop(order_id, None)
        else:
            known[order_id] = order


async def polled(shop: WooShop, known: Known, since: datetime) -> None:
    """What it finds by asking: what changed, what is in the bin, and what it knows and nobody has."""
    cursor = None
    while True:
        page = await shop.page(since, cursor)
        known.update({order.source.order_id: order for order in page.orders})
        for gone in page.gone:
            known.pop(gone, None)
        if (cursor := page.cursor) is None:
            break
    for order_id in list(known):
        if await shop.order(order_id) is None:
            del known[order_id]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["place", "address", "complete", "refund", "fulfil", "bin", "restore", "delete", "swap"]),
        st.integers(0, 3),
        st.integers(0, 600),  # seconds until then
    ),
    min_size=1,
    max_size=12,
)


def act(woo: Played, what: str, which: int) -> None:
    """Something that happens in the shop."""
    store = woo.store
    if what == "place" or not store.orders:
        store.place()
        return
    order_id = list(store.orders)[which % len(store.orders)]
    status = store.orders[order_id]["status"]
    if what in ("bin", "complete") and status == "trash":
        return
    if what == "restore" and status != "trash":
        return
    _DOES[what](woo, order_id, which)


def _swap(woo: Played, order_id: int, _: int) -> None:
    line = woo.store.orders[order_id]["line_items"][0]["id"]
    lines = [{"id": line, "quantity": 0}, {"variation_id": 701, "quantity": 1}]
    woo.store.change(order_id, {"line_items": lines})


def _fulfil(woo: Played, order_id: int, _: int) -> None:
    if woo.store.orders[order_id]["status"] == "processing":
        woo.store.fulfil(order_id, (str(woo.store.orders[order_id]["line_items"][0]["id"]), 1))


def _refund(woo: Played, order_id: int, _: int) -> None:
    if woo.store.net(order_id) >= 5:
        woo.store.refund(order_id, {"amount": "5.00", "api_refund": False})


_DOES: dict[str, Callable[[Played, int, int], Any]] = {
    "bin": lambda woo, order_id, _: woo.store.bin(order_id),
    "restore": lambda woo, order_id, _: woo.store.restore(order_id),
    "delete": lambda woo, order_id, _: woo.store.delete(order_id),
    "complete": lambda woo, order_id, _: woo.store.set_status(order_id, "completed"),
    "address": lambda woo, order_id, which: woo.store.change(order_id, {"shipping": {"city": f"Town {which}"}}),
    "fulfil": _fulfil,
    "refund": _refund,
    "swap": _swap,
}


@FEW
@given(ACTS, st.randoms(use_true_random=False))
def test_lost_doubled_and_shuffled_deliveries_are_healed_by_asking(
    acts: list[tuple[str, int, int]], chance: Any
) -> None:
    async def story(woo: Played, shop: WooShop, clock: ManualClock) -> None:
        known: Known = {}
        for what, which, later in acts:
            clock.advance(timedelta(seconds=later))
            act(woo, what, which)
        sent = [one for one in woo.deliveries() for _ in range(chance.choice([0, 1, 1, 2]))]
        chance.shuffle(sent)
        for headers, body in sent:
            await told(shop, known, headers, body)
        await polled(shop, known, START)
        assert known == await really(woo, shop)

    in_a_shop(story)


async def really(woo: Played, shop: WooShop) -> Known:
    """Every order, as the shop has it."""
    orders = [await shop.order(str(order_id)) for order_id in woo.store.orders]
    return {order.source.order_id: order for order in orders if order is not None}


@pytest.mark.skipif(not HOME.exists(), reason=ABSENT)
@FEW
@given(st.randoms(use_true_random=False))
def test_recorded_deliveries_in_any_order_end_in_the_shops_last_word(chance: Any) -> None:
    rest = HOME / "rest"
    last = {one["id"]: one for one in json.loads((rest / "orders_list_modified_after.json").read_bytes())}
    last[22]["status"] = "trash"

    def answer(asked: Asked) -> bytes:
        tail = asked.path.rsplit("/orders/", 1)[-1].split("/")
        if not tail[0].isdecimal():
            return reply(200, [])
        if len(tail) == 1:
            return reply(200, last[int(tail[0])])
        name = {"refunds": "refunds_list", "fulfillments": "fulfillments_list"}[tail[1]]
        return reply(200, (rest / f"{name}.json").read_bytes() if tail[0] == "20" else [])

    async def story(paths: list[Path]) -> Known:
        known: Known = {}
        async with answering(answer) as server, a_client() as client:
            wire = Wire(client, TokenCache(), ManualClock(START))
            shop = connected(server.url, wire, hook_secret=SECRET)
            for path in paths:
                await told(shop, known, headers_of(path), path.read_bytes())
        return {order_id: order.model_copy(update={"source": None}) for order_id, order in known.items()}

    recorded = sorted((HOME / "webhooks").glob("*.body"))
    shuffled = [*recorded, *chance.sample(recorded, 5)]
    chance.shuffle(shuffled)
    found = asyncio.run(story(shuffled))
    assert sorted(found) == ["20", "21"]
    assert found == asyncio.run(story(recorded))


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["swap", "cheaper", "more", "fewer", "units", "whole", "note", "ship", "pack"]),
        st.integers(0, 2),
        st.integers(1, 2),
        st.sampled_from([0, 0, 250]),
        st.sampled_from([None, None, "PUT", "POST"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def wanted(order: NeutralOrder, what: str, which: int, units: int) -> Change | None:
    """A change of one of the order's lines."""
    lines = [line for line in order.lines if line.quantity.current]
    if not lines:
        return None
    line = lines[which % len(lines)]
    has = line.quantity.current
    changes: dict[str, Change] = {
        "swap": SwapVariant(line.id, "701" if line.variant_id == "702" else "702", min(units, has)),
        "cheaper": SwapVariant(line.id, "704", min(units, has)),
        "more": SetQuantity(line.id, has + units),
        "fewer": SetQuantity(line.id, max(1, has - units)),
        "units": CancelUnits(((line.id, min(units, has)),)),
        "whole": CancelOrder(),
        "note": SetInstructions("Ring twice"),
    }
    return changes.get(what)


@FEW
@given(EDITS, st.booleans(), st.sampled_from([0, 20]))
def test_edits_cut_off_and_raced_keep_money_and_units(
    edits: list[tuple[str, int, int, int, str | None, bool]], paid: bool, rate: int
) -> None:
    """Shipped units stay; what goes back is what was quoted, and never more than was paid; and the portal's sums are
    the shop's, after each step."""

    async def story(woo: Played, shop: WooShop, _: ManualClock) -> None:
        woo.store.rate = Decimal(rate)
        unpaid: dict[str, Any] = {} if paid else {"status": "on-hold", "date_paid": None, "date_paid_gmt": None}
        order_id = woo.store.place([woo.store.line(702, 3), woo.store.line(701, 2)], **unpaid)
        whole = Decimal(woo.store.orders[order_id]["total"])
        for number, (what, which, units, fee, fault, after) in enumerate(edits):
            before = await shop.order(str(order_id))
            assert before is not None
            if what in ("ship", "pack"):
                ship(woo, order_id, before, which, done=what == "ship")
                continue
            change = wanted(before, what, which, units)
            if change is None:
                continue
            edit = Edit(str(UUID(int=number)), change, fee=Amount(shop=fee, buyer=fee))
            back = woo.store.paid_back
            quote = await shop.quote(before, edit)
            await persistently(woo, shop, before, edit, fault, after)
            now = await shop.order(str(order_id))
            assert now is not None
            if isinstance(quote, NotApplied):
                assert now == before
            elif now.cancelled_at is None or paid:
                off = abs((now.totals.total.buyer or 0) - (quote.after.total.buyer or 0))
                assert off <= (0 if quote.exact else 3), "tax that WooCommerce works out anew may be a cent off"
                assert woo.store.paid_back - back == max(Decimal(0), -Decimal(quote.due.buyer or 0) / 100)
            assert woo.store.paid_back <= (whole if paid else 0)
            assert now.totals.total.buyer == int(woo.store.net(order_id) * 100)
            for line in now.lines:
                assert line.quantity.current >= line.quantity.fulfilled

    in_a_shop(story)


def ship(woo: Played, order_id: int, order: NeutralOrder, which: int, *, done: bool) -> None:
    """The warehouse takes a unit that is still there."""
    lines = [line for line in order.lines if editable_units(order)[line.id]]
    if lines:
        woo.store.fulfil(order_id, (lines[which % len(lines)].id, 1), done=done)


async def persistently(
    woo: Played, shop: WooShop, before: NeutralOrder, edit: Edit, fault: str | None, after: bool
) -> Quote | Applied | NotApplied | None:
    """Try until it is known how it ended, as the portal does."""
    if fault is not None:
        woo.faults.append(Fault(fault, r"orders/\d+(/refunds)?", after=after))
    answer: Applied | NotApplied | None = None
    for _ in range(4):
        with contextlib.suppress(ShopError):
            answer = await shop.apply(before, edit)
            break
        stands = await shop.applied(before, edit)
        if isinstance(stands, Applied):
            answer = stands
            break
    woo.faults.clear()
    assert answer is not None
    assert (await shop.applied(before, edit) is not None) == isinstance(answer, Applied)
    return answer
