"""Trackers are claimed by one worker at a time, and what came of asking is settled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, select, text, update

from carriers import Answer, CarrierError, ErrorKind, Failed, Found, Milestone, NotFound
from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.asking import Claim, ask_soon, claim_due, queues_of, watch
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.schedule import LEASE, WATCHED, Rules
from portal.tracking.settling import settle
from tests.support.context import NOW, kinds, rows, settings_on
from tests.support.parcels import SLUG, TOPIC, facts, registered, report, scan

MINUTE = timedelta(minutes=1)


async def claimed(context: Context, limit: int = 10, carrier: str = SLUG) -> list[Claim]:
    """What one worker gets now."""
    now = context.clock.now()

    async def unit(tx: Tx) -> list[Claim]:
        return await claim_due(tx, now, queues_of([carrier]), limit)

    return await context.db.write(unit)


async def settled(context: Context, claim: Claim, answer: Answer) -> bool:
    """Settle an answer now."""
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await settle(tx, now, claim, answer, Rules())

    return await context.db.write(unit)


async def looked_at(context: Context, *topics: str) -> None:
    """Note that pages on these topics are open."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        await watch(tx, now, topics, {}, Rules())

    await context.db.write(unit)


async def put(context: Context, *where: ColumnElement[bool], **values: Any) -> None:
    """Write columns of the trackers."""

    async def unit(tx: Tx) -> None:
        await tx.run(update(TRACKER).where(*where).values(**values))

    await context.db.write(unit)


async def tracker(context: Context) -> Any:
    """The only tracker there is."""
    (row,) = await rows(context, select(TRACKER))
    return row


async def knowledge(context: Context) -> list[Any]:
    """All that is known about parcels."""
    tables = (SHIPMENT, SHIPMENT_PRIVATE, CHECKPOINT, CHECKPOINT_PRIVATE)
    return [list(await rows(context, select(table))) for table in tables]


def failed(kind: ErrorKind, retry_after: float | None = None) -> Failed:
    """No answer."""
    return Failed("S1", CarrierError(kind, "no", retry_after=retry_after))


NEWS = Found("S1", report("S1", scan(Milestone.IN_TRANSIT, 3)))
OLD_NEWS = NEWS  # once it was merged
UNHEARD_OF = NotFound("S1", CarrierError(ErrorKind.NOT_FOUND, "not yet"))


async def test_what_waits_longest_is_claimed_first_and_once(any_context: Context) -> None:
    for waiting, name in enumerate("abcd", 1):
        shipment_id = await registered(any_context, facts(f"S{name}", source=name, postcode="69002", country="FR"))
        await put(any_context, TRACKER.c.shipment_id == shipment_id, next_poll_at=NOW - waiting * MINUTE)
    first = await claimed(any_context, 3)
    assert {claim.number for claim in first} == {"Sb", "Sc", "Sd"}
    assert {(claim.topic, claim.carrier, claim.postcode, claim.country) for claim in first} == {
        (TOPIC, SLUG, "69002", "FR")
    }
    assert [claim.number for claim in await claimed(any_context, 3)] == ["Sa"]
    assert await claimed(any_context, 3) == []


async def test_only_what_is_due_at_that_carrier_is_claimed(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    assert await claimed(any_context, carrier="tortoise") == []
    await put(any_context, next_poll_at=NOW + MINUTE)
    assert await claimed(any_context) == []
    await put(any_context, next_poll_at=None)
    clock.advance(timedelta(days=365))
    assert await claimed(any_context) == []


async def test_a_claim_is_a_lease_that_ends(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    (claim,) = await claimed(any_context)
    assert (await tracker(any_context)).next_poll_at == claim.lease == NOW + LEASE
    clock.advance(LEASE - timedelta(seconds=1))
    assert await claimed(any_context) == []
    clock.advance(timedelta(seconds=1))
    assert len(await claimed(any_context)) == 1


async def test_an_answer_is_noted_with_its_moment(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    (claim,) = await claimed(any_context)
    clock.advance(MINUTE / 2)
    assert await settled(any_context, claim, NEWS)
    row, then = await tracker(any_context), NOW + MINUTE / 2
    assert (row.asked_at, row.answered_at, row.failing_since) == (then, then, None)
    assert (row.failures, row.known, row.problem) == (0, True, None)
    assert then + timedelta(hours=2) < row.next_poll_at < then + timedelta(hours=4)


async def test_a_number_not_known_yet_is_an_answer_without_knowledge(any_context: Context) -> None:
    await registered(any_context, facts())
    before = await knowledge(any_context)
    (claim,) = await claimed(any_context)
    assert not await settled(any_context, claim, UNHEARD_OF)
    row = await tracker(any_context)
    assert (row.known, row.answered_at, row.failures) == (False, NOW, 0)
    assert await knowledge(any_context) == before


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind is not ErrorKind.NOT_FOUND])
async def test_a_failure_never_touches_what_is_known(any_context: Context, clock: ManualClock, kind: ErrorKind) -> None:
    await registered(any_context, facts())
    await settled(any_context, (await claimed(any_context))[0], NEWS)
    before = await knowledge(any_context)
    clock.advance(timedelta(hours=5))
    (claim,) = await claimed(any_context)
    clock.advance(MINUTE / 2)
    assert not await settled(any_context, claim, failed(kind, retry_after=9000))
    assert await knowledge(any_context) == before
    row, then = await tracker(any_context), NOW + timedelta(hours=5) + MINUTE / 2
    assert (row.asked_at, row.answered_at, row.failing_since) == (then, NOW, then)
    assert (row.failures, row.known, row.problem) == (1, True, kind.value)
    if kind is ErrorKind.INVALID_NUMBER:
        assert row.next_poll_at is None
    else:
        assert row.next_poll_at >= then + timedelta(seconds=9000)


async def test_a_run_of_failures_has_one_beginning_and_one_event(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    for _ in range(3):
        (claim,) = await claimed(any_context)
        await settled(any_context, claim, failed(ErrorKind.SERVER))
        clock.advance(timedelta(hours=1))
    row = await tracker(any_context)
    assert (row.failures, row.failing_since, row.asked_at) == (3, NOW, NOW + timedelta(hours=2))
    assert await kinds(any_context) == ["shipment.unreachable"]


async def test_the_end_of_a_run_of_failures_is_told(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    for answer in (NEWS, failed(ErrorKind.SERVER), OLD_NEWS, OLD_NEWS):
        (claim,) = await claimed(any_context)
        await settled(any_context, claim, answer)
        clock.advance(timedelta(hours=5))
    row = await tracker(any_context)
    assert (row.failures, row.failing_since, row.problem) == (0, None, None)
    assert await kinds(any_context) == ["shipment.changed", "shipment.unreachable", "shipment.checked"]


async def test_a_lost_lease_settles_nothing_in_the_tracker(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    (lost,) = await claimed(any_context)
    clock.advance(LEASE)
    (won,) = await claimed(any_context)
    before = await tracker(any_context)
    for answer in (failed(ErrorKind.SERVER), UNHEARD_OF, NEWS):
        await settled(any_context, lost, answer)
        assert await tracker(any_context) == before
    assert await kinds(any_context) == ["shipment.changed"]  # what the carrier said is true all the same
    assert not await settled(any_context, won, NEWS)
    assert (await tracker(any_context)).answered_at == NOW + LEASE


@pytest.mark.parametrize("changed", [{"number": "S2"}, {"carrier": "tortoise"}])
async def test_an_answer_about_a_number_given_up_meanwhile_is_dropped(
    any_context: Context, clock: ManualClock, changed: dict[str, Any]
) -> None:
    await registered(any_context, facts())
    (claim,) = await claimed(any_context)
    clock.advance(MINUTE / 2)
    await registered(any_context, replace(facts(), **changed))
    before, due = await knowledge(any_context), await tracker(any_context)
    assert not await settled(any_context, claim, NEWS)
    assert await knowledge(any_context) == before
    assert await tracker(any_context) == due
    assert await kinds(any_context) == []


async def test_a_check_without_news_is_told_only_to_open_pages(any_context: Context, clock: ManualClock) -> None:
    await registered(any_context, facts())
    for seen, answer in ((False, NEWS), (False, OLD_NEWS), (True, OLD_NEWS), (False, OLD_NEWS)):
        if seen:
            await looked_at(any_context, TOPIC)
        (claim,) = await claimed(any_context)
        await settled(any_context, claim, answer)
        clock.advance(timedelta(hours=5))
    assert await kinds(any_context) == ["shipment.changed", "shipment.checked"]


async def test_news_on_an_open_page_are_one_event(any_context: Context) -> None:
    await registered(any_context, facts())
    await looked_at(any_context, TOPIC)
    (claim,) = await claimed(any_context)
    await settled(any_context, claim, NEWS)
    assert await kinds(any_context) == ["shipment.changed"]


async def test_the_first_answer_is_told_even_when_it_knows_nothing(any_context: Context) -> None:
    await registered(any_context, facts())
    (claim,) = await claimed(any_context)
    await settled(any_context, claim, UNHEARD_OF)
    assert await kinds(any_context) == ["shipment.checked"]


async def test_an_open_page_brings_the_next_question_forward(any_context: Context) -> None:
    await registered(any_context, facts())
    await put(any_context, next_poll_at=NOW + timedelta(hours=3), asked_at=NOW - 2 * MINUTE)
    await looked_at(any_context, "order:2", "order:3")
    assert (await tracker(any_context)).watched_until is None
    await looked_at(any_context, "order:2", TOPIC)
    row = await tracker(any_context)
    assert (row.next_poll_at, row.watched_until) == (NOW + 3 * MINUTE, NOW + WATCHED)


SPARED: list[tuple[str, dict[str, Any], datetime | None]] = [
    ("asking has ended", {"next_poll_at": None}, None),
    ("the carrier fails", {"next_poll_at": NOW + timedelta(hours=2), "failures": 1}, NOW + timedelta(hours=2)),
    ("it is asked just now", {"next_poll_at": NOW + LEASE, "asked_at": NOW - timedelta(hours=1)}, NOW + LEASE),
    ("it is due soon", {"next_poll_at": NOW + 4 * MINUTE}, NOW + 4 * MINUTE),
]


@pytest.mark.parametrize(("values", "then"), [row[1:] for row in SPARED], ids=[row[0] for row in SPARED])
async def test_an_open_page_hurries_nothing_when(
    any_context: Context, values: dict[str, Any], then: datetime | None
) -> None:
    await registered(any_context, facts())
    await put(any_context, **values)
    await looked_at(any_context, TOPIC)
    assert (await tracker(any_context)).next_poll_at == then


HURRIED: list[tuple[str, dict[str, Any], datetime | None]] = [
    ("nobody asked yet", {"next_poll_at": NOW + timedelta(hours=3)}, NOW),
    ("asked a while ago", {"next_poll_at": NOW + timedelta(hours=3), "asked_at": NOW - 2 * MINUTE}, NOW + 3 * MINUTE),
    *SPARED[:3],
]


@pytest.mark.parametrize(("values", "then"), [row[1:] for row in HURRIED], ids=[row[0] for row in HURRIED])
async def test_one_more_question_is_asked_soon_where_it_may(
    any_context: Context, values: dict[str, Any], then: datetime | None
) -> None:
    shipment = await registered(any_context, facts())
    await put(any_context, **values)

    async def unit(tx: Tx) -> bool:
        return await ask_soon(tx, NOW, shipment)

    sooner = await any_context.db.write(unit)
    assert (await tracker(any_context)).next_poll_at == then
    assert sooner is (then != values["next_poll_at"])
    assert not await any_context.db.write(unit)  # twice is once


@pytest.mark.postgres
async def test_workers_on_one_database_never_get_the_same_parcel(tables_url: str, clock: ManualClock) -> None:
    async with (
        opened(settings_on(tables_url), clock=clock, accounts={}) as one,
        opened(settings_on(tables_url), clock=clock, accounts={}) as other,
    ):
        for number in range(7):
            shipment_id = await registered(one, facts(f"S{number}", source=str(number)))
            await put(one, TRACKER.c.shipment_id == shipment_id, next_poll_at=NOW - (7 - number) * MINUTE)
        together = asyncio.Barrier(2)

        async def unit(tx: Tx) -> list[str]:
            found = [claim.number for claim in await claim_due(tx, NOW, queues_of([SLUG]), 3)]
            async with asyncio.timeout(30):
                await together.wait()  # neither has committed when the other claims
            return found

        batches = await asyncio.gather(one.db.write(unit), other.db.write(unit))
        assert sorted(map(sorted, batches)) == [["S0", "S1", "S2"], ["S3", "S4", "S5"]]
        assert [claim.number for claim in await claimed(one)] == ["S6"]


PLANS = [
    ("no index, the last waits longest", ("indexscan", "bitmapscan"), range(8), {"S7", "S6"}),
    ("no index, the first waits longest", ("indexscan", "bitmapscan"), range(8, 0, -1), {"S0", "S1"}),
    ("a nested loop", ("hashjoin", "mergejoin", "hashagg", "sort", "material"), range(8, 0, -1), {"S0", "S1"}),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("without", "waiting", "first"), [row[1:] for row in PLANS], ids=[row[0] for row in PLANS])
async def test_limit_and_order_hold_however_the_server_plans_it(
    tables_url: str, clock: ManualClock, without: tuple[str, ...], waiting: range, first: set[str]
) -> None:
    """PostgreSQL may run a subquery with LIMIT once for each outer row; each time it finds other rows to take."""
    async with opened(settings_on(tables_url), clock=clock, accounts={}) as context:
        for number, minutes in enumerate(waiting):
            shipment_id = await registered(context, facts(f"S{number}", source=str(number)))
            await put(context, TRACKER.c.shipment_id == shipment_id, next_poll_at=NOW - minutes * MINUTE)

        async def unit(tx: Tx) -> list[Claim]:
            for method in without:
                await tx.run(text(f"set local enable_{method} = off"))
            return await claim_due(tx, clock.now(), queues_of([SLUG]), 2)

        assert {claim.number for claim in await context.db.write(unit)} == first
