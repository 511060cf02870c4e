"""Answers read again after a mapping was mended: as if it had been right from the start, and nobody is told."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from carriers import Account, Milestone, Reason
from carriers.laposte.codes import EVENTS, Meaning
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER, UNKNOWN_CODE
from portal.tracking.poller import Poller
from portal.tracking.private import CHECKPOINT_PRIVATE, RAW_ANSWER, RAW_ANSWER_PARCEL, SHIPMENT_PRIVATE
from portal.tracking.replay import Replayed, how_many, parcels_to_replay, replay
from portal.tracking.retention import delete_raw_answers, forget_raw_answers
from portal.tracking.unknown import forget_known, unknown_codes
from tests.support.context import kinds, rows
from tests.support.parcels import facts, registered

FIRST, SECOND = "6A11111111111", "6A22222222222"
Say = Callable[..., None]


def shipment(number: str, *events: tuple[str, str], **members: Any) -> dict[str, Any]:
    """La Poste's item about a number: its events as (code, day and clock in November), newest first."""
    said = [
        {"code": code, "label": f"Mots de {code}", "date": f"2026-11-{at}:00+01:00"} for code, at in reversed(events)
    ]
    return {"returnCode": 200, "shipment": {"idShip": number, "holder": 4, "event": said, **members}}


class Post:
    """La Poste, which answers what it is told to, and the poller that asks it."""

    def __init__(self, context: Context, clock: ManualClock) -> None:
        self.items: list[dict[str, Any]] = []
        self.clock = clock
        transport = httpx2.MockTransport(lambda _: httpx2.Response(207, content=json.dumps(self.items).encode()))
        context.clients._clients["laposte"] = httpx2.AsyncClient(transport=transport)
        self.context = replace(context, accounts={"laposte": Account("laposte", {"api_key": "invented"})})

    async def says(self, *items: dict[str, Any]) -> None:
        """It is asked about all that is due, and answers this; then a day passes."""
        self.items = list(items)
        await Poller(self.context).round("laposte")
        self.clock.advance(timedelta(days=1))

    async def replay(self, shipment_id: int, *, write: bool = True) -> Replayed:
        now = self.clock.now()

        async def unit(tx: Tx) -> Replayed:
            return await replay(tx, now, shipment_id, write=write)

        return await self.context.db.write(unit)

    async def replay_all(self) -> list[Replayed]:
        async with self.context.db.read() as reader:
            ids = await parcels_to_replay(reader, "laposte", None, 0, 100)
        return [await self.replay(shipment_id) for shipment_id in ids]


@pytest.fixture
def post(any_context: Context, clock: ManualClock) -> Post:
    """A shop with La Poste's key."""
    return Post(any_context, clock)


@pytest.fixture
async def ids(any_context: Context) -> tuple[int, int]:
    """Two parcels of two orders."""
    sent = {"carrier": "laposte", "carrier_label": "Colissimo", "country": "FR", "postcode": "69002"}
    first = await registered(any_context, facts(FIRST, source="a", topic="order:1", **sent))
    return first, await registered(any_context, facts(SECOND, source="b", topic="order:2", **sent))


async def known(context: Context) -> dict[str, list[Any]]:
    """All that is known of all parcels, without ids and moments of writing."""
    scan, words = CHECKPOINT.c, CHECKPOINT_PRIVATE.c
    standing = [c for c in SHIPMENT.c if c.name not in ("id", "updated_at")]
    columns = [c for c in scan if c.name != "id"]
    return {
        "shipments": [tuple(r) for r in await rows(context, select(*standing).order_by(SHIPMENT.c.id))],
        "private": [tuple(r) for r in await rows(context, select(SHIPMENT_PRIVATE).order_by("shipment_id"))],
        "scans": sorted(
            tuple(map(repr, r)) for r in await rows(context, select(*columns, words.text).join(CHECKPOINT_PRIVATE))
        ),
    }


def journey() -> list[list[dict[str, Any]]]:
    """Three answers about both parcels: the second is delivered in the last, the first waits at a counter."""
    one, two = [("PC1", "16T10:00")], [("PC1", "16T11:00"), ("ET1", "17T02:00")]
    return [
        [shipment(FIRST, *one), shipment(SECOND, *two)],
        [shipment(FIRST, *one, ("MD2", "18T08:00")), shipment(SECOND, *two, estimDate="2026-11-20T00:00:00+01:00")],
        [
            shipment(
                FIRST, *one, ("MD2", "18T08:00"), ("AG1", "18T18:00"), contextData={"removalPoint": {"name": "LE PORT"}}
            ),
            shipment(SECOND, *two, ("DI1", "19T12:00"), deliveryDate="2026-11-19T12:00:00+01:00"),
        ],
    ]


async def test_with_the_same_tables_nothing_changes(post: Post, ids: tuple[int, int]) -> None:
    for items in journey():
        await post.says(*items)
    before, log = await known(post.context), await kinds(post.context)
    assert {done.changed for done in await post.replay_all()} == {False}
    assert (await known(post.context), await kinds(post.context)) == (before, log)


WRONG = {
    "a delivery that is none": ("MD2", Meaning(Milestone.DELIVERED)),
    "a delivery that was missed": ("DI1", Meaning(Milestone.IN_TRANSIT)),
    "a code that was missing": ("AG1", Meaning(Milestone.UNKNOWN)),
    "a reason that was wrong": ("PC1", Meaning(Milestone.EXCEPTION, Reason.CUSTOMS, delayed=True)),
}


@pytest.mark.parametrize(("code", "meaning"), WRONG.values(), ids=WRONG)
async def test_a_mended_mapping_gives_what_the_right_one_would_have_given(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch, code: str, meaning: Meaning
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setitem(EVENTS, code, meaning)
        for items in journey():
            await post.says(*items)
            await pending(post)
    log = await kinds(post.context)
    told = await known(post.context)
    done = await post.replay_all()
    assert any(one.changed for one in done)
    after = await known(post.context)
    assert after != told
    assert [row[SHIPMENT_MILESTONE] for row in after["shipments"]] == ["ready_for_pickup", "delivered"]
    new = (await kinds(post.context))[len(log) :]
    assert new == ["shipment.replayed"] * sum(one.changed for one in done)
    assert {one.changed for one in await post.replay_all()} == {False}
    assert await known(post.context) == after


SHIPMENT_MILESTONE = [c.name for c in SHIPMENT.c if c.name not in ("id", "updated_at")].index("milestone")


async def pending(post: Post) -> None:
    """Have every parcel asked about in the next round, also one that seems to have arrived."""

    async def unit(tx: Tx) -> None:
        await tx.run(update(TRACKER).values(next_poll_at=post.clock.now()))

    await post.context.db.write(unit)


async def test_a_dry_run_tells_and_changes_nothing(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setitem(EVENTS, "ET1", Meaning(Milestone.DELIVERED))
        await post.says(*journey()[0])
    before, log = await known(post.context), await kinds(post.context)
    done = await post.replay(ids[1], write=False)
    assert (done.before, done.after, done.rewritten) == (Milestone.DELIVERED, Milestone.IN_TRANSIT, 1)
    assert (await known(post.context), await kinds(post.context)) == (before, log)


async def test_a_parcel_that_has_not_arrived_after_all_is_asked_about_again(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stops(tx: Tx) -> None:
        await tx.run(update(TRACKER).values(next_poll_at=None))

    with monkeypatch.context() as wrong:
        wrong.setitem(EVENTS, "ET1", Meaning(Milestone.DELIVERED))
        await post.says(*journey()[0])
    await post.context.db.write(stops)
    await post.replay_all()
    asked = await rows(post.context, select(TRACKER.c.next_poll_at).order_by(TRACKER.c.shipment_id))
    assert asked[0].next_poll_at is None
    assert timedelta(0) <= asked[1].next_poll_at - post.clock.now() <= timedelta(minutes=30)


async def test_a_scan_that_reads_as_another_one_takes_its_place(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr("carriers.laposte.adapter.time", lambda _: None)
        await post.says(*journey()[0])
    (undated,) = await rows(post.context, select(CHECKPOINT.c.wall).where(CHECKPOINT.c.shipment_id == ids[0]))
    assert undated.wall is None
    done = await post.replay(ids[0])
    assert (done.added, done.removed) == (1, 1)
    (dated,) = await rows(post.context, select(CHECKPOINT).where(CHECKPOINT.c.shipment_id == ids[0]))
    assert (dated.wall.isoformat(), dated.offset_minutes) == ("2026-11-16T10:00:00", 60)


async def test_what_came_from_answers_that_are_gone_stays(post: Post, ids: tuple[int, int]) -> None:
    first, second, third = journey()
    await post.says(*first)
    kept_since = post.clock.now()
    await post.says(*second)
    await post.says({**third[0], "shipment": {**third[0]["shipment"], "event": third[0]["shipment"]["event"][:1]}})

    async def unit(tx: Tx) -> None:
        await delete_raw_answers(tx, kept_since)

    await post.context.db.write(unit)
    before = await known(post.context)
    assert len(await rows(post.context, select(RAW_ANSWER))) == 2
    await post.replay_all()
    assert await known(post.context) == before


async def test_an_answer_that_cannot_be_read_any_more_takes_nothing_away(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.says(*journey()[0])
    before = await known(post.context)
    monkeypatch.setattr("carriers.laposte.adapter.objects", lambda _: [])
    assert {done.changed for done in await post.replay_all()} == {False}
    assert await known(post.context) == before


async def test_a_poll_between_two_runs_is_kept(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = journey()
    with monkeypatch.context() as wrong:
        wrong.setitem(EVENTS, "PC1", Meaning(Milestone.OUT_FOR_DELIVERY))
        await post.says(*first)
    post.items = second
    await asyncio.gather(Poller(post.context).round("laposte"), *(post.replay(one) for one in ids))
    post.clock.advance(timedelta(days=1))
    await post.replay_all()
    await post.says(*third)
    milestones = [row[SHIPMENT_MILESTONE] for row in (await known(post.context))["shipments"]]
    assert milestones == ["ready_for_pickup", "delivered"]
    assert {done.changed for done in await post.replay_all()} == {False}


# --- what is kept -------------------------------------------------------------------------------------------


async def test_a_batch_is_kept_once_and_linked_to_the_parcels_it_brought_news_of(
    post: Post, ids: tuple[int, int]
) -> None:
    await post.says(*journey()[0])
    await pending(post)
    await post.says(journey()[0][0], journey()[1][1])
    raws = await rows(post.context, select(RAW_ANSWER.c.id, RAW_ANSWER.c.asked, RAW_ANSWER.c.http_status))
    assert [(json.loads(raw.asked), raw.http_status) for raw in raws] == [([FIRST, SECOND], 207)] * 2
    links = select(RAW_ANSWER_PARCEL.c.raw_id, RAW_ANSWER_PARCEL.c.shipment_id, RAW_ANSWER_PARCEL.c.number)
    assert {tuple(row) for row in await rows(post.context, links)} == {
        (raws[0].id, ids[0], FIRST),
        (raws[0].id, ids[1], SECOND),
        (raws[1].id, ids[1], SECOND),
    }


async def test_who_is_forgotten_leaves_no_raw_answer(post: Post, ids: tuple[int, int]) -> None:
    await post.says(*journey()[0])  # about both
    await post.says({"returnCode": 104, "idShip": FIRST}, journey()[1][1])  # both were asked about, one is told of

    async def only_the_second(tx: Tx) -> None:
        await tx.run(update(TRACKER).values(next_poll_at=None).where(TRACKER.c.shipment_id == ids[0]))

    async def forget(tx: Tx) -> None:
        await forget_raw_answers(tx, [ids[0]])

    await post.context.db.write(only_the_second)
    await post.says(journey()[2][1])
    await post.context.db.write(forget)
    (raw,) = await rows(post.context, select(RAW_ANSWER.c.asked, RAW_ANSWER.c.body))
    assert json.loads(raw.asked) == [SECOND]
    assert FIRST.encode() not in zlib.decompress(raw.body)
    (link,) = await rows(post.context, select(RAW_ANSWER_PARCEL.c.shipment_id))
    assert link.shipment_id == ids[1]


async def test_only_parcels_that_the_adapter_told_something_are_read_again(post: Post, ids: tuple[int, int]) -> None:
    await post.says(journey()[0][0], {"returnCode": 104, "idShip": SECOND})
    since = post.clock.now()
    async with post.context.db.read() as reader:
        assert await parcels_to_replay(reader, "laposte", None, 0, 10) == [ids[0]]
        assert await how_many(reader, "laposte", None, 0) == 1
        assert await how_many(reader, "ups", None, 0) == 0
        assert await parcels_to_replay(reader, "laposte", None, ids[0], 10) == []
        assert await parcels_to_replay(reader, "laposte", since, 0, 10) == []


# --- codes that are not known -------------------------------------------------------------------------------


async def counted(context: Context) -> list[tuple[Any, ...]]:
    """The list as staff read it."""
    async with context.db.read() as reader:
        return [(r.carrier, r.code, r.count, r.text, r.number) for r in await unknown_codes(reader)]


async def test_an_unknown_code_is_counted_once_for_each_scan_that_bears_it(post: Post, ids: tuple[int, int]) -> None:
    odd = shipment(FIRST, ("PC1", "16T10:00"), ("ZZ9", "17T10:00"))
    await post.says(odd, shipment(SECOND, ("PC1", "16T10:00")))
    for _ in range(3):
        await pending(post)
        await post.says(odd, shipment(SECOND, ("PC1", "16T10:00")))
    assert await counted(post.context) == [("laposte", "ZZ9", 1, "Mots de ZZ9", FIRST)]
    await pending(post)
    await post.says(odd, shipment(SECOND, ("PC1", "16T10:00"), ("ZZ9", "17T11:00"), ("ZZ9", "17T12:00")))
    assert await counted(post.context) == [("laposte", "ZZ9", 3, "Mots de ZZ9", SECOND)]
    (seen,) = await rows(post.context, select(UNKNOWN_CODE.c.first_seen, UNKNOWN_CODE.c.last_seen))
    assert seen.last_seen - seen.first_seen == timedelta(days=4)


async def test_a_code_leaves_the_list_when_the_table_has_it_and_the_past_is_mended(
    post: Post, ids: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.says(shipment(FIRST, ("ZZ8", "16T10:00"), ("ZZ9", "17T10:00")))
    monkeypatch.setitem(EVENTS, "ZZ9", Meaning(Milestone.IN_TRANSIT))

    async def forget(tx: Tx) -> int:
        return await forget_known(tx, "laposte", ())

    assert await post.context.db.write(forget) == 0
    (done,) = await post.replay_all()
    assert (done.after, done.unknown) == (Milestone.IN_TRANSIT, frozenset({"ZZ8"}))
    assert await post.context.db.write(forget) == 1
    assert [row[1] for row in await counted(post.context)] == ["ZZ8"]


async def test_answers_from_before_links_are_read_too(post: Post, ids: tuple[int, int]) -> None:
    """An answer that an older version kept says nothing of what was asked."""
    await post.says(*journey()[0])

    async def unit(tx: Tx) -> None:
        await tx.run(update(RAW_ANSWER).values(asked="[]", digest="before 1"))

    await post.context.db.write(unit)
    before = await known(post.context)
    assert {done.changed for done in await post.replay_all()} == {False}
    assert await known(post.context) == before
