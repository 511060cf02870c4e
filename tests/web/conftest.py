"""A site with two orders, each with a link."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from sqlalchemy import select

from portal.context import Context
from portal.orders.links import make_link
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from tests.support.context import order, parcel, rows
from tests.support.web import Site, site

MINE = "camille@mail.example"


@dataclass(frozen=True, slots=True)
class Shop:
    """An open site with two orders (1001 in no language, 1002 in French): the secret paths of their pages, and the
    paths that open for whom the cookie names. The first is of MINE, the second of nobody."""

    site: Site
    mine: str
    other: str
    my_order: str
    other_order: str

    @property
    def context(self) -> Context:
        """What the site works with."""
        return self.site.context


async def opened_shop(context: Context) -> Shop:
    """Two orders and their links."""
    await import_order(context, order(contact={"email": MINE}, parcels=[parcel("p", "6A12345678901", {"mug": 2})]))
    await import_order(context, order(number="#1002", locale="fr-FR"))
    paths = [(await make_link(context, number)).removeprefix(context.settings.base_url) for number in (1, 2)]
    refs = await rows(context, select(ORDER.c.ref).order_by(ORDER.c.id))
    return Shop(site(context), *paths, *(f"/orders/{row.ref}" for row in refs))


@pytest.fixture
async def shop(context: Context) -> Shop:
    """A shop on SQLite."""
    return await opened_shop(context)


@pytest.fixture
async def any_shop(any_context: Context) -> Shop:
    """A shop on SQLite, then on PostgreSQL."""
    return await opened_shop(any_context)


@pytest.fixture(scope="session", autouse=True)
def once_compressed() -> Iterator[None]:
    """Every site has the same static files; compressing them takes most of the time of opening one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", cache(brotli.compress))
        yield


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """A process that serves sets the garbage collector; the tests' process gets its own back."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
