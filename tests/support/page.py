"""A customer at a browser: Chromium with one page open, and everything that went wrong on it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

WAIT_MS: Final = 60_000  # long enough for a slow machine; what comes sooner is not waited for
expect.set_options(timeout=WAIT_MS)
# Playwright keeps every page visible, also one behind another or in a minimised window: the page is told instead.
_HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
  Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => hidden ? 'hidden' : 'visible'});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
_AWAY = re.compile(r"net::ERR_|Failed to fetch")


@dataclass
class Visitor:
    """One open page. `console` is all that the page said there, `elsewhere` the requests to other sites."""

    page: Page
    origin: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def open(self, url: str) -> None:
        """Load a page and mark it, so that a reload would show."""
        await self.page.goto(url, wait_until="load")
        await self.page.evaluate("() => { window.opened = 'once' }")

    async def is_the_same(self) -> bool:
        """Whether the page has not been loaded anew since `open`."""
        return bool(await self.page.evaluate("() => window.opened === 'once'"))

    async def hide(self, hidden: bool = True) -> None:
        """Put the tab into the background, or back in front."""
        await self.page.evaluate(_HIDE, hidden)

    async def back(self) -> None:
        """Press the back button. (Playwright's own `go_back` waits for a load that never comes from the cache.)"""
        await self.page.evaluate("() => history.back()")
        await self.page.wait_for_function("() => window.opened === 'once'", timeout=WAIT_MS)

    async def sees(self, text: str, where: str = "#order") -> None:
        """Wait until this text is to be read there."""
        await expect(self.page.locator(where)).to_contain_text(text, timeout=WAIT_MS)

    async def reads(self, where: str = "#order") -> str:
        """What is to be read there now, white space as one blank."""
        return " ".join((await self.page.locator(where).inner_text()).split())

    def parcel(self, number: str) -> Any:
        """The part of the page about the parcel with this tracking number."""
        return self.page.locator("section.parcel").filter(has_text=number)

    async def sees_parcel(self, number: str, text: str) -> None:
        """Wait until the parcel's section has this text."""
        await expect(self.parcel(number)).to_contain_text(text, timeout=WAIT_MS)

    def complaints(self, *, server_was_away: bool = False) -> list[str]:
        """What the console said; without the failed requests of the time when the server was away."""
        return [said for said in self.console if not (server_was_away and _AWAY.search(said))]

    def _hear(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _fail(self, error: Any) -> None:
        if "ViewTransition opt-in" not in str(error):  # a decoration that the browser gives up by itself, now and then
            self.console.append(f"uncaught: {error}")

    def _follow(self, request: Request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin and parts.scheme != "data":
            self.elsewhere.append(request.url)


@asynccontextmanager
async def chromium(path: Path) -> AsyncIterator[Browser]:
    """A Chromium with a back/forward cache, as people have it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        try:
            yield browser
        finally:
            await browser.close()


async def visitor(browser: Browser, origin: str, **options: Any) -> Visitor:
    """A new person with an empty browser profile; options as `browser.new_context` takes them."""
    context: BrowserContext = await browser.new_context(**options)
    context.set_default_timeout(WAIT_MS)
    page = await context.new_page()
    someone = Visitor(page, origin)
    page.on("console", someone._hear)
    page.on("pageerror", someone._fail)
    page.on("request", someone._follow)
    return someone
