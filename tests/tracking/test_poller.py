"""A round of asking a carrier: in batches, outside transactions, one failure harming nobody else."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select

import carriers
from carriers import Account, Answer, CarrierError, ErrorKind, Failed, Found, Milestone, NotFound, TrackRequest
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.errors import Unavailable
from portal.tracking import watching
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.poller import Poller
from portal.tracking.polling import asker, planning, shared
from portal.tracking.private import RAW_ANSWER
from tests.support.context import NOW, kinds, rows
from tests.support.parcels import SLUG, TOPIC, SnailMail, facts, registered, report, scan

BODY = b'{"status": "somewhere"}'


@dataclass(frozen=True, slots=True)
class Post:
    """A context that may ask snail mail, and snail mail."""

    context: Context
    mail: SnailMail
    poller: Poller


@pytest.fixture
def open_post(context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Post]:
    """Opens the post: `open_post(batch_size=…, reply=…, setting=…)`."""

    def open_(
        batch_size: int = 1, reply: Callable[[httpx2.Request], httpx2.Response] | None = None, **settings: object
    ) -> Post:
        mail = SnailMail(batch_size)
        monkeypatch.setattr(carriers, "get", {SLUG: mail}.__getitem__)
        transport = httpx2.MockTransport(reply or (lambda _: httpx2.Response(200, content=BODY)))
        context.clients._clients[SLUG] = httpx2.AsyncClient(transport=transport)
        changed = context.settings.model_copy(update=settings)
        account = Account(SLUG, {"key": "invented"})
        ready = replace(context, settings=changed, accounts={SLUG: account})
        return Post(ready, mail, Poller(ready))

    return open_


def moving(number: str) -> Found:
    """The carrier has the parcel."""
    return Found(number, report(number, scan(Milestone.IN_TRANSIT, 3)))


async def posted(post: Post, *numbers: str) -> None:
    """Have parcels with these numbers, due in this order."""
    for place, number in enumerate(numbers):
        given = facts(number, source=number, topic=f"order:{place}", postcode="69002", country="FR")
        await registered(post.context, given)


async def test_a_round_asks_in_the_carriers_batches_and_settles_each_answer(open_post: Callable[..., Post]) -> None:
    post = open_post(batch_size=2)
    await posted(post, "S1", "S2", "S3")
    post.mail.answers = {number: moving(number) for number in ("S1", "S2", "S3")}
    assert await post.poller.round(SLUG) == 3
    assert sorted(len(batch) for batch in post.mail.asked) == [1, 2]
    asked = {request for batch in post.mail.asked for request in batch}
    assert asked == {TrackRequest(number, postcode="69002", country="FR") for number in ("S1", "S2", "S3")}
    assert {row.milestone for row in await rows(post.context, select(SHIPMENT.c.milestone))} == {"in_transit"}
    assert await post.poller.round(SLUG) == 0
    assert len(post.mail.asked) == 2


async def test_an_account_is_asked_about_carriers_that_have_none_of_their_own(
    open_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "served_by", lambda slug, _: (slug, "chronopost"))
    post = open_post(batch_size=3)
    await registered(post.context, facts("S1", source="one"))
    await registered(post.context, facts("S2", source="two", carrier="chronopost"))
    await registered(post.context, facts("S3", source="three", carrier="ups"))
    assert await post.poller.round(SLUG) == 2
    assert [[request.number for request in batch] for batch in post.mail.asked] == [["S1", "S2"]]


async def test_no_more_is_claimed_than_can_be_asked_at_once(open_post: Callable[..., Post]) -> None:
    post = open_post(batch_size=2, poll_concurrency=2)
    await posted(post, *(f"S{number}" for number in range(5)))
    assert [await post.poller.round(SLUG) for _ in range(3)] == [4, 1, 0]


async def test_one_account_may_ask_for_several_carriers_within_its_limit(
    open_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "served_by", lambda slug, _: (slug, "tortoise"))
    post = open_post(batch_size=2, poll_concurrency=1)
    for number, carrier in enumerate([SLUG, "tortoise", "hare", "tortoise"]):
        await registered(post.context, facts(f"S{number}", source=str(number), carrier=carrier))
    assert [await post.poller.round(SLUG) for _ in range(3)] == [2, 1, 0]
    assert sorted(request.number for batch in post.mail.asked for request in batch) == ["S0", "S1", "S3"]


async def test_one_failure_in_a_batch_harms_no_other(
    open_post: Callable[..., Post], caplog: pytest.LogCaptureFixture
) -> None:
    post = open_post(batch_size=3)
    await posted(post, "S1", "S2", "S3")
    refused = CarrierError(ErrorKind.SERVER, "no")
    post.mail.answers = {
        "S1": moving("S1"),
        "S2": Failed("S2", refused),
        "S3": NotFound("S3", CarrierError(ErrorKind.NOT_FOUND, "not yet")),
    }
    await post.poller.round(SLUG)
    found = await rows(post.context, select(SHIPMENT.c.number, SHIPMENT.c.milestone, TRACKER.c.failures).join(TRACKER))
    assert {tuple(row) for row in found} == {
        ("S1", "in_transit", 0),
        ("S2", "handed_over", 1),
        ("S3", "handed_over", 0),
    }
    assert "snail_mail: server" in caplog.text
    assert "S2" not in caplog.text


@pytest.mark.parametrize("mistake", [KeyError("event"), RecursionError()], ids=["an error", "another"])
async def test_an_adapters_mistake_is_a_failure_of_its_carrier(
    open_post: Callable[..., Post], caplog: pytest.LogCaptureFixture, mistake: Exception
) -> None:
    post = open_post()
    await posted(post, "S1", "S2")
    post.mail.answers = {"S1": mistake, "S2": moving("S2")}
    await post.poller.round(SLUG)
    found = await rows(post.context, select(SHIPMENT.c.number, TRACKER.c.problem).join(TRACKER))
    assert {tuple(row) for row in found} == {("S1", "server"), ("S2", None)}
    assert "the adapter snail_mail failed" in caplog.text


async def test_an_answer_that_does_not_come_in_time_is_a_failure(
    open_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(*_: object) -> list[Answer]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(asker, "DEADLINE_S", 0.01)
    post = open_post()
    monkeypatch.setattr(post.mail, "track", never)
    await posted(post, "S1")
    await post.poller.round(SLUG)
    (tracker,) = await rows(post.context, select(TRACKER))
    assert (tracker.failures, tracker.problem) == (1, "server")
    assert [record.message for record in caplog.records] == ["snail_mail: server for 1 parcels"]


async def test_the_raw_answer_is_kept_with_news_only(open_post: Callable[..., Post], clock: ManualClock) -> None:
    post = open_post(reply=lambda _: httpx2.Response(207, content=BODY))
    await posted(post, "S1")
    post.mail.answers = {"S1": moving("S1")}
    await post.poller.round(SLUG)
    clock.advance(timedelta(hours=5))
    await post.poller.round(SLUG)
    assert len(post.mail.asked) == 2
    (raw,) = await rows(post.context, select(RAW_ANSWER))
    assert (zlib.decompress(raw.body), raw.http_status, raw.carrier, raw.at) == (BODY, 207, SLUG, NOW)


async def test_no_raw_answer_is_kept_where_the_shop_wants_none(open_post: Callable[..., Post]) -> None:
    post = open_post(raw_days=0)
    await posted(post, "S1")
    post.mail.answers = {"S1": moving("S1")}
    await post.poller.round(SLUG)
    assert await kinds(post.context) == ["shipment.changed"]
    assert await rows(post.context, select(RAW_ANSWER)) == []


RESTS = [
    (ErrorKind.RATE_LIMITED, 7200.0, timedelta(hours=2)),
    (ErrorKind.RATE_LIMITED, None, timedelta(seconds=30)),  # give or take a fifth
    (ErrorKind.AUTH, None, timedelta(minutes=10)),
    (ErrorKind.SERVER, None, timedelta(0)),
]


@pytest.mark.parametrize(("kind", "retry_after", "rest"), RESTS)
async def test_an_account_that_was_refused_rests_and_its_other_parcels_with_it(
    open_post: Callable[..., Post], clock: ManualClock, kind: ErrorKind, retry_after: float | None, rest: timedelta
) -> None:
    post = open_post(poll_concurrency=1)
    await posted(post, "S1", "S2")
    post.mail.answers = {name: Failed(name, CarrierError(kind, "no", retry_after=retry_after)) for name in ("S1", "S2")}
    assert await post.poller.round(SLUG) == 1
    if rest:
        early = late = rest / 5 if (kind, retry_after) == (ErrorKind.RATE_LIMITED, None) else timedelta(0)
        clock.advance(rest - early - timedelta(seconds=1))
        assert await post.poller.round(SLUG) == 0
        clock.advance(timedelta(seconds=1) + early + late)
    assert await post.poller.round(SLUG) == 1


async def test_the_longest_rest_that_was_asked_for_counts(open_post: Callable[..., Post], clock: ManualClock) -> None:
    post = open_post(batch_size=3, poll_concurrency=1)
    await posted(post, "S1", "S2", "S3", "S4")
    for name, seconds in (("S1", 60), ("S2", 600), ("S3", 6)):
        post.mail.answers[name] = Failed(name, CarrierError(ErrorKind.RATE_LIMITED, "no", retry_after=seconds))
    assert await post.poller.round(SLUG) == 3
    clock.advance(timedelta(seconds=599))
    assert await post.poller.round(SLUG) == 0


async def test_the_shops_spelling_of_a_carrier_names_its_service(open_post: Callable[..., Post]) -> None:
    post = open_post()
    await registered(post.context, facts(carrier_label="DHL Paket"))
    await post.poller.round(SLUG)
    assert post.mail.asked == [[TrackRequest("S1", service="parcel-de")]]


async def test_asking_goes_on_whatever_a_round_meets(
    open_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post = open_post()
    met: list[Exception] = [Unavailable("database: away"), RuntimeError("odd")]
    done = asyncio.Event()

    async def look(*_: object) -> None:
        if not met:
            done.set()
            return
        raise met.pop(0)

    monkeypatch.setattr(asker, "IDLE_S", 0.0)
    monkeypatch.setattr(planning.Planner, "look", look)
    asking = asyncio.create_task(post.poller.run())
    await asyncio.wait_for(done.wait(), 5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ("jalon.poller", logging.WARNING, "cannot poll snail_mail: database: away") in caplog.record_tuples
    assert "a round of polling snail_mail failed" in caplog.text


async def test_open_pages_are_noted(open_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch) -> None:
    post = open_post()
    await posted(post, "S1")
    noted = asyncio.Event()
    looks = [[], [TOPIC, "order:0"]]

    def topics() -> list[str]:
        if not looks:
            noted.set()
            return []
        return looks.pop(0)

    monkeypatch.setattr(watching, "_EVERY_S", 0.0)
    watch = asyncio.create_task(watching.keep_watching(post.context, topics))
    await asyncio.wait_for(noted.wait(), 5)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch
    (tracker,) = await rows(post.context, select(TRACKER))
    assert tracker.watched_until is not None
