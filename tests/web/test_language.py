"""Which language a page is in: the visitor's choice, then the account's, the order's, the browser's, the shop's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts.models import PERSON
from portal.context import Context
from portal.kit import i18n
from portal.kit.db import Tx
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from tests.support.context import order, rows
from tests.support.visit import Visit, signed_in
from tests.support.web import Answer, site

ADA = "ada@example.com"
PAGES = ("/orders/{ref}", "/orders/{ref}/sharing", "/orders/{ref}/parcels")


def language(answer: Answer) -> str:
    """What a page says of itself."""
    found = re.search(r'<html lang="(\w+)"', answer.text)
    assert found, answer.text[:300]
    return found[1]


async def at(context: Context, *, account: str | None, order_in: str | None) -> tuple[Visit, str]:
    """Somebody who ordered, signed in; and the public part of the order's address. The shop speaks Dutch."""
    dutch = replace(context, settings=context.settings.model_copy(update={"locale": "nl"}))
    await import_order(dutch, order(number="#1001", contact={"email": ADA}, locale=order_in))
    me = await signed_in(site(dutch), ADA)

    async def unit(tx: Tx) -> None:
        await tx.run(update(PERSON).values(locale=account))

    await dutch.db.write(unit)
    return me, (await rows(dutch, select(ORDER.c.ref)))[0].ref


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("choice", "account", "order_in", "browser", "spoken"),
    [
        ("it", "de", "es", "fr", "it"),
        (None, "de", "es", "fr", "de"),
        (None, None, "es", "fr", "es"),
        (None, None, None, "fr", "fr"),
        (None, None, None, "pl, sv", "nl"),
        ("pl", None, None, "fr", "fr"),
    ],
)
async def test_choice_before_account_before_order_before_browser_before_shop(
    context: Context,
    page: str,
    choice: str | None,
    account: str | None,
    order_in: str | None,
    browser: str,
    spoken: str,
) -> None:
    me, ref = await at(context, account=account, order_in=order_in)
    address = page.format(ref=ref) + (f"?lang={choice}" if choice else "")
    assert language(await me.ask(address, accept_language=browser)) == spoken


async def test_a_choice_holds_on_the_next_pages_until_the_account_has_its_own(context: Context) -> None:
    me, ref = await at(context, account="de", order_in="es")
    headers: dict[str, Any] = {"accept_language": "fr"}
    assert language(await me.ask(f"/orders/{ref}?lang=it", **headers)) == "it"
    for address in (*(page.format(ref=ref) for page in PAGES), "/account", "/orders", "/", "/nothing/here"):
        assert language(await me.ask(address, **headers)) == "it", address
    await me.send("/account/language", {"language": "en"})
    for address in (f"/orders/{ref}", "/account", "/orders"):
        assert language(await me.ask(address, **headers)) == "en", address


async def test_a_choice_is_a_cookie_of_two_letters_given_to_who_chose(context: Context) -> None:
    me, ref = await at(context, account=None, order_in=None)
    assert "set-cookie" not in (await me.ask(f"/orders/{ref}")).headers
    given = (await me.ask(f"/orders/{ref}?lang=IT-CH")).headers["set-cookie"]
    assert given == "__Host-lang=it; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert "set-cookie" not in (await me.ask(f"/orders/{ref}?lang=it")).headers
    for strange in ("xx", "%69%74", "it%0d%0aX:1", ""):
        assert "set-cookie" not in (await me.ask(f"/orders/{ref}?lang={strange}")).headers


async def test_every_page_offers_every_language_by_its_own_name(context: Context) -> None:
    me, ref = await at(context, account=None, order_in="es")
    for address in (
        f"/orders/{ref}",
        f"/orders/{ref}/sharing",
        "/account",
        "/orders",
        "/",
        "/nothing/here",
    ):
        text = (await me.ask(address)).text
        menu = re.search(r'<nav id="langs" popover.*?</nav>', text, re.DOTALL)
        assert menu, address
        assert re.findall(r'hreflang="(\w+)"', menu[0]) == list(i18n.languages())
        assert re.findall(r">([^<>\n]+)</a>", menu[0]) == [i18n.own_name(code) for code in i18n.languages()]
        assert menu[0].count("aria-current") == 1
        assert 'popovertarget="langs"' in text
