"""The order in the words of schema.org: for its owner's programs, and without a person in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.orders.links import make_link
from portal.orders.models import ORDER
from portal.orders.structured import structured
from portal.orders.sync import import_order
from tests.orders.sample_parts import ORDER as SAMPLE
from tests.orders.sample_views import STORIES
from tests.support.context import order, parcel, rows
from tests.support.visit import Visit
from tests.support.web import site

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def test_an_order_under_way() -> None:
    said = structured(SAMPLE)
    assert (said["@context"], said["@type"], said["orderNumber"]) == ("https://schema.org", "Order", "#1042")
    assert said["orderStatus"] == "https://schema.org/OrderInTransit"
    (sent,) = said["orderDelivery"]
    assert (sent["@type"], sent["trackingNumber"], sent["provider"]["name"]) == (
        "ParcelDelivery",
        "6A12345678901",
        "Colissimo",
    )
    assert (sent["expectedArrivalFrom"], sent["expectedArrivalUntil"]) == ("2026-11-25T09:00:00", "2026-11-25T13:00:00")
    assert [item["orderedItem"]["name"] for item in said["orderedItem"]] == [
        "Linen apron, Sage, size M",
        "Stoneware bowl",
    ]


@pytest.mark.parametrize("story", STORIES)
def test_every_story_can_be_said_so(story: str) -> None:
    said = structured(STORIES[story]())
    assert said["orderStatus"].startswith("https://schema.org/Order")
    assert "null" not in json.dumps(said)


async def test_it_is_on_the_owners_page_and_ends_no_script(context: Context) -> None:
    nasty = "</script><script>alert(1)</script><!--"
    await import_order(
        context,
        order(
            contact={"email": "anna@example.com"},
            lines=[{"id": "mug", "title": nasty, "quantity": 1}],
            parcels=[parcel("p", "6A12345678901", {"mug": 1}, estimated_at="2026-11-24T09:00:00Z")],
        ),
    )
    link = (await make_link(context, 1)).removeprefix(context.settings.base_url)
    (row,) = await rows(context, select(ORDER.c.ref))
    visit = Visit(site(context))
    page = (await visit.go(link)).text
    (block,) = BLOCK.findall(page)
    assert json.loads(block)["orderedItem"][0]["orderedItem"]["name"] == nasty
    assert "alert(1)</script>" not in page
    assert "anna@example.com" not in block
    assert BLOCK.findall((await visit.site.ask(link)).text) == []  # at the secret address for programs there is none
    assert f'href="/orders/{row.ref}/sharing"' in page
    assert f'href="/orders/{row.ref}/parcels"' in page
    calendar = await visit.go(f"/orders/{row.ref}/arrival.ics")
    assert (calendar.status, calendar.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert "DTSTART;VALUE=DATE:20261124" in calendar.text
    assert nasty not in calendar.text
    assert (await Visit(site(context)).go(f"/orders/{row.ref}/arrival.ics")).status == 404


def test_what_was_not_sent_has_no_delivery() -> None:
    assert "orderDelivery" not in structured(replace(SAMPLE, parcels=()))
