"""The engine as a whole: budgets and pauses shared by workers, the most urgent first, silence, missing hints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select, update

import carriers
from carriers import Account, CarrierError, ErrorKind, Failed, Found, Milestone
from carriers.core.contract import Quota
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.poller import Poller
from portal.tracking.schedule import SILENCE
from tests.support.context import kinds, rows
from tests.support.parcels import SLUG, SnailMail, facts, registered, report, scan

Open = Callable[..., tuple[Context, SnailMail]]


@pytest.fixture
def opened_post(any_context: Context, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A context that may ask snail mail, and snail mail with this in its manifest."""

    def open_(**manifest: object) -> tuple[Context, SnailMail]:
        mail = SnailMail()
        mail.manifest = replace(mail.manifest, **manifest)  # type: ignore[arg-type]  # members of Manifest
        monkeypatch.setattr(carriers, "get", {SLUG: mail}.__getitem__)
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=b"{}"))
        any_context.clients._clients[SLUG] = httpx2.AsyncClient(transport=transport)
        return replace(any_context, accounts={SLUG: Account(SLUG, {"key": "invented"})}), mail

    return open_


async def posted(context: Context, count: int) -> None:
    """Parcels S0, S1, …, due now."""
    for number in range(count):
        await registered(context, facts(f"S{number}", source=str(number), topic=f"order:{number}"))


async def test_two_workers_share_one_budget_and_ask_the_urgent_first(opened_post: Open) -> None:
    context, mail = opened_post(quota=Quota(per_day=80))  # ten at once, five of them kept for what is urgent
    await posted(context, 14)

    async def unit(tx: Tx) -> None:
        late = select(SHIPMENT.c.id).where(SHIPMENT.c.number.in_(["S12", "S13"])).scalar_subquery()
        await tx.run(update(TRACKER).where(TRACKER.c.shipment_id.in_(late)).values(urgency=0))

    await context.db.write(unit)
    for poller in (one := Poller(context), other := Poller(context), one, other, one):
        await poller.round(SLUG)
    asked = [request.number for batch in mail.asked for request in batch]
    assert set(asked[:2]) == {"S12", "S13"}
    assert len(asked) == 5  # what is not urgent leaves the reserve alone


async def test_a_dead_carrier_is_left_alone_but_for_one_probe(opened_post: Open, clock: ManualClock) -> None:
    context, mail = opened_post()
    await posted(context, 12)
    mail.answers = {f"S{n}": Failed(f"S{n}", CarrierError(ErrorKind.SERVER, "no")) for n in range(12)}
    one, other = Poller(context), Poller(context)
    assert [await one.round(SLUG) for _ in range(3)] == [4, 4, 0]
    assert await other.round(SLUG) == 0
    clock.advance(timedelta(minutes=10))
    assert (await one.round(SLUG), await other.round(SLUG)) == (1, 0)
    mail.answers.clear()
    clock.advance(timedelta(minutes=20))
    assert (await other.round(SLUG), await other.round(SLUG)) == (1, 4)


async def test_thirty_silent_days_end_a_journey_and_news_begin_it_again(opened_post: Open, clock: ManualClock) -> None:
    context, mail = opened_post()
    await posted(context, 1)
    mail.answers["S0"] = Found("S0", report("S0", scan(Milestone.IN_TRANSIT, 3)))
    await Poller(context).round(SLUG)
    clock.advance(SILENCE + timedelta(days=2))
    await Poller(context).round(SLUG)
    (shipment,) = await rows(context, select(SHIPMENT))
    (tracker,) = await rows(context, select(TRACKER))
    assert (shipment.milestone, tracker.next_poll_at, tracker.problem) == ("expired", None, "silent")
    assert await kinds(context, "order:0") == ["shipment.changed", "shipment.expired"]


async def test_what_the_carrier_needs_and_nobody_gave_is_not_asked_in_vain(opened_post: Open) -> None:
    context, mail = opened_post(required_fields=("postcode",))
    await posted(context, 1)
    await Poller(context).round(SLUG)
    (tracker,) = await rows(context, select(TRACKER))
    assert (mail.asked, tracker.next_poll_at, tracker.problem) == ([], None, "lacks_postcode")
    await registered(context, facts("S0", source="0", topic="order:0", postcode="69002"))
    await Poller(context).round(SLUG)
    assert [[request.postcode for request in batch] for batch in mail.asked] == [["69002"]]
