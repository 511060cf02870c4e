"""Without a network: a person's order as it was last known, clearly old; and nothing once they have signed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Error, expect
from sqlalchemy import select

from portal.context import Context
from portal.orders.links import make_link
from portal.orders.models import ORDER
from tests.signin.test_in_a_browser import Open, shop
from tests.support.context import context, rows
from tests.support.page import Visitor

__all__ = ["context"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
_KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const key of await (await caches.open(name)).keys()) found.push(new URL(key.url).pathname);
  return found.sort();
}"""


async def pages(someone: Visitor) -> list[str]:
    """What of the site's pages is kept in this browser."""
    kept: list[str] = await someone.page.evaluate(_KEPT)
    return [path for path in kept if not path.startswith("/static/") and path != "/offline"]


async def order_path(opened: Open) -> str:
    """The address of Ada's first order."""
    (row,) = await rows(opened.counter.context, select(ORDER.c.ref).where(ORDER.c.id == 1))
    return f"/orders/{row.ref}"


async def at_the_order(opened: Open) -> tuple[Visitor, str]:
    """A person who has signed in and looks at their order; its address."""
    someone = await opened.person(reduced_motion="reduce")
    await opened.sign_in(someone)
    path = await order_path(opened)
    await someone.page.goto(f"{opened.url}{path}")
    await someone.page.wait_for_function("() => navigator.serviceWorker.controller")
    await someone.page.wait_for_function(
        "async path => Boolean(await (await caches.open('jalon-pages')).match(path))", arg=path
    )
    return someone, path


async def test_an_order_is_there_without_a_network_and_says_from_when(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as opened:
        someone, path = await at_the_order(opened)
        stood = await someone.reads("h1")
        await expect(someone.page.locator("#offline")).to_be_hidden()
        await someone.page.context.set_offline(True)
        await expect(someone.page.locator("#offline")).to_contain_text("You are offline. As of ")
        await someone.page.goto(f"{opened.url}{path}?lang=en")
        await expect(someone.page.locator("#offline")).to_contain_text("You are offline. As of ")
        assert await someone.reads("h1") == stood
        assert await someone.page.evaluate("() => getComputedStyle(document.body).fontFamily.includes('Inter')")
        await someone.page.goto(f"{opened.url}/orders/{'0' * 16}")
        await expect(someone.page.get_by_role("heading", name="You are offline")).to_be_visible()
        await expect(someone.page.locator("#kept")).to_contain_text(stood)
        await someone.page.locator("#kept a").first.click()
        await someone.sees(stood)
        await someone.page.context.set_offline(False)
        await expect(someone.page.locator("#offline")).to_be_hidden()
        await someone.sees(stood)
        assert someone.elsewhere == []


async def test_signing_out_leaves_nothing(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as opened:
        someone, path = await at_the_order(opened)
        for address in ("/account", f"{path}/sharing", "/"):
            await someone.page.goto(f"{opened.url}{address}")
        assert await pages(someone) == [path]
        await someone.page.goto(f"{opened.url}/sign-in")  # by itself already: somebody else may sign in next
        await someone.page.goto(f"{opened.url}/")
        assert path not in await pages(someone)  # a signed-in person is led on to their list, which is theirs again
        await someone.page.goto(f"{opened.url}{path}")
        await someone.page.wait_for_function(
            "async path => Boolean(await (await caches.open('jalon-pages')).match(path))", arg=path
        )
        assert {path} <= set(await pages(someone)) <= {path, "/orders"}
        await someone.page.goto(f"{opened.url}/account")
        await someone.page.get_by_role("button", name="Sign out", exact=True).first.click()
        await expect(someone.page).to_have_url(f"{opened.url}/")
        assert await someone.page.evaluate(_KEPT) == []
        assert await someone.page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
        await someone.page.context.set_offline(True)
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            await someone.page.goto(f"{opened.url}{path}")


async def test_a_browser_that_has_only_a_link_keeps_nothing(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as opened:
        someone = await opened.person(reduced_motion="reduce")
        await someone.open(await make_link(opened.counter.context, 1))
        await someone.sees("1001", "main")
        assert await someone.page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
        assert await someone.page.evaluate(_KEPT) == []
