"""A shop's look reaches every page, its visitors' and its messages, under addresses that hold a hash."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from portal.branding.brand import brand_of, checked
from portal.context import Context
from portal.kit.errors import BadSetting
from portal.mail import compose
from portal.settings import Settings, load
from tests.branding.samples import SVG, font, png, written
from tests.support.context import blank_sqlite, clock, context, sqlite_url
from tests.support.web import site

__all__ = ["blank_sqlite", "clock", "context", "sqlite_url"]

LINKS = "terms=https://shop.example/terms?a=1; Our story=https://shop.example/story\nreturns=https://shop.example/back"


@pytest.fixture
def branded(tmp_path: Path) -> dict[str, str]:
    return {
        "shop_brand_colour": "#ffd400",
        "shop_logo": written(tmp_path, "logo.svg", SVG),
        "shop_logo_dark": written(tmp_path, "dark.png", png(320, 80)),
        "shop_font": written(tmp_path, "shop.woff2", font()),
        "shop_css": written(tmp_path, "shop.css", ".card { border-radius: 0 }"),
        "shop_links": LINKS,
    }


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "shop_logo_dark": written(tmp_path, "dark.gif", "GIF89a"),
            "shop_font": str(tmp_path / "none.woff2"),
            "shop_css": written(tmp_path, "shop.css", "@import 'x';"),
        }
    )
    _, wrong = checked(settings)
    assert [problem.key for problem in wrong] == ["JALON_SHOP_LOGO_DARK", "JALON_SHOP_FONT", "JALON_SHOP_CSS"]
    with pytest.raises(BadSetting, match="JALON_SHOP_LOGO_DARK: is no picture"):
        brand_of(settings)


@pytest.mark.parametrize(
    "links", ["terms", "terms=shop.example", "=https://a.example", "x=javascript:alert(1)", "a=https://"]
)
def test_links_are_whole_addresses(links: str) -> None:
    with pytest.raises(BadSetting, match=r"JALON_SHOP_LINKS: must each look like"):
        load({"JALON_SHOP_LINKS": links})


def test_a_message_has_the_shops_colour_and_links(branded: dict[str, str]) -> None:
    settings = Settings.model_validate(branded)
    values = {"code": "123456", "minutes": 10, "link": "https://track.example/x"}
    page = compose.write(settings, "sign_in_code", "fr", values).html
    assert "background: #ffd400; color: #000000" in page
    assert '<a href="https://shop.example/terms?a=1">Conditions générales</a>' in page


def addresses(page: str) -> list[str]:
    """What of the shop's own a page loads."""
    return re.findall(r'(?:href|src|srcset)="(/static/brand/[^"]+)"', page)


async def test_pages_show_it(branded: dict[str, str], context: Context) -> None:
    here = site(replace(context, settings=context.settings.model_copy(update=branded)))
    page = (await here.ask("/?lang=fr")).text
    found = addresses(page)
    assert [re.sub(r"\.[0-9a-f]{8}\.", ".", name) for name in found] == [
        f"/static/brand/{name}"
        for name in ("font.woff2", "custom.css", "favicon.svg", "touch-180.png", "logo-dark.png", "logo.svg")
    ]
    for address in found:
        answer = await here.ask(address)
        assert (answer.status, "immutable" in answer.headers["cache-control"]) == (200, True)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert '<a href="https://shop.example/back">Retours</a>' in page
    assert '<a href="https://shop.example/story">Our story</a>' in page
    assert f'alt="{context.settings.shop_name}"' in page
    sheet = (await here.ask(re.findall(r'href="(/static/css/brand[^"]+)"', page)[0])).text
    assert "--brand:#ffd400;--on-brand:#000000" in sheet
    assert "--font:Shop," in sheet
    assert re.search(r'src:url\("/static/brand/font\.[0-9a-f]{8}\.woff2"\)', sheet)
