"""A portal that is connected to a shop of the tests: its deliveries come in, its customers' edits go out, and what it
has stored is compared with what the merchant sees."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from portal.connecting.shops import Shops
from portal.connecting.sweeping import sweeping
from portal.connecting.sweeps import State
from portal.connecting.taking import take_orders
from portal.context import Context, opened
from portal.editing import queries
from portal.editing.commands import Command
from portal.editing.confirm import confirm
from portal.editing.engine import Engine
from portal.editing.preview import preview
from portal.editing.push import push
from portal.editing.values import EditView, Refusal
from portal.kit.clock import ManualClock
from portal.orders.documents import stored
from portal.orders.models import ORDER
from portal.platforms.live import Account, Shop
from portal.platforms.neutral.parts import NeutralOrder
from tests.editing.play import ADA, Policies
from tests.engines.merchant import Merchant
from tests.engines.relay import Delivery
from tests.engines.sides import told
from tests.support.context import rows, settings_on
from tests.support.shops import work
from tests.support.web import Site, site

PLATFORM = "198.51.100.20"


@dataclass(frozen=True, slots=True)
class OneShop:
    """The connected shops: this one, whose wire may be broken."""

    shop: Shop

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """See `engine.Shops.of`."""
        return self.shop if (platform, shop) == (self.shop.manifest.slug, self.shop.name) else None


@dataclass(slots=True)
class Portal:
    """The portal's side of a merchant's shop."""

    merchant: Merchant
    context: Context
    clock: ManualClock
    site: Site

    def engine(self, shop: Shop | None = None) -> Engine:
        """What makes edits; through `shop` instead of the portal's own way to it."""
        return Engine(self.context, OneShop(shop) if shop else Shops(self.context), Policies())

    async def deliver(self, deliveries: Iterable[Delivery]) -> set[int]:
        """Take in deliveries; returns the statuses that they were answered with."""
        path, statuses = f"/hooks/platforms/{self.merchant.slug}", set()
        for one in deliveries:
            headers = {name.replace("-", "_"): value for name, value in one.headers.items() if name != "host"}
            statuses.add((await self.site.ask(path, "POST", PLATFORM, one.body, **headers)).status)
        return statuses

    async def work(self) -> None:
        """Do what is due within a minute."""
        self.clock.advance(max(timedelta(), datetime.now(UTC) - self.clock.now()))
        await work(self.context, self.clock, timedelta(seconds=60))

    async def take_in(self, external_id: str) -> None:
        """Read one order."""
        order = await self.shop.order(external_id)
        assert order is not None
        await take_orders(self.context, self.shop, [order], self.clock.now())

    async def look_again(self, since: datetime | None = None) -> State:
        """Go through the shop's orders, as a reconciliation does; returns what came of it."""
        self.clock.advance(timedelta(seconds=1))
        async with sweeping(self.context, self.shop, "recent", since, anew=True) as sweep:
            while await sweep.step():
                pass
            return sweep.state

    async def is_gone(self, external_id: str) -> bool:
        """Whether the portal knows that the shop has the order no more."""
        (found,) = await rows(self.context, select(ORDER.c.gone_at).where(ORDER.c.external_id == external_id))
        return found.gone_at is not None

    @property
    def shop(self) -> Shop:
        """The portal's own way to the shop."""
        found = Shops(self.context).at(self.merchant.slug)
        assert found is not None
        return found

    async def document(self, external_id: str) -> NeutralOrder:
        """The order as it is stored."""
        async with self.context.db.read() as reader:
            found = await stored(reader, await self.id_of(external_id))
        assert found is not None
        return found.document

    async def id_of(self, external_id: str) -> int:
        """The portal's id of an order."""
        asked = select(ORDER.c.id).where(ORDER.c.platform == self.merchant.slug, ORDER.c.external_id == external_id)
        (found,) = await rows(self.context, asked)
        return int(found.id)

    async def agrees(self, external_id: str) -> NeutralOrder:
        """What is stored is what the merchant sees."""
        order = await self.document(external_id)
        assert told(order) == self.merchant.seen(external_id)
        return order

    async def previewed(self, external_id: str, command: Command) -> EditView | Refusal:
        """What the customer is shown."""
        return await preview(self.engine(), await self.id_of(external_id), command, ADA)

    async def confirmed(self, external_id: str, command: Command) -> EditView:
        """An edit that the customer has confirmed."""
        draft = await self.previewed(external_id, command)
        assert isinstance(draft, EditView), draft
        found = await confirm(self.engine(), await self.id_of(external_id), draft.ref, ADA)
        assert isinstance(found, EditView), found
        return found

    async def pushed(self, edit: EditView, shop: Shop | None = None) -> EditView:
        """The edit's time comes."""
        self.clock.advance(timedelta(minutes=3))
        await push(self.engine(shop), edit.id)
        async with self.context.db.read() as reader:
            return queries.view_of(await queries.by_id(reader, edit.id))


@asynccontextmanager
async def portal_of(merchant: Merchant, database_url: str) -> AsyncIterator[Portal]:
    """A portal on an empty database, connected to the merchant's shop."""
    clock = ManualClock(datetime.now(UTC))
    environ = environ_of(merchant.account)
    async with opened(settings_on(database_url), clock=clock, accounts={}, environ=environ) as context:
        yield Portal(merchant, context, clock, site(context))


def environ_of(account: Account) -> dict[str, str]:
    """The variables that connect it."""
    named = {"url": account.api or "", **account.credentials}
    return {f"JALON_PLATFORM_{account.platform.upper()}_{name.upper()}": value for name, value in named.items()}
