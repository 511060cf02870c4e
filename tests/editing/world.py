"""A small world for the model test of editing: two orders on a platform, customers, the shop, workers that are cut off,
a warehouse that ships whenever it likes. What must be true of it at every moment is in `truths`."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.context import Context, opened
from portal.editing import queries
from portal.editing.commands import Command
from portal.editing.confirm import confirm, undo
from portal.editing.decide import accept, decline, send_again, settle_by_hand
from portal.editing.engine import Engine
from portal.editing.models import EDIT, EDIT_LOG
from portal.editing.preview import preview
from portal.editing.queue import LEASE
from portal.editing.values import EditView
from portal.editing.who import Who
from portal.editing.work import Works
from portal.kit import jobs
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import Refused
from portal.kit.jobs import Claimed
from portal.kit.quota import QUOTA
from portal.orders.sync import import_order
from portal.platforms.live import ShopError
from portal.platforms.neutral import neutral_order
from tests.editing.play import ADA, STAFF, Policies
from tests.support.context import NOW, rows, settings_on
from tests.support.model_platform import Kind, Platform
from tests.support.model_shop import ModelShop, OneShop
from tests.support.power import CutDatabase, PowerCut, until_cut

ORDERS = ("1", "2")
_CHANGES = {"edit", "lines", "refund"}
PLACED = (("m", 8), ("l", 4))  # variant and units, of each order


@dataclass
class World:
    """Everything there is. `weather` says what happens at the coming calls of the platform: fine when it is empty."""

    kind: Kind
    folder: Path
    blank: Path
    connected: bool = True
    weather: list[str] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    policies: Policies = field(default_factory=Policies)
    changing: set[str] = field(default_factory=set)
    stalled: set[str] = field(default_factory=set)
    overlaps: int = 0

    async def open(self) -> None:
        """Begin, with two paid orders taken in."""
        self.platform = Platform(self.kind)
        self.clock = ManualClock(NOW)
        path = shutil.copy(self.blank, self.folder / "world.db")
        context = await self.stack.enter_async_context(
            opened(settings_on(f"sqlite:///{path}", edit_hold=True), clock=self.clock, accounts={}, environ={})
        )
        self.cuts = CutDatabase(context.db)
        self.context: Context = replace(context, db=self.cuts)
        self.works = Works(lambda _: self.engine)
        for order_id in ORDERS:
            self.platform.place(order_id, *PLACED)
            await self.take_in(order_id)

    @property
    def engine(self) -> Engine:
        """The engine as this installation has it now."""
        shop = ModelShop(self.call, self.kind) if self.connected else None
        return Engine(self.context, OneShop(shop), self.policies)

    async def call(self, name: str, **given: Any) -> Any:
        """Ask the platform, in whatever weather there is."""
        word = self.weather.pop(0) if self.weather else "ok"
        with self._alone(name, given.get("order_id", ""), word):
            await asyncio.sleep(0)
            if word == "lost":
                raise ShopError("unreachable", "the request did not arrive")
            if word == "cut":
                raise PowerCut
            if word == "ship":
                self.platform.ship(given.get("order_id", "1"), "L1", 1)
            if word == "stall":
                await self._stall()
            told = self.platform.call(name, **given)
            await asyncio.sleep(0)
            if word == "unheard":
                raise ShopError("unreachable", "the reply did not arrive", 30.0)
            if word == "cut_after":
                raise PowerCut
            if word == "stall_after":
                await self._stall()
            return told

    @contextmanager
    def _alone(self, name: str, order_id: str, word: str) -> Iterator[None]:
        """Notes when two workers change one order at the same time; one that was stalled beyond its lease may."""
        if name not in _CHANGES or word.startswith("stall") or order_id in self.stalled:
            yield
            return
        self.overlaps += order_id in self.changing
        self.changing.add(order_id)
        try:
            yield
        finally:
            self.changing.discard(order_id)

    async def _stall(self) -> None:
        """The process stands still until its lease is over, and another one takes over what it was at."""
        self.stalled = set(ORDERS)
        self.clock.advance(LEASE + timedelta(seconds=1))
        for row in await self.edits():
            if row.state == "sending":
                await until_cut(lambda row=row: self.works.push(self.context, {"edit": row.id}))  # type: ignore[misc]  # bound at once
        self.stalled = set()

    async def take_in(self, order_id: str) -> None:
        """What a webhook brings."""
        await import_order(self.context, neutral_order(self.platform.call("order", order_id=order_id)))

    async def wish(self, order: int, command: Command, who: Who) -> EditView | None:
        """Preview something."""
        await self.context.db.write(lambda tx: tx.run(QUOTA.delete()))  # how often one may is tried elsewhere
        try:
            found = await preview(self.engine, order, command, who)
        except (Refused, PowerCut):
            return None
        return found if isinstance(found, EditView) else None

    async def say(self, act: str, edit: EditView) -> None:
        """Somebody does something about an edit; what cannot be is turned down."""
        engine, order, ref = self.engine, edit.order_id, edit.ref
        who = ADA if edit.who == "person" else STAFF
        key = (await self.row(edit)).key
        match act:
            case "confirm":
                await confirm(engine, order, ref, who)
            case "undo":
                await undo(engine, order, ref, who)
            case "accept" if edit.state != "draft":
                await accept(engine, order, ref, STAFF)
            case "decline" if edit.state != "draft":
                await decline(engine, order, ref, STAFF)
            case "send_again" if edit.state != "draft":
                await send_again(engine, order, ref, STAFF)
            case "look" if edit.state != "draft":  # whoever looks sees what is
                whole = self.platform.made[key] and (self.kind != "steps" or self.platform.paid_back[key])
                half = self.platform.made[key] and not whole
                if not half:
                    await settle_by_hand(engine, order, ref, STAFF, made=bool(whole))

    async def work(self, weather: Sequence[str], cuts: Mapping[int, bool], most: int = 10) -> None:
        """One worker does what is due, and ends when the power goes."""
        self.weather = list(weather)
        now = self.clock.now()

        async def unit(tx: Tx) -> list[Claimed]:
            return list(await jobs.claim(tx, now, most, lease=timedelta(minutes=2), of=self.works.jobs.keys()))

        claimed = await self.cuts.db.write(unit)
        self.cuts.arm(dict(cuts))
        for job in claimed:
            if await until_cut(lambda job=job: self._run(job)):  # type: ignore[misc]  # bound at once
                break  # its jobs come again when their leases are over
        self.cuts.arm({})
        self.weather = []

    async def together(self, edits: Sequence[EditView], weather: Sequence[str]) -> None:
        """Several workers at the same edits at the same time."""
        self.weather = list(weather)
        pushes = [self.works.push(self.context, {"edit": edit.id}) for edit in edits for _ in range(2)]
        await asyncio.gather(*pushes, return_exceptions=True)
        self.weather = []

    async def _run(self, job: Claimed) -> None:
        failed = False
        try:
            await self.works.jobs[job.kind](self.context, job.payload)
        except ShopError:
            failed = True

        async def unit(tx: Tx) -> None:
            if failed:
                await jobs.failed(tx, job, self.clock.now(), "ShopError")
            else:
                await jobs.done(tx, job)

        await self.context.db.write(unit)

    async def come_to_rest(self) -> None:
        """The weather is fine, somebody has what is stuck sent again, and time passes: an hour, then days."""
        self.connected = True
        for row in await self.edits():
            await send_again(self.engine, row.order_id, row.ref, STAFF) if row.state == "stuck" else None
        for wait in (*[timedelta(minutes=7)] * 12, timedelta(days=3), timedelta(minutes=7)):
            self.clock.advance(wait)
            await self.works.sweep(self.context, {})
            await self.work([], {}, most=200)

    async def row(self, edit: EditView) -> Any:
        """The edit's row."""
        async with self.context.db.read() as reader:
            return await queries.by_id(reader, edit.id)

    async def edits(self) -> list[Any]:
        """All edits, the first one first."""
        async with self.context.db.read() as reader:
            ids = [row.id for row in await reader.rows(select(EDIT.c.id).order_by(EDIT.c.id))]
            return [await queries.by_id(reader, one) for one in ids]

    async def steps(self) -> dict[int, list[Any]]:
        """The log, by edit."""
        found: dict[int, list[Any]] = {}
        for row in await rows(self.context, select(EDIT_LOG).order_by(EDIT_LOG.c.id)):
            found.setdefault(row.edit_id, []).append(row)
        return found


def due_of(row: Any) -> tuple[int, int]:
    """What an edit was to pay back, and the fee kept, as it was agreed to."""
    quote = json.loads(row.quote)
    return max(0, -(quote["due"]["shop"] or 0)), quote["fee"]["shop"] or 0
