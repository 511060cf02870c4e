"""The counter of a shop whose orders are kept here, and its people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from sqlalchemy import select

from portal.context import Context
from portal.orders.documents import stored
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from portal.platforms.neutral import NeutralOrder
from portal.staff.log import of_order
from tests.support.context import order, rows
from tests.support.visit import Visit, of_the_shop
from tests.support.web import Answer, Site, site

INES = "ines@mail.example"


@dataclass(frozen=True, slots=True)
class Counter:
    """The site. Order 1 (#1001) is to be sent to Inès, order 2 (#1002) she collects."""

    site: Site

    @property
    def context(self) -> Context:
        """What the site works with."""
        return self.site.context

    async def jeanne(self) -> Visit:
        """Somebody of the shop, at a browser."""
        return await of_the_shop(self.site)

    async def page(self, order_id: int = 1) -> str:
        """The address of an order's staff page."""
        (row,) = await rows(self.context, select(ORDER.c.ref).where(ORDER.c.id == order_id))
        return f"/staff/orders/{row.ref}"

    async def document(self, order_id: int = 1) -> NeutralOrder:
        """The order as it is now."""
        async with self.context.db.read() as reader:
            known = await stored(reader, order_id)
        assert known is not None
        return known.document

    async def steps(self, order_id: int = 1) -> list[tuple[str, str, str | None]]:
        """What was noted about the order, the first one first: who, what, why not."""
        async with self.context.db.read() as reader:
            found = await of_order(reader, order_id)
        return [(step.who or "", f"{step.act} {step.step}", step.code) for step in reversed(found)]

    async def press(self, visit: Visit, act: str, order_id: int = 1, /, **fields: str) -> Answer:
        """Press a button of an order's page, with its key."""
        path = await self.page(order_id)
        shown = await visit.ask(path)
        assert shown.status == 200, shown.status
        found = re.search(r'name="key" value="([^"]+)"', shown.text)
        return await visit.send(f"{path}/{act}", {"key": found[1] if found else "k" * 12, **fields})


async def opened(context: Context) -> Counter:
    """The counter over an open context."""
    connected = replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "atelier"}, mailbox=True)
    address = {"name": "Inès Ferrand", "line1": "Quai 4", "postcode": "69005", "city": "Lyon", "country": "FR"}
    common: dict[str, Any] = {"contact": {"email": INES}, "address": {"shipping": address}}
    pickup = {
        "id": "shop",
        "method": "pickup",
        "location": {"name": "Atelier Lyon"},
        "pickup": {"code": "7KQM-3XWP"},
    }
    source = {"platform": "neutral", "shop": "atelier"}
    await import_order(connected, order(source={**source, "order_id": "1"}, **common))
    await import_order(
        connected, order(number="#1002", source={**source, "order_id": "2"}, deliveries=[pickup], **common)
    )
    return Counter(site(connected))


@pytest.fixture
async def counter(context: Context) -> Counter:
    """On SQLite."""
    return await opened(context)


@pytest.fixture
async def any_counter(any_context: Context) -> Counter:
    """On SQLite, then on PostgreSQL."""
    return await opened(any_context)


@pytest.fixture(scope="session", autouse=True)
def once_compressed() -> Iterator[None]:
    """Every site has the same static files; compressing them takes most of the time of opening one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", cache(brotli.compress))
        yield
