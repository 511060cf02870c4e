"""The portal as an app: what its manifest names is there, and only a person's own pages may be kept."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace

import pytest

from portal.branding import icons
from portal.kit.guard import CSP
from tests.support.web import site
from tests.web.conftest import Shop


async def test_the_manifest_names_icons_that_are_there_in_the_brands_colour(shop: Shop) -> None:
    here = site(
        replace(shop.context, settings=shop.context.settings.model_copy(update={"shop_brand_colour": "#ffd400"}))
    )
    answer = await here.ask("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    about = json.loads(answer.text)
    assert (about["start_url"], about["scope"], about["display"]) == ("/orders", "/", "standalone")
    assert about["theme_color"] == "#ffd400"
    assert {(icon["sizes"], icon["purpose"]) for icon in about["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in about["icons"]:
        png = await here.ask(icon["src"])
        assert png.headers["content-type"] == "image/png"
        assert (
            f"{struct.unpack_from('>I', png.body, 16)[0]}x{struct.unpack_from('>I', png.body, 20)[0]}" == icon["sizes"]
        )
        palette = png.body.index(b"PLTE") + 4
        assert png.body[palette : palette + 3] == b"\xff\xd4\x00"
        assert png.body[palette + 45 : palette + 48] == b"\x00\x00\x00"  # the ink on yellow


@pytest.mark.parametrize("name", icons.NAMES)
def test_an_icon_is_a_whole_png_with_its_mark_inside(name: str) -> None:
    body = icons.drawn("#0b6b4f")[f"brand/{name}.png"]
    size = int(name.rpartition("-")[2])
    rows = zlib.decompress(body[body.index(b"IDAT") + 4 : body.index(b"IEND") - 8])
    shades = [rows[at + 1 : at + 1 + size] for at in range(0, len(rows), size + 1)]
    assert len(shades) == size
    assert shades[0][0] == (icons.SHADES if name.startswith("icon") else 0)  # clear at a round corner, else filled
    marked = [(x, y) for y, row in enumerate(shades) for x, shade in enumerate(row) if 0 < shade < icons.SHADES]
    reach = max(((x - size / 2) ** 2 + (y - size / 2) ** 2) ** 0.5 for x, y in marked)
    assert size * 0.2 < reach < size * 0.4  # the safe circle of a maskable icon


async def test_the_worker_comes_from_the_root_and_is_asked_for_anew(shop: Shop) -> None:
    answer = await shop.site.ask("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text.startswith('const BUILD = "')
    assert {"worker-src 'self'", "manifest-src 'self'"} <= set(CSP.split("; "))


async def test_pages_opened_by_a_link_are_not_kept(shop: Shop) -> None:
    page = await shop.site.ask(shop.mine)
    assert page.status == 200
    assert "jalon-offline" not in page.headers
    assert "/sw.js" not in page.text


async def test_a_worker_that_takes_the_page_chooses_no_language(shop: Shop) -> None:
    for path, chosen in (("/offline?lang=de", False), ("/?lang=de", True)):
        answer = await shop.site.ask(path)
        assert '<html lang="de"' in answer.text
        assert ("set-cookie" in answer.headers) == chosen
