"""A site with an order that is shared, and its owner's browser."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.context import Context
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from tests.support.context import order, parcel
from tests.support.visit import NAVIGATION, Visit
from tests.support.web import Site, site
from tests.web.conftest import collector, once_compressed

__all__ = ["collector", "once_compressed"]
EVERYTHING = Scope(items=True, towns=True)


@dataclass(frozen=True, slots=True)
class Sharing:
    """An open site with order 1; `owner` is the browser that has it, and `ref` its name in addresses."""

    site: Site
    owner: Visit
    ref: str

    @property
    def context(self) -> Context:
        """What the site works with."""
        return self.site.context

    @property
    def base(self) -> str:
        """The address of the owner's sharing page."""
        return f"/orders/{self.ref}/sharing"

    async def link(self, scope: Scope = EVERYTHING, days: int | None = 7, opens: int | None = None) -> str:
        """The path of a new share link."""
        url = await make_share_link(self.context, 1, Wish(scope, days, opens), Maker())
        return url.removeprefix(self.context.settings.base_url)


async def opened_sharing(context: Context) -> Sharing:
    """Order 1 with a parcel, opened in a browser by its link."""
    await import_order(context, order(parcels=[parcel("p", "6A12345678901", {"mug": 2})]))
    where = site(context)
    owner = Visit(where)
    return Sharing(where, owner, await ref_of(owner, await make_link(context, 1)))


async def ref_of(visit: Visit, url: str) -> str:
    """Opens an order link in a browser; returns the order's name in addresses."""
    answer = await visit.ask(url.removeprefix(visit.site.context.settings.base_url), **NAVIGATION)
    assert answer.status == 303
    assert (await visit.go(answer.headers["location"])).status == 200
    return answer.headers["location"].rpartition("/")[2]


@pytest.fixture
async def sharing(context: Context) -> Sharing:
    """On SQLite."""
    return await opened_sharing(context)


@pytest.fixture
async def any_sharing(any_context: Context) -> Sharing:
    """On SQLite, then on PostgreSQL."""
    return await opened_sharing(any_context)
