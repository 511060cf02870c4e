"""News: everything that happened is told to every address once it listens, signed, without a word about a person."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.api import hooks, outgoing
from portal.api.models import OUT_HOOK, OUT_NEWS
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.orders.sync import import_order
from portal.platforms.neutral import neutral_order
from portal.worker import run_due
from tests.api.conftest import Caller, order, said
from tests.support.context import rows
from tests.support.receiver import Receiver, receiving


@dataclass
class Programs:
    """An installation that may tell programs on this machine, and one that listens."""

    context: Context
    receiver: Receiver
    secret: str = ""
    seen: list[str] = field(default_factory=list)

    async def go_on(self) -> None:
        """What the worker does when something happened."""
        while await outgoing.plan(self.context):
            pass
        while await run_due(self.context):
            pass

    async def change(self, version: int) -> None:
        """Something new of the order."""
        document = order(version=version, updated_at=None, shop_note=f"Telling {version}")
        await import_order(self.context, neutral_order(document))


@pytest.fixture
async def programs(shop: Context) -> AsyncIterator[Programs]:
    context = replace(shop, settings=shop.settings.model_copy(update={"api_hooks_private": True}))
    async with receiving() as receiver:
        found = Programs(context, receiver)
        _, found.secret = await hooks.make_hook(context, receiver.url, ["order.changed"])
        yield found


def wait(context: Context, time: timedelta) -> None:
    """Let time pass."""
    assert isinstance(context.clock, ManualClock)
    context.clock.advance(time)


async def test_what_happened_is_told_and_proven(programs: Programs) -> None:
    await programs.change(1)
    await programs.go_on()
    (told,) = programs.receiver.took
    news = json.loads(told.body)
    assert (news["type"], sorted(news["data"])) == ("order.changed", ["event", "order"])
    signed = f"{told.headers['webhook-id']}.{told.headers['webhook-timestamp']}.".encode() + told.body
    key = base64.b64decode(programs.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert told.headers["webhook-signature"] == f"v1,{expected}"


async def test_no_word_about_a_person_goes_out(programs: Programs) -> None:
    await programs.change(1)
    await programs.go_on()
    (told,) = programs.receiver.took
    assert not [word for word in (b"ines", b"1001", b"Telling", b"Mug") if word in told.body]


async def test_each_thing_is_told_once_however_often_it_is_planned(programs: Programs) -> None:
    await programs.change(1)
    await programs.go_on()
    await programs.go_on()
    await programs.change(2)
    await programs.go_on()
    assert len({told.headers["webhook-id"] for told in programs.receiver.took}) == len(programs.receiver.took) == 2


async def test_whoever_does_not_answer_is_asked_again_and_then_knows_everything(programs: Programs) -> None:
    programs.receiver.status = 500
    for version in (1, 2):
        await programs.change(version)
        await programs.go_on()
    (hook,) = await rows(programs.context, select(OUT_HOOK))
    assert hook.failing_since is not None
    programs.receiver.status = 204
    wait(programs.context, timedelta(minutes=2))
    await programs.go_on()
    assert len({told.headers["webhook-id"] for told in programs.receiver.took}) == 2
    assert [row.problem for row in await rows(programs.context, select(OUT_NEWS)) if row.told_at is None] == []
    (hook,) = await rows(programs.context, select(OUT_HOOK))
    assert hook.failing_since is None


async def test_whoever_never_answers_is_told_no_more_one_day(programs: Programs) -> None:
    programs.receiver.status = 500
    await programs.change(1)
    for _ in range(40):
        await programs.go_on()
        wait(programs.context, timedelta(hours=6))
    await programs.change(2)
    await programs.go_on()
    wait(programs.context, timedelta(hours=6))
    await programs.go_on()
    (hook,) = await rows(programs.context, select(OUT_HOOK))
    assert hook.stopped_at is not None
    asked = len(programs.receiver.took)
    await programs.change(3)
    await programs.go_on()
    assert len(programs.receiver.took) == asked


async def test_news_begin_when_the_address_is_made(programs: Programs) -> None:
    await programs.change(1)
    await programs.go_on()
    async with receiving() as second:
        await hooks.make_hook(programs.context, second.url, [])
        await programs.change(2)
        await programs.go_on()
        assert len(second.took) == 1


async def test_an_address_that_was_ended_is_told_nothing(programs: Programs) -> None:
    (hook,) = await rows(programs.context, select(OUT_HOOK))
    assert await hooks.end_hook(programs.context, hook.id)
    await programs.change(1)
    await programs.go_on()
    assert programs.receiver.took == []


async def test_a_lost_key_reaches_nothing_behind_the_wall(shop: Context) -> None:
    async with receiving() as receiver:
        programs = Programs(shop, receiver)
        await hooks.make_hook(shop, receiver.url, [])
        await programs.change(1)
        await programs.go_on()
        assert receiver.took == []
        assert {row.problem for row in await rows(shop, select(OUT_NEWS))} == {"private_address"}


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example/news",
        "ftp://erp.example",
        "https://",
        "https://me:secret@erp.example/",
        "https://erp.example/#x",
        f"https://erp.example/{'x' * 500}",
        "https://[::1",
        "//erp.example",
    ],
)
async def test_news_go_to_proper_addresses_alone(shop: Context, url: str) -> None:
    with pytest.raises(hooks.BadHook):
        await hooks.make_hook(shop, url, [])


async def test_a_program_makes_lists_and_ends_its_address(caller: Caller) -> None:
    made = said(await caller.ask("/hooks", "POST", {"url": "https://erp.example/news", "kinds": ["edit.changed"]}))
    assert made["secret"].startswith("whsec_")
    (shown,) = said(await caller.ask("/hooks"))["hooks"]
    assert (shown["url"], shown["kinds"]) == ("https://erp.example/news", ["edit.changed"])
    assert made["secret"] not in str(shown)
    assert (await caller.ask(f"/hooks/{made['id']}", "DELETE")).status == 204
    assert said(await caller.ask("/hooks"))["hooks"] == []
    wrong = await caller.ask("/hooks", "POST", {"url": "https://erp.example/news", "kinds": ["order.eaten"]})
    assert "there are no news called order.eaten" in said(wrong)["detail"]


async def test_what_is_long_past_is_forgotten(programs: Programs) -> None:
    await programs.change(1)
    await programs.go_on()
    wait(programs.context, outgoing.KEPT + timedelta(hours=1))
    await programs.context.db.write(lambda tx: outgoing.forget(tx, programs.context.clock.now()))
    assert await rows(programs.context, select(OUT_NEWS)) == []
