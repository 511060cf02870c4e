"""The map on an open page: it comes, moves and ends with the parcel, in the page's own document."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from carriers import Account, Milestone, Place
from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT
from tests.browser.axe import violations
from tests.support.context import order, parcel, rows, settings_on
from tests.support.page import Visitor, chromium, visitor
from tests.support.parcels import report, scan
from tests.support.web import served, site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "6A12345678901"
ARRIVED = "From Mions via Chilly-Mazarin and Gennevilliers, arrived at Le Havre."
WAY = (
    (Milestone.HANDED_OVER, Place(city="Mions", country="FR")),
    (Milestone.IN_TRANSIT, Place(city="Chilly-Mazarin", country="FR")),
    (Milestone.IN_TRANSIT, Place(city="Gennevilliers", country="FR")),
    (Milestone.DELIVERED, Place(city="Le Havre", country="FR")),
)
# What is drawn in another namespace is in the document and not on the screen.
_STRANGE = """svg => [...svg.querySelectorAll('*')].filter(one =>
  one.namespaceURI !== 'http://www.w3.org/2000/svg').map(one => one.tagName)"""
_SIZES = """svg => ['.land', '.borders', '.way', '.spot path', '.town'].map(kind => {
  const box = svg.querySelector(kind)?.getBoundingClientRect();
  return box ? Math.max(box.width, box.height) > 0 : null })"""


@asynccontextmanager
async def shop(url: str, clock: ManualClock, **settings: Any) -> AsyncIterator[tuple[Context, str]]:
    """A served shop with one order to Le Havre; gives the context and the order's address."""
    accounts = {"laposte": Account("laposte", {"okapi_key": "invented"})}
    async with opened(settings_on(url, **settings), clock=clock, accounts=accounts) as context:
        home = {"shipping": {"line1": "3 rue des Drapiers", "postcode": "76600", "city": "Le Havre", "country": "FR"}}
        await import_order(context, order(parcels=[parcel("p", NUMBER, {"mug": 2})], address=home))
        path = (await make_link(context, 1)).removeprefix(context.settings.base_url)
        async with served(site(context)) as (_, origin):
            yield context, origin + path


async def scanned(context: Context, several: int) -> None:
    """The carrier has seen the parcel so many times."""
    (shipment,) = await rows(context, select(SHIPMENT.c.id, SHIPMENT.c.topic))
    scans = [scan(milestone, hours, place=place) for hours, (milestone, place) in enumerate(WAY[:several], 1)]

    async def unit(tx: Tx) -> None:
        await merge(tx, context.clock.now(), shipment.id, shipment.topic, report(NUMBER, *scans))

    await context.db.write(unit)


async def is_drawn(someone: Visitor, saying: str) -> None:
    """The map says this, and all of it is drawn."""
    drawing = someone.page.locator("figure.map > svg")
    await expect(drawing).to_have_attribute("aria-label", saying)
    assert await drawing.evaluate(_STRANGE) == []
    assert False not in await drawing.evaluate(_SIZES)
    assert await drawing.evaluate("svg => svg.querySelectorAll('[id]').length") == 0


async def test_the_map_comes_moves_and_ends_with_the_parcel(
    sqlite_url: str, clock: ManualClock, chromium_path: Path
) -> None:
    async with shop(sqlite_url, clock) as (context, address), chromium(chromium_path) as browser:
        someone = await visitor(browser, address.partition("/o/")[0], locale="en-GB", reduced_motion="reduce")
        await someone.open(address)
        await someone.sees("This page updates by itself.", "footer")
        await expect(someone.page.locator("figure.map")).to_have_count(0)
        await scanned(context, 1)
        await is_drawn(someone, "Now at Mions, next Le Havre.")
        await scanned(context, 3)
        await is_drawn(someone, "From Mions via Chilly-Mazarin, now at Gennevilliers, next Le Havre.")
        assert await someone.page.locator(".map .way").count() == 2
        assert [wrong for wrong in await violations(someone.page) if "map" in str(wrong) or "svg" in str(wrong)] == []
        await scanned(context, 4)
        await is_drawn(someone, ARRIVED)
        assert await someone.page.locator(".map .way").count() == 1
        assert await someone.is_the_same()
        assert someone.complaints() == []
        assert someone.elsewhere == []
        assert "Drapiers" not in await someone.page.content()


class Tiles:
    """A tile server: every tile is one grey pixel. `asked` are the paths, `referrers` what it was told of the page."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.referrers: set[str | None] = set()
        self.broken = False
        tiles = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tiles.asked.append(self.path)
                tiles.referrers.add(self.headers.get("referer"))
                self.send_response(404 if tiles.broken else 200)
                self.send_header("content-type", "image/png")
                self.send_header("cross-origin-resource-policy", "cross-origin")
                self.end_headers()
                self.wfile.write(b"" if tiles.broken else _PIXEL)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Serve, and give the settings that name this server."""
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield {"map_tiles_url": f"{self.origin}/{{z}}/{{x}}/{{y}}.png", "map_tiles_attribution": "© <Example> Maps"}
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()


_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


async def test_a_shops_own_tiles_lie_over_the_drawing_and_follow_the_parcel(
    sqlite_url: str, clock: ManualClock, chromium_path: Path
) -> None:
    tiles = Tiles()
    with tiles.running() as named:
        async with shop(sqlite_url, clock, **named) as (context, address), chromium(chromium_path) as browser:
            origin = address.partition("/o/")[0]
            someone = await visitor(browser, origin, locale="en-GB", reduced_motion="reduce")
            await scanned(context, 2)
            await someone.open(address)
            assert "/orders/" in someone.page.url
            await expect(someone.page.locator(".tiles .leaflet-tile-loaded").first).to_be_attached()
            await expect(someone.page.locator(".tiles")).to_be_visible()
            await expect(someone.page.get_by_text("© <Example> Maps")).to_be_visible()
            await expect(someone.page.locator(".tiles")).to_contain_text("Chilly-Mazarin")
            await expect(someone.page.get_by_role("button", name="Zoom in")).to_be_visible()
            await is_drawn(someone, "From Mions, now at Chilly-Mazarin, next Le Havre.")
            await someone.page.evaluate("() => { document.querySelector('.tiles').dataset.same = 'yes' }")
            await scanned(context, 4)
            await expect(someone.page.locator("figure.map > svg")).to_have_attribute("aria-label", ARRIVED)
            await expect(someone.page.locator("figure.map.tiled > .tiles[data-same] path.way.ahead")).to_have_count(0)
            await expect(someone.page.locator(".tiles[data-same]")).to_contain_text("Le Havre")
            assert someone.complaints() == []
            assert {url.startswith(tiles.origin) for url in someone.elsewhere} == {True}
            assert tiles.referrers == {f"{origin}/"}
            assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in tiles.asked)


async def test_the_drawing_comes_back_when_the_tiles_do_not(
    sqlite_url: str, clock: ManualClock, chromium_path: Path
) -> None:
    tiles = Tiles()
    tiles.broken = True
    with tiles.running() as named:
        async with shop(sqlite_url, clock, **named) as (context, address), chromium(chromium_path) as browser:
            someone = await visitor(browser, address.partition("/o/")[0], locale="en-GB")
            await scanned(context, 2)
            await someone.open(address)
            await expect(someone.page.locator(".tiles")).to_be_hidden()
            await expect(someone.page.locator("figure.map > svg")).to_be_visible()
            box = await someone.page.locator("figure.map > svg").bounding_box()
            assert box is not None
            assert box["width"] > 300
