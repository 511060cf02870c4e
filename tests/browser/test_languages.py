"""Six languages in a browser: the menu without a script, and words that fit the smallest phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import ViewportSize

from portal.kit.i18n import own_name
from tests.support.page import chromium, visitor
from tests.support.page_stories import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("de", "es", "fr", "it", "nl")
SMALLEST: ViewportSize = {"width": 320, "height": 640}
# What sticks out of the page, the labels of the rail that lie over each other, and what is written out of its box.
_OUT = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : []
  const labels = [...document.querySelectorAll(".rail li > span:last-child")].map(label => {
    const range = document.createRange()
    range.selectNodeContents(label.firstChild)
    return [label.firstChild.textContent.trim(), range.getBoundingClientRect(), label.clientWidth]
  }).filter(([, , width]) => width > 1)
  const over = labels.filter(([, box], n) => n && box.left < labels[n - 1][1].right - 2).map(([text]) => text)
  const cut = [...document.querySelectorAll("h1, h2, p, dt, dd, .btn, .pill, label")].filter(
    it => it.clientWidth > 1 && it.scrollWidth > it.clientWidth + 1 && !it.closest(".sr")
  ).map(it => it.textContent.trim())
  return [...wide, ...over, ...cut]
}"""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_long_words_fit_the_smallest_phones(stories: str, chromium_path: Path, language: str) -> None:
    wrong: dict[str, list[str]] = {}
    async with chromium(chromium_path) as browser:
        someone = await visitor(browser, stories, viewport=SMALLEST)
        for address in ADDRESSES:
            await someone.page.goto(f"{stories}{address}?lang={language}", wait_until="domcontentloaded")
            for width in (SMALLEST["width"], 360):
                await someone.page.set_viewport_size({"width": width, "height": SMALLEST["height"]})
                if out := await someone.page.evaluate(_OUT):
                    wrong[f"{address} at {width}"] = out
    assert wrong == {}


async def test_the_menu_of_languages_needs_no_script(stories: str, chromium_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        bare = await visitor(browser, stories, viewport=SMALLEST, java_script_enabled=False)
        await bare.page.goto(f"{stories}/story/in_transit?lang=en")
        for language in LANGUAGES:
            choice = bare.page.get_by_role("link", name=own_name(language))
            assert await choice.count() == 0
            await bare.page.locator("button.langs").click()
            box = await choice.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= SMALLEST["width"]
            assert box["height"] >= 44
            await choice.click()
            assert await bare.page.locator("html").get_attribute("lang") == language
            assert own_name(language) in await bare.page.locator("button.langs").inner_text()


async def test_the_menu_closes_by_key_and_by_looking_elsewhere(stories: str, chromium_path: Path) -> None:
    async with chromium(chromium_path) as browser:
        bare = await visitor(browser, stories, java_script_enabled=False)
        await bare.page.goto(f"{stories}/story/in_transit?lang=en")
        menu, button = bare.page.locator("#langs"), bare.page.locator("button.langs")
        await button.focus()
        await bare.page.keyboard.press("Enter")
        assert await menu.is_visible()
        await bare.page.keyboard.press("Escape")
        assert not await menu.is_visible()
        await button.click()
        await bare.page.locator("h1").click()
        assert not await menu.is_visible()
