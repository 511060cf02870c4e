"""Signing in as a person does it: Chromium, a real server, and an authenticator that the browser plays."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect
from sqlalchemy import select

from portal.context import Context
from portal.signin.models import PASSKEY
from tests.machine.postgres import free_port
from tests.signin.conftest import ADA, BEA, PHONE, Counter, opened
from tests.support.context import rows
from tests.support.page import Visitor, chromium, visitor
from tests.support.web import served, site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLAYED = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True, slots=True)
class Open:
    """A shop that serves at `url`, and a browser."""

    counter: Counter
    url: str
    browser: Browser

    async def person(self, **options: Any) -> Visitor:
        """Somebody with an empty browser profile."""
        return await visitor(self.browser, self.url, locale="en-GB", **options)

    async def ask(self, someone: Visitor, email: str = ADA) -> str:
        """Ask for a code on the home page; the code."""
        await someone.page.goto(f"{self.url}/")
        await someone.page.get_by_label("Your e-mail address").first.fill(email)
        await someone.page.get_by_role("button", name="Send me a code").click()
        await expect(someone.page.get_by_role("heading", name="Look in your mail")).to_be_visible()
        return (await self.counter.post())[-1].code

    async def sign_in(self, someone: Visitor) -> None:
        """Ask for a code and type it."""
        code = await self.ask(someone)
        await someone.page.get_by_label("Code").fill(code)
        await someone.page.get_by_role("button", name="Go on").click()


@asynccontextmanager
async def shop(context: Context, chromium_path: Path) -> AsyncIterator[Open]:
    """The shop at localhost, where passkeys work without HTTPS."""
    port = free_port()
    url = f"http://localhost:{port}"
    local = replace(context, settings=context.settings.model_copy(update={"base_url": url}))
    counter = await opened(local)
    async with served(site(counter.context), port=port, base_url=url), chromium(chromium_path) as browser:
        yield Open(counter, url, browser)


async def authenticator(someone: Visitor, **more: Any) -> tuple[CDPSession, str]:
    """Give the browser an authenticator."""
    session = await someone.page.context.new_cdp_session(someone.page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": {**PLAYED, **more}})
    return session, str(made["authenticatorId"])


async def to_account(page: Page) -> None:
    """From the list of orders, where signing in leads, to the account."""
    await expect(page.get_by_role("heading", name="Your orders")).to_be_visible()
    await page.get_by_role("link", name="My account").click()
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()


async def test_a_passkey_is_made_used_and_removed(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as there:
        someone = await there.person()
        session, authenticator_id = await authenticator(someone)
        await there.sign_in(someone)
        await expect(someone.page.get_by_role("heading", name="Next time without a code?")).to_be_visible()
        await someone.page.get_by_label("Name of this passkey").fill("My laptop")
        await someone.page.get_by_role("button", name="Add a passkey").click()
        await to_account(someone.page)
        await expect(someone.page.get_by_text("My laptop").first).to_be_visible()
        (kept,) = await rows(there.counter.context, select(PASSKEY))
        for expected in (2, 3):
            await someone.page.get_by_role("button", name="Sign out", exact=True).click()
            await expect(someone.page.get_by_role("heading", name="Where is my order?")).to_be_visible()
            await someone.page.get_by_role("button", name="Sign in with a passkey").click()
            await to_account(someone.page)
            credentials = await session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator_id})
            (row,) = await rows(there.counter.context, select(PASSKEY))
            assert row.sign_count == credentials["credentials"][0]["signCount"] == expected
        assert kept.sign_count < row.sign_count
        await someone.page.locator("#passkeys").get_by_role("button", name="Remove").click()
        await expect(someone.page.get_by_text("My laptop")).to_have_count(0)
        await someone.page.get_by_role("button", name="Sign out", exact=True).click()
        await someone.page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(someone.page.get_by_role("alert")).to_contain_text("was not accepted")
        told = [letter.message for letter in await there.counter.post()]
        assert told == ["sign_in_code", "passkey_added", "passkey_removed"]
        refused = [
            said for said in someone.console if "422" not in said and not said.startswith("info: Clear-Site-Data")
        ]
        assert refused == []
        assert someone.elsewhere == []


async def test_an_authenticator_that_does_not_verify_makes_no_passkey(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as there:
        someone = await there.person()
        await authenticator(someone, isUserVerified=False)
        await there.sign_in(someone)
        await someone.page.get_by_role("button", name="Add a passkey").click()
        await expect(someone.page.get_by_role("alert")).to_contain_text("This did not work")
        assert await rows(there.counter.context, select(PASSKEY)) == []
        await someone.page.get_by_role("link", name="Not now").click()
        await to_account(someone.page)


async def test_everything_but_passkeys_works_without_a_script(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as there:
        someone = await there.person(java_script_enabled=False)
        page = someone.page
        await page.goto(f"{there.url}/")
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
        await page.get_by_role("button", name="Send me a code").click()
        await expect(page.get_by_text("Fill this in.").first).to_be_visible()
        code = await there.ask(someone)
        await page.get_by_label("Code").fill(f"{(int(code) + 1) % 1_000_000:06}")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator("#code-problem")).to_contain_text("4 tries left")
        await page.get_by_label("Code").fill(code)
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("link", name="Not now").click()
        await to_account(page)
        await page.get_by_label("Another e-mail address").fill(BEA)
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_label("Code").fill((await there.counter.post())[-1].code)
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text(BEA).first).to_be_visible()
        await page.get_by_role("button", name=f"Remove {BEA}").click()
        await expect(page.get_by_text(BEA)).to_have_count(0)
        await page.get_by_label("For all pages and messages").select_option("fr")
        await page.locator("#language").get_by_role("button", name="Save").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await expect(page.get_by_role("heading", name="Where is my order?")).to_be_visible()
        assert someone.elsewhere == []


async def test_an_order_is_found_by_phone_number_and_the_link_opens_on_another_device(
    context: Context, chromium_path: Path
) -> None:
    async with shop(context, chromium_path) as there:
        desk = await there.person()
        await desk.page.goto(f"{there.url}/sign-in")
        await desk.page.get_by_text("I do not know which address I ordered with").click()
        form = desk.page.locator("details form")
        await form.get_by_label("Order number").fill("1001")
        await form.get_by_label("Phone number or postcode").fill(PHONE)
        await form.get_by_role("button", name="Send a code").click()
        await expect(desk.page.get_by_text("the e-mail address of that order")).to_be_visible()
        letter = (await there.counter.post())[-1]
        phone = await there.person(viewport={"width": 390, "height": 844})
        await phone.page.goto(f"{there.url}{letter.link}")
        await phone.page.locator("main").get_by_role("button", name="Sign in").click()
        await phone.page.get_by_role("link", name="Not now").click()
        await expect(phone.page.get_by_role("heading").first).to_be_visible()
        assert "/orders/" in phone.page.url
        assert desk.complaints() == phone.complaints() == []


async def test_another_sites_page_gets_no_challenge(context: Context, chromium_path: Path) -> None:
    async with shop(context, chromium_path) as there:
        someone = await there.person()
        await someone.page.goto(there.url.replace("localhost", "127.0.0.1"))
        said = await someone.page.evaluate(
            """async (address) => {
                try { return (await fetch(address, {method: 'POST', body: '{}'})).status; } catch { return 'refused'; }
            }""",
            f"{there.url}/sign-in/passkey/options",
        )
        assert json.dumps(said) == '"refused"'
