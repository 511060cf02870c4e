"""Takes the pictures of docs/screenshots.md: `make screenshots`.

Starts the demonstration in a folder of its own, signs in through its mailbox, and looks at every kind of page at two
widths, in both themes and in every language. What the documentation shows goes to docs/screenshots, all of it to a
temporary folder.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.machine.chromium import find_chromium
from tests.machine.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/screenshots"
INDEX = ROOT / "docs/screenshots.md"
LARGEST = 6_000_000  # bytes in docs/screenshots: they stay in the repository's history
PACE = "1500"  # the demonstration's own
SETTLED_S = 12.0  # until its parcels have been asked about a few times
QUALITY = 62
CHANGEABLE: Final = "#2043"  # the order of the demonstration's own shop, which nobody has begun with

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    width: int
    theme: Theme
    language: str

    @property
    def name(self) -> str:
        """As part of a file's name."""
        return f"{self.width}-{self.theme}-{self.language}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its name in files, its title, its address, and as whom: nobody, one who waits for a code, a person."""

    name: str
    title: str
    address: str
    who: Literal["nobody", "begun", "person"] = "nobody"


WIDTHS: Final = (390, 1280)
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
MAIN: Final = ("fr", "en")
OTHERS: Final = ("de", "es", "it", "nl")
LOOKS: Final = (
    *(Look(width, theme, language) for width, theme, language in product(WIDTHS, THEMES, MAIN)),
    *(Look(390, "light", language) for language in OTHERS),
)
# In the documentation: each width, theme and language twice, and the phone in the other languages for a few.
IN_DOCS: Final = (
    Look(390, "light", "fr"),
    Look(390, "dark", "en"),
    Look(1280, "light", "en"),
    Look(1280, "dark", "fr"),
)
IN_ALL_LANGUAGES: Final = ("home", "orders", "order-2041")
HEAD = """# Screenshots

The pages of the demonstration as customers see them, taken by `make screenshots`: on a phone and on a desk, in both
themes, in French and English; a few in the other languages too. The shop, its customers and its carrier are invented.
"""


@contextmanager
def demonstration(folder: Path) -> Iterator[dict[str, Any]]:
    """The demonstration on a free port; gives what it writes to demo.json."""
    port = free_port()
    command = [sys.executable, "-m", "portal", "demo", "--port", str(port), "--data", str(folder), "--speed", PACE]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
        try:
            until = time.monotonic() + 60
            while "Stop with Ctrl-C" not in (folder / "log").read_text():
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"The demonstration did not start:\n{(folder / 'log').read_text()}")
                time.sleep(0.2)
            time.sleep(SETTLED_S)
            yield json.loads((folder / "demo.json").read_text())
        finally:
            process.terminate()


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def waiting(browser: Browser, demo: dict[str, Any]) -> BrowserContext:
    """A browser that asked for a code and has not typed it."""
    context = await browser.new_context(locale="en")
    page = await context.new_page()
    await page.goto(f"{demo['base_url']}/sign-in")
    await page.fill("input[name=email]", demo["sign_in"]["email"])
    await page.locator("form:has(input[name=email]) button").first.click()
    await page.wait_for_url("**/sign-in/code*")
    return context


async def signed_in(browser: Browser, demo: dict[str, Any]) -> tuple[BrowserContext, dict[str, str]]:
    """A browser that a person signed in with, and the addresses of the orders for them, by number."""
    context = await waiting(browser, demo)
    page = context.pages[0]
    await page.fill("input[name=code]", await _code(context, demo["sign_in"]["mailbox_url"]))
    await page.locator("form:has(input[name=code]) button").first.click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    orders = {}
    for one in demo["order_pages"]:
        await page.goto(one["url"])
        orders[one["number"]] = page.url.removeprefix(demo["base_url"])
    return context, orders


async def _code(context: BrowserContext, mailbox: str) -> str:
    page = await context.new_page()
    for _ in range(60):
        await page.goto(mailbox)
        letter = page.locator("article").first
        if await letter.count() and (found := re.search(r"(?<!\d)\d{3}\s?\d{3}(?!\d)", await letter.inner_text())):
            await page.close()
            return re.sub(r"\D", "", found[0])
        await asyncio.sleep(0.5)
    sys.exit("No code came to the mailbox.")


def pages(demo: dict[str, Any], orders: dict[str, str]) -> list[Shown]:
    """Every kind of page. `orders`: the addresses of orders for whoever may see them, by number."""
    base, order, changeable = demo["base_url"], next(iter(orders.values())), f"{orders[CHANGEABLE]}/change"
    by_link = [
        Shown(f"order-{page['number'].strip('#')}", f"Order page: {page['story']}", page["url"].removeprefix(base))
        for page in demo["order_pages"]
    ]
    shared = [
        Shown(
            f"visitor-{page['number'].strip('#')}", f"Visitor's page: {page['story']}", page["url"].removeprefix(base)
        )
        for page in demo["share_pages"]
    ]
    return [
        Shown("home", "Home page", "/"),
        Shown("sign-in", "Signing in", "/sign-in"),
        Shown("code", "Typing the code", "/sign-in/code", "begun"),
        Shown("orders", "All orders of a person", "/orders", "person"),
        Shown("account", "The account", "/account", "person"),
        *by_link,
        Shown("order-signed-in", "Order page of its person, signed in", order, "person"),
        Shown("change", "Changing an order", changeable, "person"),
        Shown("change-address", "Changing its address", f"{changeable}/new/address", "person"),
        Shown("sharing", "Sharing an order", f"{order}/sharing", "person"),
        *shared,
        Shown("error", "A page that is not there", "/nowhere"),
        Shown("offline", "Without a network", "/offline"),
        Shown("mailbox", "Mailbox of the demonstration", "/mailbox"),
    ]


async def picture(page: Page) -> bytes:
    """The whole page as WebP, which Playwright does not write by itself."""
    size = await page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
    client = await page.context.new_cdp_session(page)
    asked = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True}
    taken = await client.send("Page.captureScreenshot", asked)
    await client.detach()
    return base64.b64decode(taken["data"])


async def take_all(demo: dict[str, Any], folder: Path) -> list[Shown]:
    """Every page in every look, to the folder; a page that answers with something unexpected ends it."""
    async with opened() as browser:
        person, orders = await signed_in(browser, demo)
        begun = await waiting(browser, demo)
        states = {"nobody": None, "begun": await begun.storage_state(), "person": await person.storage_state()}
        shown = pages(demo, orders)
        for look, (who, state) in product(LOOKS, states.items()):
            context = await browser.new_context(
                viewport={"width": look.width, "height": 844 if look.width < 600 else 800},
                color_scheme=look.theme,
                locale=look.language,
                reduced_motion="reduce",
                storage_state=state,
            )
            page = await context.new_page()
            for one in (one for one in shown if one.who == who):
                await visit(page, demo["base_url"], one)
                (folder / f"{one.name}-{look.name}.webp").write_bytes(await picture(page))
            await context.close()
    return shown


async def visit(page: Page, base: str, one: Shown) -> None:
    """Open the page; what answers with something unexpected ends it all."""
    answer = await page.goto(base + one.address, wait_until="load")
    if answer is None or answer.status != (404 if one.name == "error" else 200):
        sys.exit(f"{one.name}: {answer and answer.status}")
    await page.wait_for_timeout(300)


def in_docs(shown: list[Shown]) -> list[tuple[Shown, list[Look]]]:
    """Which pictures the documentation shows of each page."""
    more = [Look(390, "light", language) for language in OTHERS]
    return [(one, [*IN_DOCS, *(more if one.name in IN_ALL_LANGUAGES else ())]) for one in shown]


def index(shown: list[Shown]) -> str:
    """The page that shows them, as Markdown."""
    parts = [HEAD]
    for one, looks in in_docs(shown):
        rows = (
            f'<img src="screenshots/{one.name}-{look.name}.webp" width="{look.width // 3 + 60}" loading="lazy"'
            f' alt="{one.title}, {look.width} pixels wide, {look.theme}, {look.language}">'
            for look in looks
        )
        parts.append(f"\n## {one.title}\n\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def publish(shown: list[Shown], taken: Path) -> int:
    """Put what the documentation shows into its place; returns its size in bytes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for one, looks in in_docs(shown):
        for look in looks:
            shutil.copy(taken / f"{one.name}-{look.name}.webp", FOLDER)
    INDEX.write_text(index(shown), encoding="utf-8")
    return sum(path.stat().st_size for path in FOLDER.iterdir())


def main() -> None:
    """Take them all, publish some."""
    taken = Path(tempfile.mkdtemp(prefix="jalon-screenshots-"))
    with tempfile.TemporaryDirectory() as data, demonstration(Path(data)) as demo:
        shown = asyncio.run(take_all(demo, taken))
    size = publish(shown, taken)
    print(f"{len(list(taken.iterdir()))} pictures in {taken}; of these in docs/screenshots: {size / 1e6:.1f} MB.")
    if size > LARGEST:
        sys.exit("That is too much for the repository.")


if __name__ == "__main__":
    main()
