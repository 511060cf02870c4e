"""The customer's pages of changing an order: what they offer, what comes of it, and for whom they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from portal.accounts.models import SESSION
from portal.context import Context
from portal.editing.models import EDIT
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders.catalog.document import product
from portal.orders.catalog.store import put_product
from portal.orders.links import make_link
from portal.orders.models import ORDER, ORDER_LINE
from portal.orders.sync import import_order
from portal.platforms.neutral import neutral_order
from portal.worker import run_due
from tests.support.context import NOW, rows
from tests.support.visit import Visit, signed_in
from tests.support.web import Answer, Site, site

MINE = "ada@client.example"
SWEATERS = {
    "shop": "dunes",
    "product_id": "sweater",
    "currency": "EUR",
    "variants": [
        {"id": "m", "options": {"Size": "M"}, "price": 4900, "available": 5},
        {"id": "l", "options": {"Size": "L"}, "price": 4900, "available": 2},
        {"id": "xl", "options": {"Size": "XL"}, "price": 5400, "available": 1},
        {"id": "xs", "options": {"Size": "XS"}, "price": 4900, "available": 0},
    ],
}


def document(number: str = "2051", **members: Any) -> dict[str, Any]:
    """Two sweaters, a bowl and an engraved knife, paid some minutes ago."""
    price = {"unit": {"shop": 4900}, "total_after_discounts": {"shop": 9800}}
    sweater = {"id": "1", "product_id": "sweater", "variant_id": "m", "title": "Sweater", "quantity": 2, "price": price}
    bowl = {"unit": {"shop": 1850}, "total_after_discounts": {"shop": 1850}}
    return {
        "source": {"platform": "neutral", "shop": "dunes", "order_id": number},
        "number": f"#{number}",
        "placed_at": (NOW - timedelta(minutes=12)).isoformat(),
        "updated_at": (NOW - timedelta(minutes=12)).isoformat(),
        "currency": "EUR",
        "state": {"payment": "paid"},
        "contact": {"email": MINE},
        "address": {
            "shipping": {"name": "Ada Morvan", "line1": "4 rue des Salines", "city": "Vannes", "country": "FR"}
        },
        "lines": [
            {**sweater, "options": [{"name": "Size", "value": "M"}]},
            {"id": "gid://bowl/2?x=1", "title": "Bowl <b>", "quantity": 1, "price": bowl},
            {"id": "3", "title": "Knife", "flags": {"personalised": True}, "quantity": 1, "price": bowl},
        ],
        "totals": {"lines": {"shop": 13500}, "shipping": {"shop": 590}, "total": {"shop": 14090}},
        **members,
    }


@dataclass
class Counter:
    """A shop whose orders are kept here, and its customer at a browser."""

    site: Site
    ada: Visit
    ref: str

    @property
    def context(self) -> Context:
        """The installation."""
        return self.site.context

    @property
    def base(self) -> str:
        """The address of changes."""
        return f"/orders/{self.ref}/change"

    async def form(self, action: str, line: str | None = None, **fields: str) -> Answer:
        """Fill in a form and send it; what comes of it is followed."""
        return await self.ada.send(self._address(action, line), fields)

    async def preview(self, action: str, line: str | None = None, **fields: str) -> str:
        """The address of what was previewed."""
        answer = await self.form(action, line, **fields)
        assert answer.status == 303, answer.text
        return answer.headers["location"]

    async def confirm(self, edit: str) -> Answer:
        """Press the button of a preview."""
        return await self.ada.send(f"{edit}/confirm", {})

    async def wait(self, time: timedelta) -> None:
        """Let time pass, and what is due be done."""
        assert isinstance(self.context.clock, ManualClock)
        self.context.clock.advance(time)
        while await run_due(self.context):
            pass

    async def order_page(self) -> str:
        """What the order's page says."""
        return words((await self.ada.ask(f"/orders/{self.ref}")).text)

    def _address(self, action: str, line: str | None) -> str:
        return f"{self.base}/new/{action}" + (f"?line={line}" if line else "")


def words(html: str) -> str:
    """The text of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" .", ".")


async def counter(context: Context, **members: Any) -> Counter:
    """The shop with one order."""
    here = replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "dunes"})

    async def unit(tx: Tx) -> None:
        await put_product(tx, product(SWEATERS))

    await here.db.write(unit)
    await import_order(here, neutral_order(document(**members)))
    (row,) = await rows(here, select(ORDER.c.ref).where(ORDER.c.number == "#2051"))
    shop = site(here)
    return Counter(shop, await signed_in(shop, MINE), row.ref)


@pytest.fixture
async def shop(any_context: Context) -> Counter:
    return await counter(any_context)


async def test_the_order_page_says_until_when_it_can_be_changed(shop: Counter) -> None:
    page = await shop.order_page()
    assert "Change or cancel something" in page
    await shop.wait(timedelta(days=40))
    assert "Change or cancel something" not in await shop.order_page()


async def test_everything_is_there_item_by_item(shop: Counter) -> None:
    page = (await shop.ada.ask(shop.base)).text
    assert "Bowl &lt;b&gt;" in page
    assert f"{shop.base}/new/swap?line=1" in page
    assert "line=gid%3A%2F%2Fbowl%2F2%3Fx%3D1" in page
    assert "For more items, please place a new order." in words(page)
    assert page.count("the shop is asked") >= 1  # the knife is made for one person


async def test_items_that_have_left_are_said_and_lead_nowhere(any_context: Context) -> None:
    sent = [
        {
            "id": "p",
            "lines": [{"line_id": "1", "quantity": 1}, {"line_id": "3", "quantity": 1}],
            "tracking": [{"number": "A1"}],
        }
    ]
    shop = await counter(any_context, parcels=sent)
    page = words((await shop.ada.ask(shop.base)).text)
    assert "1 of 2 sent" in page
    assert "A part of the order has been sent." in page


async def test_a_size_is_changed_seen_and_made(shop: Counter) -> None:
    form = (await shop.ada.ask(f"{shop.base}/new/swap?line=1")).text
    assert re.search(r'value="xs"[^>]*disabled', form)
    assert "+€5.00" in form
    edit = await shop.preview("swap", "1", variant="l", quantity="1")
    preview = words((await shop.ada.ask(edit)).text)
    assert "Is this right?" in preview
    assert "Nothing to pay, and nothing comes back." in preview
    answer = await shop.confirm(edit)
    assert answer.headers["location"] == f"/orders/{shop.ref}#change"
    page = await shop.order_page()
    assert "Your change is on its way to the shop" in page
    assert "You can take it back until" in page
    await shop.wait(timedelta(seconds=31))
    page = await shop.order_page()
    assert "Your order has been changed" in page
    lines = {row.options: row.current for row in await rows(shop.context, select(ORDER_LINE)) if row.title == "Sweater"}
    assert lines == {"M": 1, "L": 1}


async def test_what_was_taken_back_changes_nothing(shop: Counter) -> None:
    edit = await shop.preview("swap", "1", variant="l", quantity="2")
    await shop.confirm(edit)
    assert (await shop.ada.send(f"{edit}/undo", {})).status == 303
    await shop.wait(timedelta(minutes=5))
    assert "Your order has been changed" not in await shop.order_page()
    lines = {row.options: row.current for row in await rows(shop.context, select(ORDER_LINE)) if row.title == "Sweater"}
    assert lines == {"M": 2}


async def test_a_cancelled_item_comes_off_the_total_and_stays_struck_through(shop: Counter) -> None:
    edit = await shop.preview("cancel_line", quote("gid://bowl/2?x=1", safe=""), quantity="1")
    preview = words((await shop.ada.ask(edit)).text)
    assert "€140.90 €122.40" in preview
    assert "You get €18.50 back." in preview
    await shop.confirm(edit)
    await shop.wait(timedelta(seconds=31))
    page = (await shop.ada.ask(f"/orders/{shop.ref}")).text
    assert "<s>Bowl &lt;b&gt;</s>" in page
    assert "€122.40" in page


async def test_what_the_shop_decides_is_asked_of_it(shop: Counter) -> None:
    edit = await shop.preview("cancel_line", "3", quantity="1")
    assert "Ask the shop for this?" in (await shop.ada.ask(edit)).text
    await shop.confirm(edit)
    page = await shop.order_page()
    assert "The shop has your request" in page
    assert "Withdraw the request" in page


async def test_another_change_waits_for_the_first(shop: Counter) -> None:
    first = await shop.preview("swap", "1", variant="l", quantity="1")
    second = await shop.preview("instructions", text="Ring twice")
    await shop.confirm(first)
    answer = await shop.confirm(second)
    assert answer.status == 409
    assert "Another change is under way" in words(answer.text)
    assert (await shop.form("instructions", text="Ring")).status == 409


async def test_a_form_that_is_sent_twice_is_one_change(shop: Counter) -> None:
    key = "0123456789abcdef"
    first = await shop.preview("swap", "1", variant="l", quantity="1", key=key)
    assert await shop.preview("swap", "1", variant="l", quantity="1", key=key) == first
    await shop.confirm(first)
    assert (await shop.confirm(first)).status == 303
    assert len(await rows(shop.context, select(EDIT))) == 1


async def test_a_preview_that_is_too_old_is_said(shop: Counter) -> None:
    edit = await shop.preview("instructions", text="Ring twice")
    await shop.wait(timedelta(minutes=16))
    shop.ada = await signed_in(shop.site, MINE)
    assert "This preview is too old" in (await shop.ada.ask(edit)).text
    assert (await shop.confirm(edit)).status == 409


async def test_it_shipped_between_preview_and_confirmation(shop: Counter) -> None:
    edit = await shop.preview("swap", "1", variant="l", quantity="2")
    await shop.confirm(edit)
    sent = [{"id": "p", "lines": [{"line_id": "1", "quantity": 2}], "tracking": [{"number": "A1"}]}]
    later = (NOW + timedelta(seconds=5)).isoformat()
    await import_order(shop.context, neutral_order(document(parcels=sent, updated_at=later)))
    await shop.wait(timedelta(seconds=31))
    page = await shop.order_page()
    assert "Your order could not be changed" in page
    assert "Nothing was changed, and nothing was charged." in page


async def test_an_address_is_checked_and_shown_before_it_is_sent(shop: Counter) -> None:
    form = (await shop.ada.ask(f"{shop.base}/new/address")).text
    assert 'value="4 rue des Salines"' in form
    wrong = await shop.form("address", name="Ada Morvan", line1="", city="Vannes", country="FR")
    assert (wrong.status, "Fill this in." in wrong.text) == (422, True)
    edit = await shop.preview("address", name="Ada Morvan", line1="9 quai du Port", city="Vannes", country="FR")
    assert "9 quai du Port" in (await shop.ada.ask(edit)).text
    await shop.confirm(edit)
    assert "9 quai du Port" not in await shop.order_page()  # whoever has the link sees that page too


@pytest.mark.parametrize(
    ("action", "line", "fields"),
    [
        ("swap", "1", {"variant": "l", "quantity": "99"}),
        ("swap", "1", {"variant": "xs", "quantity": "1"}),
        ("swap", "1", {"variant": "nothing", "quantity": "1"}),
        ("quantity", "1", {"quantity": "2"}),
    ],
)
async def test_what_cannot_be_had_is_said(shop: Counter, action: str, line: str, fields: dict[str, str]) -> None:
    answer = await shop.form(action, line, **fields)
    assert answer.status == 409
    assert "That is not possible" in answer.text


@pytest.mark.parametrize("fields", [{}, {"variant": "l", "quantity": "x"}, {"variant": "l", "quantity": "0"}])
async def test_what_is_wrong_in_a_form_stands_beside_it(shop: Counter, fields: dict[str, str]) -> None:
    answer = await shop.form("swap", "1", **fields)
    assert answer.status == 422
    assert "Please look at this once more" in answer.text


@pytest.mark.parametrize("path", ["/new/eat", "/new/swap", "/new/swap?line=77", "/0123456789abcdef", "/x", "/new/add"])
async def test_what_there_is_not_is_not_there(shop: Counter, path: str) -> None:
    assert (await shop.ada.ask(shop.base + path)).status == 404


async def test_nothing_can_be_sent_along(shop: Counter) -> None:
    edit = await shop.preview("cancel_order", reason="fraud", fee="0", state="applied")
    await shop.confirm(edit)
    (row,) = await rows(shop.context, select(EDIT))
    assert row.state in ("pending", "requested")


async def test_whoever_proved_themselves_long_ago_does_it_again(shop: Counter) -> None:
    edit = await shop.preview("swap", "1", variant="l", quantity="1")

    async def unit(tx: Tx) -> None:
        await tx.run(update(SESSION).values(stepped_up_at=NOW - timedelta(hours=1)))

    await shop.context.db.write(unit)
    answer = await shop.confirm(edit)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in/again?back=")
    assert "Is this right?" in words((await shop.ada.ask(edit)).text)


async def test_a_link_leads_to_signing_in_first(shop: Counter) -> None:
    by_link = Visit(shop.site)
    (row,) = await rows(shop.context, select(ORDER.c.id))
    url = await make_link(shop.context, row.id)
    await by_link.go(url.removeprefix(shop.context.settings.base_url))
    answer = await by_link.ask(shop.base)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
    assert (await by_link.send(f"{shop.base}/new/cancel_order", {})).status == 303
    assert await rows(shop.context, select(EDIT)) == []


async def test_strangers_find_nothing(shop: Counter) -> None:
    edit = await shop.preview("swap", "1", variant="l", quantity="1")
    other = await signed_in(shop.site, "lou@mail.example")
    for path in (shop.base, f"{shop.base}/new/swap?line=1", edit):
        assert (await other.ask(path)).status == 404
    for path in (f"{shop.base}/new/swap?line=1", f"{edit}/confirm", f"{edit}/undo"):
        assert (await other.send(path, {"variant": "l", "quantity": "1"})).status == 404
    (row,) = await rows(shop.context, select(EDIT))
    assert row.state == "draft"


async def test_nobody_floods_the_shops_platform(shop: Counter) -> None:
    answers = [await shop.form("swap", "1", variant="l", quantity="x") for _ in range(61)]
    assert [answer.status for answer in answers][-2:] == [422, 429]
