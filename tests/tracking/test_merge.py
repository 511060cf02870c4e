"""What a report adds to what is known: nothing twice, nothing lost, in any order."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from carriers import CarrierTime, Checkpoint, Estimate, Milestone, Place, Reason, Report
from carriers.core.model import ProofOfDelivery
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.events import EVENT
from portal.tracking.merge import ANOTHER_PARCEL, merge
from portal.tracking.models import CHECKPOINT, SHIPMENT
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from tests.support.context import kinds, rows
from tests.support.parcels import START, TOPIC, facts, registered, report, scan


async def merged(context: Context, shipment_id: int, news: Report) -> bool:
    """Take in a report now."""
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await merge(tx, now, shipment_id, TOPIC, news)

    return await context.db.write(unit)


async def shipment_of(context: Context, shipment_id: int) -> Any:
    """The shipment's row."""
    (row,) = await rows(context, select(SHIPMENT).where(SHIPMENT.c.id == shipment_id))
    return row


async def scans_of(context: Context, shipment_id: int) -> set[Any]:
    """What is kept of its checkpoints, without row ids."""
    seen, words = CHECKPOINT.c, CHECKPOINT_PRIVATE.c
    kept = select(
        seen.identity, seen.milestone, seen.sort_at, seen.offset_minutes, seen.country, words.text, words.city
    ).join(CHECKPOINT_PRIVATE)
    return set(map(tuple, await rows(context, kept.where(seen.shipment_id == shipment_id))))


async def test_the_same_report_twice_is_one_event_and_one_set_of_rows(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    news = report("S1", scan(Milestone.HANDED_OVER, 1), scan(Milestone.IN_TRANSIT, 2), milestone=Milestone.IN_TRANSIT)
    assert await merged(any_context, shipment_id, news)
    before = await shipment_of(any_context, shipment_id), await scans_of(any_context, shipment_id)
    assert not await merged(any_context, shipment_id, news)
    assert (await shipment_of(any_context, shipment_id), await scans_of(any_context, shipment_id)) == before
    assert await kinds(any_context) == ["shipment.changed"]


async def test_a_report_that_repeats_a_scan_in_itself_keeps_it_once(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    await merged(any_context, shipment_id, report("S1", scan(Milestone.IN_TRANSIT, 1), scan(Milestone.IN_TRANSIT, 1)))
    assert len(await scans_of(any_context, shipment_id)) == 1


EARLY, MIDDLE, LATE = (
    report("S1", scan(Milestone.HANDED_OVER, 1, delayed=True), estimate=Estimate(date(2026, 11, 21))),
    report(
        "S1",
        scan(Milestone.HANDED_OVER, 1, delayed=True),
        scan(Milestone.EXCEPTION, 5, reason=Reason.CUSTOMS),
        milestone=Milestone.EXCEPTION,
        reason=Reason.CUSTOMS,
        delayed=True,
    ),
    report(
        "S1",
        scan(Milestone.EXCEPTION, 5, reason=Reason.CUSTOMS),
        scan(Milestone.OUT_FOR_DELIVERY, 9),
        milestone=Milestone.OUT_FOR_DELIVERY,
        estimate=Estimate(date(2026, 11, 23), latest=CarrierTime(START + timedelta(days=4))),
    ),
)


async def test_reports_in_any_order_and_number_end_alike(any_context: Context) -> None:
    ends = []
    for number, story in enumerate([*permutations((EARLY, MIDDLE, LATE)), (LATE, LATE, MIDDLE, EARLY, MIDDLE, EARLY)]):
        shipment_id = await registered(any_context, facts(source=f"story {number}"))
        for news in story:
            await merged(any_context, shipment_id, news)
        shipment = (await shipment_of(any_context, shipment_id))._asdict()
        ends.append(({**shipment, "id": 0, "source": ""}, await scans_of(any_context, shipment_id)))
    assert all(end == ends[0] for end in ends[1:])
    assert (ends[0][0]["milestone"], ends[0][0]["delayed"]) == ("out_for_delivery", False)
    assert (ends[0][0]["estimate_day"], ends[0][0]["estimate_to"]) == (date(2026, 11, 23), "08:00")
    assert len(ends[0][1]) == 3


async def test_an_estimate_stays_until_another_one_is_given(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    window = Estimate(date(2026, 11, 21), CarrierTime(START), CarrierTime(START + timedelta(hours=2)))
    await merged(any_context, shipment_id, report("S1", scan(Milestone.IN_TRANSIT, 1), estimate=window))
    await merged(any_context, shipment_id, report("S1", scan(Milestone.IN_TRANSIT, 2)))
    kept = await shipment_of(any_context, shipment_id)
    assert (kept.estimate_day, kept.estimate_from, kept.estimate_to) == (date(2026, 11, 21), "08:00", "10:00")
    day = report("S1", scan(Milestone.IN_TRANSIT, 2), estimate=Estimate(date(2026, 11, 22)))
    assert await merged(any_context, shipment_id, day)
    kept = await shipment_of(any_context, shipment_id)
    assert (kept.estimate_day, kept.estimate_from, kept.estimate_to) == (date(2026, 11, 22), None, None)


async def test_an_estimate_without_a_day_is_that_of_its_window(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    await merged(any_context, shipment_id, report("S1", estimate=Estimate(earliest=CarrierTime(START))))
    assert (await shipment_of(any_context, shipment_id)).estimate_day == START.date()


async def test_an_unknown_code_is_kept_and_moves_nothing(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    await merged(any_context, shipment_id, report("S1", scan(Milestone.IN_TRANSIT, 1)))
    odd = report("S1", scan(Milestone.UNKNOWN, 2, code="ZZ9", text="Something new"))
    assert await merged(any_context, shipment_id, odd)
    assert (await shipment_of(any_context, shipment_id)).milestone == "in_transit"
    (kept,) = await rows(any_context, select(CHECKPOINT).where(CHECKPOINT.c.code == "ZZ9"))
    assert kept.milestone == "unknown"


async def test_moments_of_the_fold_are_utc_and_the_wall_clock_is_kept_beside(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    paris = CarrierTime(START, timedelta(hours=1))
    await merged(any_context, shipment_id, report("S1", Checkpoint("D", None, paris, Place(), Milestone.DELIVERED)))
    shipment = await shipment_of(any_context, shipment_id)
    moment = (START - timedelta(hours=1)).replace(tzinfo=UTC)
    assert (shipment.finished_at, shipment.last_scan_at) == (moment, moment)
    (kept,) = await rows(any_context, select(CHECKPOINT))
    assert (kept.wall, kept.offset_minutes, kept.date_only) == (START, 60, False)


@pytest.mark.parametrize("stated", [Milestone.DELIVERED, None])
async def test_undated_news_is_taken_in(any_context: Context, stated: Milestone | None) -> None:
    shipment_id = await registered(any_context, facts(milestone=None, milestone_at=None))
    undated = Checkpoint("D", "Delivered", None, milestone=Milestone.DELIVERED)
    assert await merged(any_context, shipment_id, report("S1", undated, milestone=stated))
    shipment = await shipment_of(any_context, shipment_id)
    assert (shipment.milestone, shipment.finished_at, shipment.last_scan_at) == ("delivered", None, None)


async def test_the_carriers_words_are_private_and_never_in_the_log(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    words = "Remis à Mme Zephyrine"
    news = report(
        "S1",
        scan(Milestone.DELIVERED, 1, text=words, place=Place(city="Lyon", country="FR", text="12 rue Zephyrine")),
        proof=ProofOfDelivery(signed_by="Zephyrine"),
        pickup_point=Place(city="Bron"),
    )
    await merged(any_context, shipment_id, news)
    (private,) = await rows(any_context, select(CHECKPOINT_PRIVATE))
    (receiver,) = await rows(any_context, select(SHIPMENT_PRIVATE))
    assert (private.text, private.place, receiver.signed_by) == (words, "12 rue Zephyrine", "Zephyrine")
    assert receiver.pickup_point == "Bron"
    open_tables = [list(await rows(any_context, select(table))) for table in (SHIPMENT, CHECKPOINT, EVENT)]
    assert "Zephyrine" not in repr(open_tables)
    (event,) = await rows(any_context, select(EVENT))
    assert (event.topic, event.kind, event.data) == (TOPIC, "shipment.changed", f'{{"shipment":{shipment_id}}}')


async def test_what_a_shorter_answer_leaves_out_is_kept(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    proof = ProofOfDelivery(signed_by="Zephyrine")
    await merged(any_context, shipment_id, report("S1", scan(Milestone.DELIVERED, 1), proof=proof))
    await merged(any_context, shipment_id, report("S1", scan(Milestone.DELIVERED, 1)))
    (receiver,) = await rows(any_context, select(SHIPMENT_PRIVATE))
    assert receiver.signed_by == "Zephyrine"


async def test_scans_of_the_parcel_that_had_the_number_before_are_not_ours(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts(shipped_at=START.replace(tzinfo=UTC)))
    before = scan(Milestone.DELIVERED, -(ANOTHER_PARCEL / timedelta(hours=1)) - 1)
    assert not await merged(any_context, shipment_id, report("S1", before, milestone=Milestone.DELIVERED))
    assert (await shipment_of(any_context, shipment_id)).milestone == "handed_over"
    assert await merged(any_context, shipment_id, report("S1", before, scan(Milestone.IN_TRANSIT, 3)))
    assert (await shipment_of(any_context, shipment_id)).milestone == "in_transit"
    assert len(await scans_of(any_context, shipment_id)) == 1
