"""Reading a shop's list of orders, page by page, and asking for those of ours that it does not have.

Each page is stored, and then how far the list was read: whoever is killed in between has one page read again. An order
that changed in the time that is looked at, and that the list did not have, is asked for by itself; what the shop has no
more is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from portal.connecting import connections, sweeps
from portal.connecting.inbox import have_read
from portal.connecting.sweeps import Kind, State
from portal.connecting.taking import take_gone, take_orders
from portal.context import Context
from portal.kit.db import Tx, Unit
from portal.orders.presence import note_seen, unseen
from portal.orders.sync import Outcome
from portal.platforms.live import Page, Shop, ShopError

T = TypeVar("T")
_Fetched = tuple[datetime, Page]
OVERLAP: Final = timedelta(minutes=10)  # clocks differ, and platforms' lists lag behind
DEEP: Final = timedelta(days=30)
_AT_ONCE: Final = 20  # orders that are asked for one by one between two notes of how far it is
_CURSOR_FAILS: Final = 3  # after which a place in a list is given up, and the list is read from its beginning
_BEATS_S: Final = 10.0
_NEWS: Final = frozenset({Outcome.CREATED, Outcome.UPDATED})


class Sweep:
    """A sweep that is under way, held by this process. `ahead`: while a page is stored, the next one is fetched."""

    def __init__(self, context: Context, shop: Shop, state: State, *, ahead: bool = False) -> None:
        self._context, self._shop, self.state = context, shop, state
        self._ahead = ahead
        self._coming: tuple[str, asyncio.Task[_Fetched]] | None = None

    async def step(self) -> bool:
        """One page, or some single orders; False when there is nothing left. Raises ShopError, after which the same
        step may be tried again, and sweeps.Taken when another process has taken over."""
        state = self.state
        try:
            done = await (self._list() if state.listed_at is None else self._ask_for_missing())
        except ShopError as problem:
            await self.close()
            await self._failed(problem)
            raise
        await self._keep(replace(done, failures=0))
        return self.state.ended_at is None

    async def close(self) -> None:
        """Fetch nothing more."""
        if self._coming is not None:
            self._coming[1].cancel()
            await asyncio.gather(self._coming[1], return_exceptions=True)
            self._coming = None

    async def _list(self) -> State:
        state = self.state
        asked_at, page = await self._page()
        await self._answered(asked_at)
        outcomes = await take_orders(self._context, self._shop, page.orders, asked_at)
        gone = await take_gone(self._context, self._shop, page.gone, asked_at)
        await self._read_apart(page, asked_at)
        return replace(
            state,
            cursor=page.cursor,
            listed_at=self._context.clock.now() if page.cursor is None else None,
            orders=state.orders + len(page.orders) + len(page.unread),
            changed=state.changed + sum(outcome in _NEWS for outcome in outcomes),
            gone=state.gone + gone,
            unread=state.unread + len(page.unread),
            total=page.total if page.total is not None and state.cursor is None else state.total,
        )

    async def _page(self) -> _Fetched:
        """The next page, which may be on its way already; then the one behind it is."""
        cursor, coming = self._coming or ("", None)
        self._coming = None
        fetched = await (
            coming if coming is not None and cursor == self.state.cursor else self._fetch(self.state.cursor)
        )
        if self._ahead and (after := fetched[1].cursor) is not None:
            self._coming = after, asyncio.create_task(self._fetch(after), name="next page")
        return fetched

    async def _fetch(self, cursor: str | None) -> _Fetched:
        asked_at = self._context.clock.now()
        return asked_at, await self._shop.page(self.state.since, cursor)

    async def _read_apart(self, page: Page, asked_at: datetime) -> None:
        """What could not be read in the list is tried by itself, now and for a while."""
        if page.unread:
            await self._write(lambda tx: self._note_unread(tx, [order_id for order_id, _ in page.unread], asked_at))

    async def _note_unread(self, tx: Tx, order_ids: Sequence[str], asked_at: datetime) -> None:
        shop = self._shop
        for order_id in order_ids:
            await note_seen(tx, *self._named(order_id), asked_at)
        await have_read(tx, self._context.clock.now(), shop, order_ids)

    async def _ask_for_missing(self) -> State:
        state, shop = self.state, self._shop
        async with self._context.db.read() as reader:
            missing = await unseen(reader, shop.manifest.slug, shop.name, state.since, state.began_at, _AT_ONCE)
        if not missing:
            return replace(state, ended_at=self._context.clock.now(), covered_to=state.began_at)
        for order_id in missing:
            state = await self._ask_for(state, order_id)
        return state

    async def _ask_for(self, state: State, order_id: str) -> State:
        asked_at = self._context.clock.now()
        try:
            order = await self._shop.order(order_id)
            if order is None:
                gone = await take_gone(self._context, self._shop, [order_id], asked_at)
                return replace(state, gone=state.gone + gone)
            (outcome,) = await take_orders(self._context, self._shop, [order], asked_at)
            await self._write(lambda tx: note_seen(tx, *self._named(order_id), asked_at))
            return replace(state, orders=state.orders + 1, changed=state.changed + (outcome in _NEWS))
        except ShopError as problem:
            if problem.kind != "answer":
                raise
        await self._write(lambda tx: self._note_unread(tx, [order_id], asked_at))
        return replace(state, unread=state.unread + 1)

    def _named(self, order_id: str) -> tuple[str, str, str]:
        return self._shop.manifest.slug, self._shop.name, order_id

    async def _answered(self, asked_at: datetime) -> None:
        now = self._context.clock.now()
        await self._write(lambda tx: connections.note_read(tx, self._shop, now, asked_at))

    async def _failed(self, problem: ShopError) -> None:
        now, failures = self._context.clock.now(), self.state.failures + 1
        lost = problem.kind == "answer" and failures >= _CURSOR_FAILS
        await self._write(lambda tx: connections.note_problem(tx, self._shop, now, problem))
        await self._keep(replace(self.state, failures=failures, cursor=None if lost else self.state.cursor))

    async def _keep(self, state: State) -> None:
        now = self._context.clock.now()
        if not await self._write(lambda tx: sweeps.save(tx, now, self._shop, state)):
            raise sweeps.Taken(now + sweeps.HELD)
        self.state = state

    async def _write(self, unit: Unit[T]) -> T:
        return await self._context.db.write(unit)


@asynccontextmanager
async def sweeping(
    context: Context, shop: Shop, kind: Kind, since: datetime | None = None, *, anew: bool = False, ahead: bool = False
) -> AsyncIterator[Sweep]:
    """A sweep of this kind for as long as the block lasts: the one that did not end, or (`anew`) a new one. Raises
    sweeps.Taken while another process is at it."""
    holder, now = sweeps.new_holder(), context.clock.now()
    fresh = State(kind, holder, since, now)

    async def begin(tx: Tx) -> State:
        state = await sweeps.take(tx, now, shop, kind, holder, fresh)
        if anew and state.resumed:
            await sweeps.save(tx, now, shop, fresh)
            return fresh
        return state

    async def end(tx: Tx) -> None:
        await sweeps.let_go(tx, shop, kind, holder)

    sweep = Sweep(context, shop, await context.db.write(begin), ahead=ahead)
    beating = asyncio.create_task(_beat(context, shop, kind, holder), name=f"{kind} sweep")
    try:
        yield sweep
    finally:
        await sweep.close()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await context.db.write(end)


async def _beat(context: Context, shop: Shop, kind: Kind, holder: str) -> None:
    while True:
        await asyncio.sleep(_BEATS_S)
        now = context.clock.now()

        async def unit(tx: Tx, now: datetime = now) -> None:
            await sweeps.hold(tx, now, shop, kind, holder)

        await context.db.write(unit)
