"""A reply that is the last one again, byte for byte, is not read again; whatever differs is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from carriers import Account
from carriers.core import repeating
from carriers.ups.adapter import Ups
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.models import CHECKPOINT, TRACKER
from portal.tracking.poller import Poller
from tests.benchmarks.carrier_server import body_of
from tests.support.context import rows
from tests.support.parcels import facts, registered

NUMBER = "1Z0000000000000000"


class Post:
    """UPS, as far as one parcel goes: what it answers, what was asked, and what was read of it."""

    def __init__(self, context: Context, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.body, self.asked, self.read, self._clock = body_of(NUMBER, 0), 0, 0, clock
        self.context = replace(context, accounts={"ups": Account("ups", {"client_id": "a", "client_secret": "b"})})
        self.context.clients._clients["ups"] = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        parse = Ups.parse

        def counted(adapter: Ups, *args: Any, **kwargs: Any) -> Any:
            self.read += 1
            return parse(adapter, *args, **kwargs)

        monkeypatch.setattr(Ups, "parse", counted)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(200, json={"access_token": "invented", "expires_in": "14399"})
        self.asked += 1
        return httpx2.Response(200, content=self.body)

    async def ask(self) -> tuple[int, int]:
        """A day later, ask; how often it was asked and read since the last time."""
        self.asked = self.read = 0
        self._clock.advance(timedelta(days=1))
        await Poller(self.context).round("ups")
        return self.asked, self.read

    async def forget(self) -> None:
        """What the shop says has changed: the last report is to be looked at again."""

        async def unit(tx: Tx) -> None:
            await tx.run(update(TRACKER).values(digest=None))

        await self.context.db.write(unit)


@pytest.fixture
async def post(any_context: Context, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Post:
    """One parcel that UPS has."""
    opened = Post(any_context, clock, monkeypatch)
    await registered(opened.context, facts(NUMBER, carrier="ups"))
    return opened


async def test_the_same_reply_is_taken_note_of_and_not_read(post: Post, clock: ManualClock) -> None:
    assert await post.ask() == (1, 1)
    scans = len(await rows(post.context, select(CHECKPOINT)))
    assert await post.ask() == (1, 0)
    (tracker,) = await rows(post.context, select(TRACKER))
    assert (tracker.asked_at, tracker.answered_at, tracker.failures) == (clock.now(), clock.now(), 0)
    assert tracker.next_poll_at > clock.now()
    post.body = body_of(NUMBER, 5)  # a scan more
    assert await post.ask() == (1, 1)
    assert len(await rows(post.context, select(CHECKPOINT))) == scans + 1
    assert await post.ask() == (1, 0)


async def test_it_is_read_again_for_the_shop_for_new_hints_and_for_mended_code(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.ask()
    await post.forget()
    assert await post.ask() == (1, 1)
    assert await post.ask() == (1, 0)
    await registered(post.context, facts(NUMBER, carrier="ups", postcode="69002"))
    assert await post.ask() == (1, 1)
    monkeypatch.setattr(repeating, "_code", lambda: "mended")
    assert await post.ask() == (1, 1)
    assert await post.ask() == (1, 0)


async def test_a_failure_between_does_not_make_it_forgotten(post: Post) -> None:
    await post.ask()
    body, post.body = post.body, b"<html>"
    assert await post.ask() == (1, 1)
    post.body = body
    assert await post.ask() == (1, 0)
    (tracker,) = await rows(post.context, select(TRACKER))
    assert (tracker.failures, tracker.problem) == (0, None)
