"""Pages for everyone: from right to left, enlarged, by keyboard, with big fingers, without motion, in few colours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser.axe import violations
from tests.support.mirrored import RTL
from tests.support.page import Visitor, chromium, visitor
from tests.support.page_stories import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN = ("/story/late", "/story/three_far", "/dashboard/full", "/sharing", "/account/account")
SHAPES = (
    *OWN,
    "/account/start",
    "/account/code_wrong",
    "/account/data",
    "/shared/everything",
    "/visitor/cover",
    "/home",
)
_WIDE = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
# What stands out of the window on either side; a region that scrolls by itself may be longer than the window.
_OUT = """() => [...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && !one.closest('svg, .sr, .skip, [popover], .filters')
    && (box.left < -1 || box.right > innerWidth + 1);
}).map(one => one.outerHTML.slice(0, 120))"""
# Targets that are too small to be met, as WCAG 2.5.8 counts: what stands in a line of text is excepted, and what has
# a label is as large as that.
_SMALL = """() => [...document.querySelectorAll('a[href], button, summary, input, select, textarea')].filter(one => {
  if (!one.checkVisibility({visibilityProperty: true}) || one.type === 'hidden') return false;
  if (one.closest('.sr, .skip')) return false;
  const inline = one.matches('a') && getComputedStyle(one).display === 'inline';
  if (inline && one.parentElement.innerText.trim() !== one.innerText.trim()) return false;
  const boxes = [one, ...(one.labels ?? [])].map(part => part.getBoundingClientRect());
  if (one.matches('.tile a')) boxes.push(one.closest('.tile').getBoundingClientRect());
  return !boxes.some(box => box.width >= 24 && box.height >= 24);
}).map(one => one.outerHTML.slice(0, 120))"""
_REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, input, select, textarea')].filter(one =>
    one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.type !== 'hidden');
  return all.filter(one => {
    if (one.type !== 'radio') return true;
    const group = [...document.querySelectorAll(`input[type=radio][name="${one.name}"]`)];
    return one === (group.find(other => other.checked) ?? group[0]);
  }).map((one, place) => { one.dataset.place = place; return place; });
}"""
# Where the focus is, and whether it is to be seen: by an outline of its own, or of the card that is its target.
_FOCUS = """() => {
  const one = document.activeElement, seen = part => {
    const style = part && getComputedStyle(part);
    return Boolean(style) && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  };
  if (one === document.body) return null;
  const shown = seen(one) || seen(one.closest('.tile'));
  return {place: one.dataset.place ?? null, seen: shown, what: one.outerHTML.slice(0, 100)};
}"""
_EDGELESS = """() => [...document.querySelectorAll('.card, .btn, .pill, .notice, .advice')]
  .filter(one => one.checkVisibility() && parseFloat(getComputedStyle(one).borderBlockStartWidth) < 1)
  .map(one => one.outerHTML.slice(0, 120))"""
_RAIL = """() => [...document.querySelectorAll('.rail li + li')].map(one => getComputedStyle(one, '::before').width)"""
_MOVING = """() => document.getAnimations().filter(one => one.playState === 'running').length"""


@pytest.fixture
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    """One browser."""
    async with chromium(chromium_path) as started:
        yield started


async def opened(browser: Browser, stories: str, width: int, **options: Any) -> Visitor:
    """A person at a window of this width."""
    options.setdefault("viewport", {"width": width, "height": 900})
    return await visitor(browser, stories, **options)


async def overflow(page: Page) -> list[Any]:
    """What makes the page wider than the window."""
    wide, window = await page.evaluate(_WIDE)
    out = await page.evaluate(_OUT)
    return [*out, *([] if wide <= window else [f"{wide} > {window}"])]


async def test_a_page_holds_when_it_is_written_from_right_to_left(stories: str, browser: Browser) -> None:
    wrong: dict[str, object] = {}
    for width in (320, 390, 1280):
        someone = await opened(browser, stories, width, reduced_motion="reduce")
        for address in SHAPES:
            await someone.open(f"{stories}{address}?lang={RTL}")
            assert await someone.page.evaluate("() => getComputedStyle(document.body).direction") == "rtl"
            if found := await overflow(someone.page):
                wrong[f"{address} {width}"] = found
        if width > 1000:
            await someone.open(f"{stories}/account/account?lang={RTL}")
            logo = await someone.page.locator(".logo").bounding_box()
            menu = await someone.page.locator(".me").bounding_box()
            assert logo
            assert menu
            assert logo["x"] > menu["x"]
        await someone.page.context.close()
    assert wrong == {}


async def test_a_page_twice_as_large_is_not_too_wide(stories: str, browser: Browser) -> None:
    """A window of 1280 pixels at 200 %, and a narrow one at 400 %."""
    wrong: dict[str, object] = {}
    for width, scale in ((640, 2), (320, 4)):
        someone = await opened(browser, stories, width, device_scale_factor=scale, reduced_motion="reduce")
        for address in ADDRESSES:
            await someone.open(f"{stories}{address}?lang=de")
            if found := await overflow(someone.page):
                wrong[f"{address} {width}"] = found
        await someone.page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("address", [*OWN, "/account/start", "/account/code_wrong", "/shared/everything"])
async def test_a_keyboard_is_enough(stories: str, browser: Browser, address: str) -> None:
    someone = await opened(browser, stories, 1280, reduced_motion="reduce")
    page = someone.page
    await someone.open(f"{stories}{address}?lang=en")
    if await page.locator("#link").count():
        await page.wait_for_selector("#link[data-state]")
    expected = await page.evaluate(_REACHABLE)
    assert len(expected) > 2
    reached = []
    for _ in range(len(expected) + 20):
        await page.keyboard.press("Tab")
        focus = await page.evaluate(_FOCUS)
        if focus is None:
            break
        if focus["place"] is not None:
            assert focus["seen"], focus["what"]
            reached.append(int(focus["place"]))
    else:
        pytest.fail("the focus does not leave the page")
    assert reached == expected


async def test_everything_to_press_is_large_enough(stories: str, browser: Browser) -> None:
    wrong: dict[str, object] = {}
    for width in (320, 1280):
        someone = await opened(browser, stories, width, reduced_motion="reduce")
        for address in ADDRESSES:
            await someone.open(f"{stories}{address}?lang=en")
            if found := await someone.page.evaluate(_SMALL):
                wrong[f"{address} {width}"] = found
        await someone.page.context.close()
    assert wrong == {}


async def test_nothing_moves_for_who_wants_no_motion(stories: str, browser: Browser) -> None:
    for motion, still in (("reduce", True), ("no-preference", False)):
        someone = await opened(browser, stories, 390, reduced_motion=motion)
        await someone.open(f"{stories}/story/in_transit?lang=en")
        await someone.page.wait_for_selector("#link[data-state='on']")
        assert (await someone.page.evaluate(_MOVING) == 0) is still
        await someone.page.context.close()


@pytest.mark.parametrize(("motion", "fades"), [("reduce", False), ("no-preference", True)])
async def test_a_page_fades_into_the_next_only_for_who_likes_motion(
    stories: str, browser: Browser, motion: str, fades: bool
) -> None:
    someone = await opened(browser, stories, 390, reduced_motion=motion)
    await someone.page.add_init_script(
        "addEventListener('pagereveal', told => { window.fades = !!told.viewTransition })"
    )
    await someone.open(f"{stories}/account/start?lang=en")
    async with someone.page.expect_navigation():
        await someone.page.evaluate("() => { location.search = '?lang=fr' }")
    await someone.page.wait_for_function("() => window.fades !== undefined")
    assert await someone.page.evaluate("() => window.fades") is fades


async def test_edges_are_there_in_forced_colours(stories: str, browser: Browser) -> None:
    """Backgrounds and shadows are gone then: what they set apart has an edge."""
    someone = await opened(browser, stories, 390, forced_colors="active")
    for address in SHAPES:
        await someone.open(f"{stories}{address}?lang=en")
        bare = await someone.page.evaluate(_EDGELESS)
        assert bare == [], address


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
async def test_no_rule_is_broken_at_the_narrowest_and_in_the_dark(
    stories: str, browser: Browser, width: int, scheme: str
) -> None:
    wrong: dict[str, object] = {}
    someone = await opened(browser, stories, width, color_scheme=scheme, reduced_motion="reduce")
    for address in SHAPES:
        await someone.open(f"{stories}{address}?lang=en")
        if found := await violations(someone.page):
            wrong[address] = found
    assert wrong == {}


async def test_the_way_between_two_stops_is_as_long_everywhere(stories: str, browser: Browser) -> None:
    someone = await opened(browser, stories, 390)
    await someone.open(f"{stories}/story/late?lang=en")
    lengths = await someone.page.evaluate(_RAIL)
    assert len(lengths) == 4
    assert len(set(lengths)) == 1


@pytest.mark.parametrize(("language", "scale"), [("en", "none"), (RTL, "-1 1")])
async def test_an_arrow_points_the_way_that_is_read(stories: str, browser: Browser, language: str, scale: str) -> None:
    someone = await opened(browser, stories, 390)
    await someone.open(f"{stories}/sharing?lang={language}")
    arrow = someone.page.locator(".i:has([href$='#back'])").first
    other = someone.page.locator(".i:has([href$='#eye'])").first
    assert await arrow.evaluate("one => getComputedStyle(one).scale") == scale
    assert await other.evaluate("one => getComputedStyle(one).scale") == "none"
