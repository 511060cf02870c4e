"""A shop's own tile server: allowed on order pages alone, and only when the shop has named one."""

from __future__ import annotations

from dataclasses import replace

from portal.kit.guard import CSP
from tests.support.web import Site, site
from tests.web.conftest import Shop

TILES = {
    "map_tiles_url": "https://tiles.example.com/{z}/{x}/{y}.png",
    "map_tiles_attribution": "Example Maps",
}


def with_tiles(shop: Shop) -> Site:
    """The same shop with a tile server."""
    return site(replace(shop.context, settings=shop.context.settings.model_copy(update=TILES)))


async def test_only_order_pages_may_show_tiles(shop: Shop) -> None:
    there = with_tiles(shop)
    page = await there.ask(shop.mine)
    allowed = CSP.replace("img-src 'self' data:", "img-src 'self' data: https://tiles.example.com")
    assert page.headers["content-security-policy"] == allowed
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "js/map." in page.text
    again = await there.ask(shop.mine, if_none_match=page.headers["etag"])
    assert (again.status, again.headers["content-security-policy"]) == (304, allowed)
    for path in ("/", "/o/nothing", "/orders/0123456789abcdef"):
        assert (await there.ask(path)).headers["content-security-policy"] == CSP


async def test_without_a_tile_server_nothing_of_it_is_on_the_page(shop: Shop) -> None:
    page = await shop.site.ask(shop.mine)
    assert page.headers["content-security-policy"] == CSP
    assert "js/map." not in page.text
    assert "leaflet" not in page.text


async def test_a_page_kept_from_before_the_tile_server_is_not_current(shop: Shop) -> None:
    before = await shop.site.ask(shop.mine)
    assert (await with_tiles(shop).ask(shop.mine, if_none_match=before.headers["etag"])).status == 200
