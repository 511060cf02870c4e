"""Changing an order as a customer does it: on a phone in the dark with a page that moves, and without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from portal.context import Context
from portal.orders.models import ORDER_LINE
from tests.editing.test_pages import Counter, counter
from tests.machine.postgres import free_port
from tests.support.context import rows
from tests.support.page import Visitor, chromium, visitor
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Open:
    """A shop that serves at `url`, and a browser."""

    shop: Counter
    url: str
    browser: Browser

    @property
    def order(self) -> str:
        """The address of the order's page."""
        return f"{self.url}/orders/{self.shop.ref}"

    async def ada(self, **options: Any) -> Visitor:
        """The order's person, signed in, at a browser of her own."""
        someone = await visitor(self.browser, self.url, locale="en-GB", **options)
        for name, value in self.shop.ada.jar.items():
            await someone.page.context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return someone

    async def units(self) -> dict[str, int]:
        """How many sweaters of each size are wanted."""
        found = await rows(self.shop.context, select(ORDER_LINE))
        return {row.options: row.current for row in found if row.title == "Sweater"}


@asynccontextmanager
async def there(context: Context, chromium_path: Path) -> AsyncIterator[Open]:
    """The shop, open."""
    port = free_port()
    url = f"http://localhost:{port}"
    shop = await counter(replace(context, settings=context.settings.model_copy(update={"base_url": url})))
    async with served(shop.site, port=port, base_url=url), chromium(chromium_path) as browser:
        yield Open(shop, url, browser)


async def wish_for_l(page: Page) -> None:
    """From the order's page to what another size would come to."""
    await page.get_by_role("link", name="Change or cancel something").click()
    await page.locator('a[href*="/new/swap?line=1"]').click()
    await expect(page.get_by_role("radio", name="XS")).to_be_disabled()
    await page.get_by_text("L", exact=True).click()
    await page.get_by_label("For how many of them").fill("1")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    await expect(page.get_by_text("Nothing to pay, and nothing comes back.")).to_be_visible()


async def test_another_size_on_a_phone_in_the_dark(context: Context, chromium_path: Path) -> None:
    async with there(context, chromium_path) as open_:
        ada = await open_.ada(viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
        await ada.open(open_.order)
        await wish_for_l(ada.page)
        assert await open_.units() == {"M": 2}
        await ada.page.get_by_role("button", name="Change it").click()
        await ada.sees("Your change is on its way to the shop")
        await ada.page.evaluate("() => { window.opened = 'once' }")
        await open_.shop.wait(timedelta(seconds=31))
        await ada.sees("Your order has been changed")
        assert await ada.is_the_same()
        assert await open_.units() == {"M": 1, "L": 1}
        assert ada.complaints() == []
        assert ada.elsewhere == []


async def test_a_change_is_taken_back_without_a_script(context: Context, chromium_path: Path) -> None:
    async with there(context, chromium_path) as open_:
        ada = await open_.ada(java_script_enabled=False)
        await ada.page.goto(open_.order)
        await wish_for_l(ada.page)
        await ada.page.get_by_role("button", name="Change it").click()
        await ada.sees("You can take it back until")
        await ada.page.get_by_role("button", name="Take it back").click()
        await expect(ada.page.get_by_text("Your change is on its way to the shop")).to_have_count(0)
        await open_.shop.wait(timedelta(seconds=31))
        assert await open_.units() == {"M": 2}
        assert ada.elsewhere == []


async def test_what_the_shop_decides_is_sent_to_it_and_waits(context: Context, chromium_path: Path) -> None:
    async with there(context, chromium_path) as open_:
        ada = await open_.ada(viewport=PHONE)
        await ada.open(open_.order)
        await ada.page.get_by_role("link", name="Change or cancel something").click()
        await ada.page.locator('a[href*="/new/cancel_line?line=3"]').click()
        await ada.page.get_by_role("button", name="See what it comes to").click()
        await expect(ada.page.get_by_role("heading", name="Ask the shop for this?")).to_be_visible()
        await ada.page.get_by_role("button", name="Send the request").click()
        await ada.sees("The shop has your request")
        assert ada.complaints() == []
