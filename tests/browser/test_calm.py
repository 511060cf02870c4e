"""An open page is calm: news moves nothing that it does not concern, and updates can be paused."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from portal.kit.clock import ManualClock
from tests.browser.test_map import NUMBER, scanned, shop
from tests.support.page import WAIT_MS, chromium, visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_WATCH = """() => {
  window.shifts = [];
  const seen = list => list.getEntries().forEach(one => { if (!one.hadRecentInput) window.shifts.push(one.value); });
  window.watching = new PerformanceObserver(seen);
  window.watching.observe({type: 'layout-shift'});
}"""
_SHIFTED = "() => window.shifts.reduce((sum, one) => sum + one, 0)"
_TOPS = """() => ['.hero', '.parcel', '.parcel > header', '.map'].map(part =>
  Math.round(document.querySelector(part).getBoundingClientRect().top))"""
_SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))))"
_MOVE = (
    "() => { document.querySelector('.hero').after(Object.assign(document.createElement('p'), {textContent: 'x'})) }"
)


async def test_news_of_a_parcel_moves_nothing_above_it(
    sqlite_url: str, clock: ManualClock, chromium_path: Path
) -> None:
    async with shop(sqlite_url, clock) as (context, address), chromium(chromium_path) as browser:
        someone = await visitor(browser, address.partition("/o/")[0], viewport={"width": 390, "height": 844})
        await scanned(context, 2)
        await someone.open(address)
        await someone.page.wait_for_selector("#link[data-state='on']")
        await someone.page.evaluate(_SETTLED)
        await someone.page.evaluate(_WATCH)
        before = await someone.page.evaluate(_TOPS)
        await scanned(context, 3)
        await someone.sees_parcel(NUMBER, "Gennevilliers")
        await someone.page.evaluate(_SETTLED)
        assert await someone.page.evaluate(_TOPS) == before
        assert await someone.page.evaluate(_SHIFTED) < 0.01
        await someone.page.evaluate(_MOVE)
        await someone.page.evaluate(_SETTLED)
        assert await someone.page.evaluate(_SHIFTED) > 0  # it is measured


async def test_a_paused_page_stays_as_it_is_until_it_goes_on(
    sqlite_url: str, clock: ManualClock, chromium_path: Path
) -> None:
    async with shop(sqlite_url, clock) as (context, address), chromium(chromium_path) as browser:
        someone = await visitor(browser, address.partition("/o/")[0], locale="en-GB", reduced_motion="reduce")
        await scanned(context, 1)
        await someone.open(address)
        await someone.page.wait_for_selector("#link[data-state='on']")
        streams = [url for url in someone.requests if "/events" in url]
        async with someone.page.expect_event("requestfailed", lambda request: "/events" in request.url):
            await someone.page.get_by_role("button", name="Pause live updates").click()
        await someone.sees("Live updates are paused.", "footer")
        shown = await someone.reads()
        await scanned(context, 3)
        await someone.page.wait_for_timeout(2500)
        assert [url for url in someone.requests if "/events" in url] == streams
        assert await someone.reads() == shown
        await someone.page.get_by_role("button", name="Resume live updates").click()
        await someone.sees_parcel(NUMBER, "Gennevilliers")
        await expect(someone.page.locator("#link")).to_have_attribute("data-state", "on", timeout=WAIT_MS)
        assert len([url for url in someone.requests if "/events" in url]) == len(streams) + 1
        assert await someone.is_the_same()
        assert someone.complaints() == []
