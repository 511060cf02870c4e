"""Carriers push: what is taken, what is not, and what customers then see."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from carriers import Account
from carriers.core.pushing import OLD_SECRET, SECRET as SECRET_NAME
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.errors import Unavailable
from portal.kit.jobs import HURRY, JOB, claim
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import PUSH_INBOX, RAW_ANSWER
from portal.tracking.pushes import LARGEST
from portal.worker import run_due
from tests.support.context import NOW, kinds, order, rows
from tests.support.pushes import SECRET, SIGN, SIGNED, STAMPED, pushed
from tests.support.web import Answer, Site, site

CARRIER = "198.51.100.9"
NUMBER = "1Z12345E0205271688"
OUT = "Your parcel: Out for delivery"
NAMES = {
    "aftership": "AfterShip",
    "demo": "Pigeon Vole",
    "easypost": "EasyPost",
    "fedex": "FedEx",
    "seventeentrack": "17TRACK",
    "ship24": "Ship24",
    "ups": "UPS",
    "usps": "USPS",
}


def account(slug: str, **more: str) -> Account:
    """An account that takes pushes signed with SECRET."""
    own = {"token": SECRET} if slug == "seventeentrack" else {"api_key": "an invented key", SECRET_NAME: SECRET}
    return Account(slug, {**own, **more}, "http://127.0.0.1:9")


@dataclass(frozen=True, slots=True)
class Hook:
    """A site that takes pushes, and the carriers' side."""

    site: Site

    async def push(self, slug: str, body: bytes, client: str = CARRIER, **headers: str) -> Answer:
        """Send bytes with these headers."""
        given = {name.replace("-", "_"): value for name, value in headers.items()}
        length = {"content_length": str(len(body))} | given
        return await self.site.ask(f"/hooks/carriers/{slug}", "POST", client, body, **length)

    async def tell(self, slug: str, number: str = NUMBER, event: str = "e1") -> Answer:
        """Push, as the carrier would now, that a parcel is out for delivery."""
        now = self.site.context.clock.now()
        body = pushed(slug, number, now, event)
        return await self.push(slug, body, **SIGN[slug](body, SECRET, now))

    async def stored(self) -> int:
        """How many pushes are kept."""
        return int((await rows(self.site.context, select(func.count().label("n")).select_from(PUSH_INBOX)))[0].n)


def open_hook(context: Context, **settings: Any) -> Hook:
    """A site with an account at each carrier that pushes."""
    changed = context.settings.model_copy(update=settings)
    return Hook(site(replace(context, accounts={slug: account(slug) for slug in SIGN}, settings=changed)))


@pytest.fixture
async def hook(context: Context) -> Hook:
    """On SQLite."""
    return open_hook(context)


@pytest.fixture
async def any_hook(any_context: Context) -> Hook:
    """On SQLite, then on PostgreSQL."""
    return open_hook(any_context)


async def sold(hook: Hook, slug: str, number: str = NUMBER, order_number: str = "#1001") -> str:
    """An order with one parcel of that carrier; returns the path of its page."""
    tracking = [{"carrier_raw": NAMES[slug], "number": number}]
    one = {"id": "p", "created_at": "2026-11-19T08:00:00Z", "lines": [{"line_id": "mug", "quantity": 2}]}
    context = hook.site.context
    await import_order(context, order(number=order_number, parcels=[one | {"tracking": tracking}]))
    number_of = await rows(context, select(func.count().label("n")).select_from(SHIPMENT))
    link = await make_link(context, number_of[0].n)
    return link.removeprefix(context.settings.base_url)


@pytest.mark.parametrize("slug", SIGN)
async def test_the_order_page_moves_after_a_push(any_hook: Hook, slug: str) -> None:
    page = await sold(any_hook, slug)
    before = await any_hook.site.ask(f"{page}?lang=en")
    assert OUT not in before.text
    assert (await any_hook.tell(slug)).status == 200
    assert await run_due(any_hook.site.context) == 1
    after = await any_hook.site.ask(f"{page}?lang=en")
    assert OUT in after.text
    assert (await kinds(any_hook.site.context, "order:1"))[-1] == "shipment.changed"


async def test_a_push_is_merged_by_the_fold_of_polls_and_asked_about_once(any_hook: Hook, clock: ManualClock) -> None:
    context = any_hook.site.context
    await sold(any_hook, "ups")

    async def later(tx: Any) -> None:
        await tx.run(TRACKER.update().values(next_poll_at=NOW + timedelta(hours=3), asked_at=NOW - timedelta(hours=1)))

    await context.db.write(later)
    await any_hook.tell("ups")
    await run_due(context)
    (tracker,) = await rows(context, select(TRACKER.c.next_poll_at, TRACKER.c.known, TRACKER.c.answered_at))
    assert (tracker.next_poll_at, tracker.known, tracker.answered_at) == (NOW, True, NOW)
    (shipment,) = await rows(context, select(SHIPMENT.c.milestone, SHIPMENT.c.last_scan_at))
    assert (shipment.milestone, shipment.last_scan_at) == ("out_for_delivery", NOW)
    (raw,) = await rows(context, select(RAW_ANSWER.c.carrier, RAW_ANSWER.c.pushed))
    assert (raw.carrier, raw.pushed) == ("ups", True)
    (kept,) = await rows(context, select(PUSH_INBOX.c.merged_at, PUSH_INBOX.c.body))
    assert (kept.merged_at, kept.body) == (NOW, b"")


async def test_a_thousand_at_once_are_one(any_hook: Hook) -> None:
    context = any_hook.site.context
    await sold(any_hook, "aftership")
    before = len(await kinds(context))
    answers = await asyncio.gather(*(any_hook.tell("aftership") for _ in range(1000)))
    assert {answer.status for answer in answers} == {200}
    assert await any_hook.stored() == 1
    assert [row.kind for row in await rows(context, select(JOB.c.kind))] == ["merge_push"]
    while await run_due(context):
        pass
    assert (await kinds(context))[before:] == [HURRY, "shipment.changed"]
    assert len(await rows(context, select(CHECKPOINT.c.id))) == 1


async def test_a_repetition_days_later_is_known(hook: Hook, clock: ManualClock) -> None:
    await sold(hook, "ups")
    body, merged = pushed("ups", NUMBER, NOW), []
    for _ in range(3):
        assert (await hook.push("ups", body, **SIGN["ups"](body, SECRET, NOW))).status == 200
        merged.append(await run_due(hook.site.context))
        clock.advance(timedelta(days=1, hours=12))
    assert merged == [1, 0, 0]
    assert await hook.stored() == 1
    assert (await kinds(hook.site.context)).count("shipment.changed") == 1


async def test_two_carriers_may_give_the_same_id_to_their_events(hook: Hook) -> None:
    for slug in ("aftership", "easypost"):
        assert (await hook.tell(slug, event="same")).status == 200
    assert await hook.stored() == 2


@pytest.mark.parametrize("slug", SIGN)
async def test_every_failure_of_proof_is_answered_alike(hook: Hook, slug: str) -> None:
    body = pushed(slug, NUMBER, NOW)
    right = SIGN[slug](body, SECRET, NOW)
    wrong = SIGN[slug](body, "another secret, just as long", NOW)
    tries = [(body, {}), (body, wrong), (body, dict.fromkeys(right, ""))]
    if slug in SIGNED:
        tries += [(body.replace(NUMBER.encode(), b"1Z12345E0205271689"), right)]
    if slug in SIGNED and slug != "usps":
        tries += [(json.dumps(json.loads(body)).encode(), right), (body + b" ", right)]
    if slug in STAMPED:
        for at in (NOW - timedelta(days=4), NOW + timedelta(minutes=6)):
            stamped = pushed(slug, NUMBER, at)
            tries.append((stamped, SIGN[slug](stamped, SECRET, at)))
    answers = [await hook.push(slug, sent, **headers) for sent, headers in tries]
    assert {(answer.status, answer.body) for answer in answers} == {(401, b"")}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert await hook.stored() == 0


async def test_one_carriers_secret_opens_no_other_hook(hook: Hook) -> None:
    accounts = dict(hook.site.context.accounts)
    accounts["easypost"] = account("easypost", **{SECRET_NAME: "the other carrier's own secret"})
    apart = Hook(site(replace(hook.site.context, accounts=accounts)))
    body = pushed("aftership", NUMBER, NOW)
    for headers in (SIGN["aftership"](body, SECRET, NOW), SIGN["easypost"](body, SECRET, NOW)):
        assert (await apart.push("easypost", body, **headers)).status == 401


async def test_while_a_secret_is_changed_both_are_taken(hook: Hook) -> None:
    changing = account("ups", **{SECRET_NAME: "a new secret, long enough", OLD_SECRET: SECRET})
    changed = Hook(site(replace(hook.site.context, accounts={"ups": changing})))
    statuses = []
    for event, secret in (("a", SECRET), ("b", "a new secret, long enough"), ("c", "neither of the two")):
        body = pushed("ups", NUMBER, NOW, event)
        statuses.append((await changed.push("ups", body, **SIGN["ups"](body, secret, NOW))).status)
    assert statuses == [200, 200, 401]


async def test_there_is_no_hook_where_nothing_is_set_up(hook: Hook) -> None:
    accounts = {
        "ups": Account("ups", {"client_id": "x", "client_secret": SECRET}),
        "laposte": Account("laposte", {"api_key": SECRET}),
        "shipengine": Account("shipengine", {"api_key": SECRET}),
    }
    bare = Hook(site(replace(hook.site.context, accounts=accounts)))
    body = pushed("ups", NUMBER, NOW)
    headers = SIGN["ups"](body, SECRET, NOW)
    answers = [await bare.push(slug, body, **headers) for slug in ("ups", "laposte", "shipengine", "fedex", "nobody")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert answers[0].body == (await bare.site.ask("/nothing/here")).body
    assert await bare.stored() == 0


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
async def test_too_much_is_turned_down(hook: Hook, announced: bool) -> None:
    body = b" " * (LARGEST + 1)
    headers = SIGN["ups"](body, SECRET, NOW)
    length = {} if announced else {"content_length": "0"}
    assert (await hook.push("ups", body, **headers, **length)).status == 413
    assert (await hook.push("ups", body[:-1], **SIGN["ups"](body[:-1], SECRET, NOW))).status == 200
    assert await hook.stored() == 1


async def test_a_parcel_that_nobody_follows_changes_nothing_and_nothing_is_kept_of_it(any_hook: Hook) -> None:
    context = any_hook.site.context
    await sold(any_hook, "ups")
    before = await kinds(context)
    assert (await any_hook.tell("ups", "1Z99999E0205271688")).status == 200
    assert (await any_hook.tell("fedex", NUMBER)).status == 200  # another carrier's parcel, by its number
    while await run_due(context):
        pass
    assert await kinds(context) == [*before, HURRY, HURRY]
    assert await rows(context, select(JOB.c.id)) == []
    assert {row.body for row in await rows(context, select(PUSH_INBOX.c.body))} == {b""}
    assert await rows(context, select(RAW_ANSWER.c.id)) == []


async def test_genuine_but_unreadable_is_kept_to_be_looked_at(hook: Hook) -> None:
    body = b"{}"
    assert (await hook.push("easypost", body, **SIGN["easypost"](body, SECRET, NOW))).status == 200
    await run_due(hook.site.context)
    (kept,) = await rows(hook.site.context, select(PUSH_INBOX.c.problem, PUSH_INBOX.c.body))
    assert kept.problem == "unreadable"
    assert kept.body != b""
    assert await rows(hook.site.context, select(JOB.c.id)) == []


async def test_a_number_that_was_given_out_again_is_the_new_parcels(hook: Hook, clock: ManualClock) -> None:
    context = hook.site.context
    await sold(hook, "ups")

    async def ended(tx: Any) -> None:
        past = NOW - timedelta(days=60)
        await tx.run(SHIPMENT.update().values(finished_at=past, last_scan_at=past, milestone="delivered"))
        await tx.run(TRACKER.update().values(next_poll_at=None))

    await context.db.write(ended)
    await sold(hook, "ups", order_number="#1002")
    await hook.tell("ups")
    await run_due(context)
    found = await rows(context, select(SHIPMENT.c.milestone).order_by(SHIPMENT.c.id))
    assert [row.milestone for row in found] == ["delivered", "out_for_delivery"]


async def test_nothing_is_acknowledged_that_is_not_stored(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise Unavailable("database: gone")

    with monkeypatch.context() as patch:
        patch.setattr(type(hook.site.context.db), "write", away)
        answer = await hook.tell("ups")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert await hook.stored() == 0
    assert (await hook.tell("ups")).status == 200


async def test_what_was_stored_before_the_end_is_merged_by_whoever_comes_next(
    any_hook: Hook, clock: ManualClock
) -> None:
    context = any_hook.site.context
    await sold(any_hook, "ups")
    await any_hook.tell("ups")
    await run_half(context)
    clock.advance(timedelta(seconds=31))
    assert await run_due(context) == 1
    (shipment,) = await rows(context, select(SHIPMENT.c.milestone))
    assert shipment.milestone == "out_for_delivery"
    assert await rows(context, select(JOB.c.id)) == []


async def run_half(context: Context) -> None:
    """A worker takes the job and dies."""

    async def unit(tx: Any) -> int:
        return len(await claim(tx, context.clock.now(), 10))

    assert await context.db.write(unit) == 1


async def test_a_carriers_burst_is_counted_apart_from_customers(context: Context) -> None:
    narrow = open_hook(context, requests_per_minute=60)
    statuses = {(await narrow.tell("ups", event=f"{n}")).status for n in range(100)}
    assert statuses == {200}
    assert (await narrow.site.ask("/robots.txt", client=CARRIER)).status == 200
    strict = open_hook(context, hook_requests_per_minute=60)
    last = [(await strict.tell("ups", event=f"x{n}")) for n in range(62)][-1]
    assert (last.status, int(last.headers["retry-after"]) >= 1) == (429, True)


async def test_logs_hold_no_secret_and_no_number(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for slug in SIGN:
        await hook.tell(slug)
        await hook.push(slug, pushed(slug, NUMBER, NOW), credential="guess-guess-guess")
    while await run_due(hook.site.context):
        pass
    for hidden in (SECRET, NUMBER, "guess-guess", "On the van"):
        assert hidden not in caplog.text
