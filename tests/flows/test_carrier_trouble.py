"""A carrier that answers wrongly, late or not at all: the page keeps what it knew, says since when, and recovers."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from portal.context import Context
from portal.orders.sync import import_order
from tests.flows.journeys import own_story
from tests.flows.parcels import LABELS, number_of, said, shipped
from tests.support.carrier import CarrierServer, Reply
from tests.support.clock import FileClock
from tests.support.command import link_to
from tests.support.context import order, parcel
from tests.support.server import Installation, Process
from tests.support.server_wire import Stream, ask, stream
from tests.support.until import settled, until

pytestmark = pytest.mark.slow

NUMBER = number_of(1)
HTML = Reply(b"<!doctype html><title>Sorry</title><p>Come back later.", 200, media_type="text/html")
_numbers = count(1)
TROUBLE = {
    "a page instead of data": HTML,
    "an error": Reply(b'{"code": "oops"}', 500),
    "a gateway's error page": Reply(b"<html>Bad gateway</html>", 502, media_type="text/html"),
    "half an answer": Reply(b'{"returnCode": 200, "shipment": {"idShip": "6A00000000001", "event": []}}', half=True),
    "data of another kind": Reply(b'[1, "two", null]'),
    "nothing": Reply(b"", 200),
    "too much": Reply(b'{"returnCode": 200, "filler": "' + b"x" * 3_000_000 + b'"}'),
    "no access": Reply(b'{"code": "UNAUTHORIZED", "message": "no"}', 401),
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The carrier's trouble does not depend on the database."""
    return sqlite_url


async def test_the_page_keeps_what_it_knew_and_says_since_when(
    installation: Installation, carrier: CarrierServer, subtests: pytest.Subtests
) -> None:
    async with installation.context() as context:
        path = await shipped(context)
        carrier.play(NUMBER, said(context, 1, 2))
        web = installation.web()
        async with stream(web, f"{path}/events?after=0&lang=en") as live:
            await shows(live, LABELS[1])
            for name, trouble in TROUBLE.items():
                with subtests.test(name):
                    await one_trouble(context, carrier, web, live, trouble)
            carrier.play(NUMBER, said(context, 1, 3))
            installation.clock.advance(hours=5)
            assert LABELS[0] in await shows(live, LABELS[2])


async def one_trouble(context: Context, carrier: CarrierServer, web: Process, live: Stream, trouble: Reply) -> None:
    """It goes wrong twice, then right again with nothing new."""
    right, clock = carrier.reply(NUMBER), context.clock
    assert isinstance(clock, FileClock)
    carrier.play(NUMBER, trouble)
    since = f"since {clock.advance(hours=5).astimezone(ZoneInfo('Europe/Paris')):%H:%M}"
    text = await shows(live, since)
    assert LABELS[0] in text
    assert LABELS[1] in text
    clock.advance(hours=2)
    await settled(context, NUMBER)
    carrier.play(NUMBER, right)
    clock.advance(hours=3)
    text = await shows(live, LABELS[1])
    assert "not been able to reach" not in text


async def test_a_pause_that_the_carrier_asks_for_is_kept(installation: Installation, carrier: CarrierServer) -> None:
    clock = installation.clock
    async with installation.context() as context:
        await shipped(context)
        carrier.play(NUMBER, Reply(b'{"code": "TOO_MANY_REQUESTS"}', 429, {"retry-after": "5400"}))
        installation.web()
        await settled(context, NUMBER)
        await shipped(context, 2)  # the account's other parcels wait as well
        for minutes in (10, 45, 34):  # 89 minutes: each would do for an ordinary retry
            clock.advance(minutes=minutes)
            await rounds_pass(context, carrier)
            assert (carrier.count(NUMBER), carrier.count(number_of(2))) == (1, 0)
        for index in (1, 2):
            carrier.play(number_of(index), said(context, index, 2))
        clock.advance(minutes=2)
        await settled(context, NUMBER, number_of(2))
        first, second = (asked.at for asked in carrier.asked if asked.number == NUMBER)
        assert second - first >= timedelta(seconds=5400)


async def test_a_carrier_that_hangs_holds_up_no_other_and_is_given_up_in_time(
    installation: Installation, carrier: CarrierServer
) -> None:
    clock = installation.clock
    ups = own_story().journeys[2]
    async with installation.context() as context:
        path = await shipped(context)
        tracking = [{"carrier_raw": "UPS", "number": ups.number}]
        await import_order(
            context, order(number="#2001", parcels=[parcel("p", None, {"mug": 1}) | {"tracking": tracking}])
        )
        other = await link_to(context, "2001")
        carrier.play(NUMBER, said(context, 1, 2))
        web = installation.web()
        async with stream(web, f"{path}/events?after=0&lang=en") as live:
            await shows(live, LABELS[1])
            carrier.play(NUMBER, Reply(hang=True))
            carrier.play(ups.number, ups.last)
            failed_at = clock.advance(hours=5)
            await until(lambda: carrier.waiting() == 1)
            async with stream(web, f"{other}/events?after=0&lang=en") as unhindered:
                await shows(unhindered, "Delivered")
            assert carrier.waiting() == 1
            text = await shows(live, f"since {failed_at.astimezone(ZoneInfo('Europe/Paris')):%H:%M}", within=40)
            assert LABELS[1] in text


async def rounds_pass(context: Context, carrier: CarrierServer) -> None:
    """Wait for two rounds of another account's poller: all accounts look equally often for what is due."""
    for _ in range(2):
        number = f"1Z{next(_numbers):016}"
        carrier.play(number, own_story().journeys[2].last)  # a carrier that never says anything is left alone
        tracking = [{"carrier_raw": "UPS", "number": number}]
        await import_order(context, order(number=number, parcels=[parcel("p", None, {}) | {"tracking": tracking}]))
        await settled(context, number)


async def shows(live: Stream, text: str, within: float = 60) -> str:
    """The text of the next fragment that has `text` in it."""
    while True:
        event = await live.event(within)
        assert event is not None, "the stream ended"
        if text in (plain := words(event.data)):
            return plain


async def page(web: Process, path: str) -> str:
    """What the page says, in English."""
    answer = await ask(web, f"{path}?lang=en")
    assert answer.status == 200
    return words(answer.body.decode())


def words(markup: str) -> str:
    """The text in some HTML, white space as one blank."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
