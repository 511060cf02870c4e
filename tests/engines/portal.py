"""The portal beside a real engine: an installation of its own, connected to a merchant's shop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.connecting.shops import HOOKS, Shops
from portal.context import Context, opened
from portal.editing import queries
from portal.editing.answers import Action, Verdict
from portal.editing.commands import Command
from portal.editing.confirm import confirm
from portal.editing.engine import Engine
from portal.editing.policy.rules import Fee, Policy
from portal.editing.preview import preview
from portal.editing.push import push
from portal.editing.values import EditView, Refusal
from portal.orders.documents import stored
from portal.orders.models import ORDER
from portal.platforms.accounts import variable
from portal.platforms.changes import Variant
from portal.platforms.live import Editable
from portal.platforms.neutral.parts import NeutralOrder
from portal.worker import run_due
from tests.editing.play import ADA, EVERYTHING, Policies
from tests.engines.merchant import Merchant
from tests.engines.relay import Delivery
from tests.engines.sides import told
from tests.support.context import rows, settings_on
from tests.support.web import Site, site

FEE = 500
_AGREES_WITHIN_S = 60
_PLATFORM = "198.51.100.20"


class RunningClock:
    """The real time, which the engines go by, and as much later as a test wants it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self._ahead += by


@dataclass(frozen=True, slots=True)
class Portal:
    """An installation, and the shop that it is connected to."""

    context: Context
    merchant: Merchant
    clock: RunningClock
    site: Site
    engine: Engine

    async def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Have these come in, and do what they cause."""
        for one in deliveries:
            headers = {name.replace("-", "_"): value for name, value in one.headers.items() if name != "host"}
            answer = await self.site.ask(f"{HOOKS}{self.merchant.slug}", "POST", _PLATFORM, one.body, **headers)
            assert answer.status == 200, answer
        await run_due(self.context)

    async def agrees(self, order_id: str) -> NeutralOrder:
        """What is stored of an order, once it is what the engine has: by what the engine tells, and nothing else."""
        until = time.monotonic() + _AGREES_WITHIN_S
        while True:
            await self.hear(self.merchant.relay.take(0))
            found = await self.document(order_id)
            if found is not None and told(found) == self.merchant.seen(order_id):
                return found
            assert time.monotonic() < until, (found and told(found), self.merchant.seen(order_id))
            await asyncio.sleep(0.2)

    async def document(self, order_id: str) -> NeutralOrder | None:
        """What is stored of an order; None when it is not there, or not any more."""
        known = select(ORDER.c.id).where(ORDER.c.external_id == order_id, ORDER.c.gone_at.is_(None))
        found = await rows(self.context, known)
        if not found:
            return None
        async with self.context.db.read() as reader:
            kept = await stored(reader, found[0].id)
        return kept.document if kept else None

    async def drafted(self, order_id: str, command: Command) -> tuple[int, EditView]:
        """A preview of a change that the policy allows, and which order it is of."""
        (order,) = await rows(self.context, select(ORDER.c.id).where(ORDER.c.external_id == order_id))
        draft = await preview(self.engine, order.id, command, ADA)
        assert isinstance(draft, EditView), draft
        return order.id, draft

    async def sent(self, order: int, draft: EditView, engine: Engine | None = None) -> EditView | Refusal:
        """Confirm a draft and send it, as the job does; what became of it."""
        found = await confirm(self.engine, order, draft.ref, ADA)
        if isinstance(found, Refusal):
            return found
        await push(engine or self.engine, found.id)
        return await self.edit(found)

    async def offers(self, order: NeutralOrder, line: str) -> Sequence[Variant]:
        """What a line could be instead."""
        shop = self.engine.shops.of(order.source.platform, order.source.shop)
        assert isinstance(shop, Editable)
        return await shop.variants(order, line)

    async def edit(self, edit: EditView) -> EditView:
        """An edit as it is now."""
        async with self.context.db.read() as reader:
            return queries.view_of(await queries.by_id(reader, edit.id))


@asynccontextmanager
async def portal_beside(merchant: Merchant, database: str) -> AsyncIterator[Portal]:
    """An installation that is connected to the shop, with a policy that allows everything for a fee on cancelling."""
    account, clock = merchant.account, RunningClock()
    given = {"api": account.api or "", **account.credentials}
    environ = {variable(merchant.slug, name): value for name, value in given.items()}
    settings: dict[str, Any] = {"edit_undo_seconds": 0}
    async with opened(settings_on(database, **settings), clock=clock, accounts={}, environ=environ) as context:
        engine = Engine(context, Shops(context), Policies(_policy()))
        yield Portal(context, merchant, clock, site(context), engine)


def _policy() -> Policy:
    rules = dict(EVERYTHING.rules)
    rules[Action.CANCEL_LINE] = replace(rules[Action.CANCEL_LINE], fee=Fee(flat={"EUR": FEE}))
    return replace(EVERYTHING, rules=rules, part_shipped=Verdict.ALLOWED)
