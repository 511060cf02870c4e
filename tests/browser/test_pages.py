"""Every kind of page in a browser: for everyone, at every width, in the dark, without a script, without a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Error, Page

from tests.browser.axe import bring_axe, violations
from tests.orders.sample_parts import NOW
from tests.support.account_stories import NEED_A_SCRIPT
from tests.support.page import chromium, visitor
from tests.support.page_stories import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_CLEAN = """() => ({
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  broken: [...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => image.src),
})"""


@pytest.mark.parametrize(("size", "language"), [(PHONE, "fr"), (DESK, "en")], ids=["phone", "desk"])
async def test_nothing_is_in_anyones_way(
    stories: str, chromium_path: Path, size: dict[str, int], language: str
) -> None:
    wrong: dict[str, object] = {}
    async with chromium(chromium_path) as browser:
        someone = await visitor(browser, stories, viewport=size, reduced_motion="reduce")
        await bring_axe(someone.page)
        for address in ADDRESSES:
            await someone.open(f"{stories}{address}?lang={language}")
            for scheme in SCHEMES:
                await someone.page.emulate_media(color_scheme=scheme)
                if found := await violations(someone.page):
                    wrong[f"{address} {scheme}"] = found
            shape = await someone.page.evaluate(_CLEAN)
            if shape["wide"] or shape["broken"]:
                wrong[f"{address} shape"] = shape
        assert wrong == {}
        assert complaints(someone.console) == []
        assert someone.elsewhere == []


async def test_a_page_reads_the_same_without_a_script(stories: str, chromium_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        scripted = await visitor(browser, stories, viewport=DESK)
        await scripted.page.clock.set_fixed_time(NOW)
        bare = await visitor(browser, stories, viewport=DESK, java_script_enabled=False)
        for address in (one for one in ADDRESSES if one.rpartition("/")[2] not in NEED_A_SCRIPT):
            for someone in (scripted, bare):
                await someone.page.goto(f"{stories}{address}")
            assert await words(scripted.page) == await words(bare.page), address
        assert bare.elsewhere == []


async def test_without_a_script_a_page_offers_to_be_loaded_again(stories: str, chromium_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        bare = await visitor(browser, stories, java_script_enabled=False)
        await bare.page.goto(f"{stories}/story/in_transit?lang=en")
        async with bare.page.expect_navigation():
            await bare.page.get_by_role("link", name="Reload to see what is new").click()
        assert bare.requests.count(f"{stories}/story/in_transit?lang=en") == 2


async def test_the_checks_can_fail(stories: str, chromium_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        someone = await visitor(browser, stories)
        await someone.open(f"{stories}/story/in_transit")
        await someone.page.evaluate("() => { document.documentElement.lang = ''; console.warn('hm') }")
        await someone.page.evaluate("() => document.body.setAttribute('style', 'color: red')")
        assert [rule for rule, *_ in await violations(someone.page)] == ["html-has-lang"]
        assert any("hm" in said for said in someone.console)
        assert any("Content Security Policy" in said for said in complaints(someone.console))
        with pytest.raises(Error, match="ERR_"):
            await someone.page.goto("http://127.0.0.1:1/")
        assert someone.elsewhere == ["http://127.0.0.1:1/"]


async def words(page: Page) -> str:
    """What is to be read in the page's main part, but for buttons that only a script can serve and for what counts
    down the time to a moment that is written beside it."""
    await page.locator("[data-copy], .remaining").evaluate_all("parts => parts.forEach(part => part.remove())")
    return " ".join((await page.locator("main").inner_text()).split())


def complaints(console: list[str]) -> list[str]:
    """What a page said, but for the browser's own line about the status of an error page."""
    return [said for said in console if "Failed to load resource: the server responded with a status of" not in said]
