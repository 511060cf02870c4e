"""Where scans were: towns in public columns, offsets worked out, order mended; the carrier's own words stay private."""

from __future__ import annotations

import random
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from carriers import CarrierTime, Checkpoint, Milestone, Place, Reason, Report
from carriers.core.model import NOWHERE
from portal.context import Context
from portal.kit.db import Tx
from portal.tracking import queries
from portal.tracking.located import LocatedScan, located, moment_of
from portal.tracking.merge import merge
from portal.tracking.models import CHECKPOINT, SHIPMENT
from portal.tracking.relocate import relocate
from portal.tracking.scan import Stop
from tests.support.context import rows
from tests.support.parcels import SLUG, TOPIC, facts, registered, report

SHENZHEN = Place(city="SHENZHEN", country="CN")
ROISSY = Place(text="ROISSY CDG", country="FR")


def local(
    wall: str, place: Place = NOWHERE, milestone: Milestone = Milestone.IN_TRANSIT, code: str = "c"
) -> Checkpoint:
    """A scan whose clock has no zone."""
    return Checkpoint(code, None, CarrierTime(datetime.fromisoformat(wall)), place, milestone)


def offsets(*scans: Checkpoint) -> list[float | None]:
    """The offsets worked out, in hours."""
    found = located({str(number): scan for number, scan in enumerate(scans)}, ())
    return [None if (one := found[str(n)].inferred) is None else one / timedelta(hours=1) for n in range(len(scans))]


async def merged(context: Context, shipment_id: int, news: Report) -> bool:
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await merge(tx, now, shipment_id, TOPIC, news)

    return await context.db.write(unit)


async def journey(context: Context, topic: str, *, exact: bool = False) -> dict[int, list[Stop]]:
    async with context.db.read() as reader:
        return await queries.journey(reader, topic, exact=exact)


async def towns(context: Context, shipment_id: int) -> list[Any]:
    """Town, country and inferred offset of each scan, in the pages' order."""
    c = CHECKPOINT.c
    kept = select(c.town, c.town_country, c.offset_inferred).where(c.shipment_id == shipment_id)
    return [tuple(row) for row in await rows(context, kept.order_by(c.sort_at, c.id))]


def test_a_located_scan_is_its_checkpoint() -> None:
    at = CarrierTime(datetime.fromisoformat("2026-11-19T10:00"))
    scan = Checkpoint("c", "words", at, ROISSY, Milestone.EXCEPTION, Reason.CUSTOMS, delayed=True)
    (found,) = located({"1": scan}, ()).values()
    assert {field.name: getattr(found, field.name) for field in fields(Checkpoint)} == {
        field.name: getattr(scan, field.name) for field in fields(Checkpoint)
    }


def test_a_clock_without_zone_takes_that_of_its_town_in_summer_and_winter() -> None:
    assert offsets(local("2026-07-01T10:00", ROISSY), local("2026-11-19T10:00", ROISSY)) == [2, 1]
    assert offsets(local("2026-11-19T10:00", SHENZHEN)) == [8]
    assert offsets(local("2026-11-19T10:00", Place(city="Pago Pago", country="AS"))) == [-11]


def test_else_that_of_its_country_where_all_keep_one_clock() -> None:
    assert offsets(local("2026-11-19T10:00", Place(country="DE"))) == [1]
    assert offsets(local("2026-11-19T10:00", Place(country="US"))) == [None]


def test_else_that_of_the_scan_before_it() -> None:
    first, here, nowhere = (
        local("2026-11-18T09:00"),
        local("2026-11-19T10:00", SHENZHEN),
        local("2026-11-20T10:00"),
    )
    assert offsets(nowhere, here, first) == [8, 8, 8]
    assert offsets(nowhere, here, local("2026-11-20T08:00", ROISSY)) == [1, 8, 1]
    assert offsets(first, nowhere) == [None, None]


def test_what_the_carrier_says_is_not_worked_out_and_days_have_no_offset() -> None:
    said = Checkpoint("c", None, CarrierTime(datetime.fromisoformat("2026-11-19T10:00"), timedelta(0)), SHENZHEN)
    day = Checkpoint("c", None, CarrierTime(datetime.fromisoformat("2026-11-19T00:00"), date_only=True), SHENZHEN)
    assert offsets(said, day, Checkpoint("c", None, None, SHENZHEN)) == [None, None, None]


def test_the_order_in_which_scans_come_changes_nothing() -> None:
    dice = random.Random(7)  # noqa: S311 - a shuffle
    scans = {
        str(n): local(f"2026-11-{10 + n}T{n:02}:00", place)
        for n, place in enumerate([SHENZHEN, Place(), ROISSY, Place(), Place(country="DE"), Place(city="Lyon")])
    }
    expected = located(scans, ("FR",))
    for _ in range(20):
        shuffled = dict(dice.sample(list(scans.items()), len(scans)))
        assert located(shuffled, ("FR",)) == expected


async def test_towns_are_kept_in_public_and_words_in_private(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    exact = Place(city="Lyon", country="FR", lat=45.7601, lon=4.8599)
    unknown = Place(text="12 RUE DU TEST, chez M. Exemple", country="FR")
    point = Place(country="FR", lat=48.9291, lon=2.2951)
    news = report(
        SLUG,
        local("2026-11-19T08:00", exact),
        local("2026-11-19T09:00", unknown, code="d"),
        local("2026-11-19T10:00", point, code="e"),
    )
    assert await merged(any_context, shipment_id, news)
    assert await towns(any_context, shipment_id) == [
        ("Lyon", "FR", 60),
        (None, None, 60),
        ("Gennevilliers", "FR", 60),
    ]
    (kept, *_) = await rows(any_context, select(CHECKPOINT).order_by(CHECKPOINT.c.sort_at))
    assert (kept.town_lat, kept.town_lon) == (45.749, 4.848)
    assert kept.offset_minutes is None
    assert kept.wall - kept.sort_at == timedelta(hours=1)


async def test_the_same_report_again_is_no_news(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    news = report(
        "S1", local("2026-11-19T20:00", SHENZHEN), local("2026-11-19T15:00", ROISSY), milestone=Milestone.IN_TRANSIT
    )
    assert await merged(any_context, shipment_id, news)
    assert not await merged(any_context, shipment_id, news)


async def test_a_scan_far_east_in_the_evening_is_before_one_here_in_the_afternoon(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    news = report(
        "S1",
        local("2026-11-19T18:00", Place(city="Tokyo", country="JP"), Milestone.IN_TRANSIT),  # 09:00 UTC
        local("2026-11-19T12:00", ROISSY, Milestone.OUT_FOR_DELIVERY, "d"),  # 11:00 UTC
        local("2026-11-19T14:00", ROISSY, Milestone.DELIVERED, "e"),  # 13:00 UTC
    )
    assert await merged(any_context, shipment_id, news)
    (kept,) = await rows(any_context, select(SHIPMENT).where(SHIPMENT.c.id == shipment_id))
    assert kept.milestone == Milestone.DELIVERED.value
    assert kept.finished_at == datetime.fromisoformat("2026-11-19T13:00:00Z")
    assert [town for town, *_ in await towns(any_context, shipment_id)] == [
        "Tokyo",
        "Roissy-en-France",
        "Roissy-en-France",
    ]


async def test_an_answer_after_the_clock_was_worked_out_is_not_late(any_context: Context) -> None:
    """A row from before offsets were worked out sorts an hour later than it was; what comes next still counts."""
    shipment_id = await registered(any_context, facts())
    first = local("2026-11-19T10:00", ROISSY)
    await merged(any_context, shipment_id, report("S1", first, milestone=Milestone.IN_TRANSIT))

    async def older(tx: Tx) -> None:
        await tx.run(update(CHECKPOINT).values(sort_at=CHECKPOINT.c.wall, offset_inferred=None, town=None))
        await tx.run(update(SHIPMENT).values(last_scan_at=datetime.fromisoformat("2026-11-19T10:00:00Z")))

    await any_context.db.write(older)
    assert await merged(any_context, shipment_id, report("S1", first, milestone=Milestone.OUT_FOR_DELIVERY))


async def test_kept_scans_can_be_located_again(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    await merged(any_context, shipment_id, report("S1", local("2026-11-19T10:00", ROISSY), local("2026-11-19T12:00")))
    before = await towns(any_context, shipment_id)

    async def lost(tx: Tx) -> None:
        nothing = {"town": None, "town_country": None, "town_lat": None, "town_lon": None, "offset_inferred": None}
        await tx.run(update(CHECKPOINT).values(**nothing, sort_at=CHECKPOINT.c.wall))

    async def again(tx: Tx) -> int:
        return await relocate(tx, any_context.clock.now(), shipment_id)

    await any_context.db.write(lost)
    assert await any_context.db.write(again) == 2
    assert await towns(any_context, shipment_id) == before
    (kept,) = await rows(any_context, select(SHIPMENT).where(SHIPMENT.c.id == shipment_id))
    assert kept.last_scan_at == datetime.fromisoformat("2026-11-19T11:00:00Z")
    assert await any_context.db.write(again) == 0


async def test_a_journey_is_towns_for_all_and_exact_points_for_the_owner(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts())
    van = Place(city="Lyon", country="FR", lat=45.7601, lon=4.8599)
    await merged(
        any_context,
        shipment_id,
        report(
            "S1",
            local("2026-11-19T18:00", SHENZHEN),
            local("2026-11-20T01:00", Place(text="nowhere in particular")),
            local("2026-11-24T08:00", van, Milestone.OUT_FOR_DELIVERY, "d"),
            local("2026-11-24T12:00", van, Milestone.DELIVERED, "e"),
        ),
    )
    public = (await journey(any_context, TOPIC))[shipment_id]
    assert [(stop.town, stop.country, stop.exact) for stop in public] == [
        ("Shenzhen", "CN", False), ("Lyon", "FR", False), ("Lyon", "FR", False)
    ]  # fmt: skip
    assert {(stop.lat, stop.lon) for stop in public[1:]} == {(45.749, 4.848)}
    mine = (await journey(any_context, TOPIC, exact=True))[shipment_id]
    assert [(stop.lat, stop.exact) for stop in mine] == [(22.546, False), (45.7601, True), (45.749, False)]
    assert await journey(any_context, "order:2") == {}


def test_moments_of_plain_checkpoints_are_the_carriers() -> None:
    scan = local("2026-11-19T10:00", ROISSY)
    assert moment_of(scan) == datetime.fromisoformat("2026-11-19T10:00")
    (found,) = located({"1": scan}, ()).values()
    assert isinstance(found, LocatedScan)
    assert moment_of(found) == datetime.fromisoformat("2026-11-19T09:00")


@pytest.mark.parametrize("wall", ["2026-10-25T02:30", "2026-03-29T02:30"])
def test_both_nights_when_clocks_change_have_an_offset(wall: str) -> None:
    assert offsets(local(wall, ROISSY))[0] in (1, 2)
