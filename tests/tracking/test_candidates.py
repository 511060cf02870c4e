"""Whose number is it? The carriers that it may belong to are tried, and the first that knows it settles it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

import carriers
from carriers import Account, Milestone
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.tracking.actions import By, UnknownCarrier, correct_carrier
from portal.tracking.candidates import candidates_of, is_open
from portal.tracking.intake import ShipmentFacts
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.poller import Poller
from portal.tracking.private import RAW_ANSWER_PARCEL, SHIPMENT_PRIVATE
from portal.worker import run_due
from tests.support.context import kinds, rows
from tests.support.parcels import facts, registered

NUMBER = "512345678910"  # twelve digits with the check digits of Purolator and of FedEx
SECRETS = {"client_id": "i", "client_secret": "s", "key": "k", "password": "p", "user_token": "u"}


def fedex(code: str | None, day: str = "2026-11-18") -> dict[str, Any]:
    """FedEx's answer about the number: a parcel on its way, or that it has none."""
    if code is None:
        error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "not found"}
        result: dict[str, Any] = {"error": error}
    else:
        scan = {"date": f"{day}T10:00:00-06:00", "eventType": code, "eventDescription": "Left"}
        result = {"scanEvents": [scan], "latestStatusDetail": {"code": code, "description": "On the way"}}
    return {"output": {"completeTrackResults": [{"trackingNumber": NUMBER, "trackResults": [result]}]}}


class Carriers:
    """FedEx and Purolator, and what each of them was asked and answers."""

    def __init__(self, context: Context, clock: ManualClock) -> None:
        self.clock = clock
        self.fedex, self.asked = fedex(None), list[str]()
        names = ("fedex", "purolator")
        for name in names:
            transport = httpx2.MockTransport(self._answer(name))
            context.clients._clients[name] = httpx2.AsyncClient(transport=transport)
        self.context = replace(context, accounts={name: Account(name, SECRETS) for name in names})

    def _answer(self, name: str) -> Callable[[httpx2.Request], httpx2.Response]:
        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/token"):
                return httpx2.Response(200, json={"access_token": "t", "expires_in": 3600})
            self.asked.append(name)
            if name == "fedex":
                return httpx2.Response(200, content=json.dumps(self.fedex).encode())
            body = (
                '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><TrackPackagesByPinResponse>'
                "<ResponseInformation><Errors/></ResponseInformation><TrackingInformationList/>"
                "</TrackPackagesByPinResponse></s:Body></s:Envelope>"
            )
            return httpx2.Response(200, content=body.encode())

        return answer

    async def ask(self, after: timedelta = timedelta(0)) -> None:
        """Some time later, everybody is asked who is due."""
        self.clock.advance(after)
        await run_due(self.context)
        for name in ("fedex", "purolator"):
            await Poller(self.context).round(name)

    async def shipment(self) -> Any:
        (row,) = await rows(self.context, select(SHIPMENT))
        return row

    async def tracker(self) -> Any:
        (row,) = await rows(self.context, select(TRACKER))
        return row


def unnamed(**members: Any) -> ShipmentFacts:
    """A parcel whose shop names no carrier."""
    known = {"carrier": None, "carrier_label": None, "carrier_open": True, "country": "CA"}
    return facts(NUMBER, **{**known, **members})


@pytest.fixture
def post(any_context: Context, clock: ManualClock) -> Carriers:
    """A shop with two accounts."""
    return Carriers(any_context, clock)


# --- guessing -----------------------------------------------------------------------------------------------


def test_candidates_are_those_that_can_be_asked_best_first() -> None:
    everybody = {carrier.manifest.slug for carrier in carriers.all()}
    found = candidates_of(NUMBER, "CA", everybody)
    assert len(found) == len(set(found)) >= 1
    assert candidates_of(NUMBER, "CA", everybody - {found[0]}) == found[1:]
    assert candidates_of(NUMBER, "CA", ()) == []
    assert candidates_of("nonsense!", None, everybody) == []


@pytest.mark.parametrize(
    ("name", "unknown"),
    [(None, True), ("", True), ("Other", True), ("Standard", True), ("Evri", False), ("UPS", False)],
)
def test_a_carrier_that_the_shop_names_is_no_riddle(name: str | None, *, unknown: bool) -> None:
    assert is_open(name) is unknown


# --- the first that knows it --------------------------------------------------------------------------------


async def test_the_first_answer_that_knows_the_number_settles_it(post: Carriers) -> None:
    await registered(post.context, unnamed())
    await post.ask()
    assert (await post.shipment()).carrier is None
    assert post.asked
    post.fedex = fedex("IT")
    for _ in range(12):
        await post.ask(timedelta(hours=3))
    row = await post.shipment()
    assert (row.carrier, row.carrier_label, row.settled_by, row.milestone) == ("fedex", "FedEx", "poll", "in_transit")
    assert row.tracking_url == carriers.tracking_page("fedex", NUMBER)
    assert (await post.tracker()).candidates is None
    assert "shipment.changed" in await kinds(post.context)


async def test_what_was_found_out_outlives_the_next_import(post: Carriers) -> None:
    post.fedex = fedex("IT")
    await registered(post.context, unnamed())
    for _ in range(4):
        await post.ask(timedelta(minutes=2))
    before = await post.shipment()
    assert before.settled_by == "poll"
    await registered(post.context, unnamed(delayed=True))
    after = await post.shipment()
    assert (after.carrier, after.carrier_label, after.tracking_url) == ("fedex", "FedEx", before.tracking_url)
    assert len(await rows(post.context, select(CHECKPOINT.c.id))) == 1
    await registered(post.context, unnamed(carrier="ups", carrier_label="UPS", carrier_open=False))
    named = await post.shipment()
    assert (named.carrier, named.settled_by) == ("ups", "shop")
    assert await rows(post.context, select(CHECKPOINT.c.id)) == []


async def test_an_import_between_two_tries_loses_no_place(post: Carriers) -> None:
    await registered(post.context, unnamed())
    await post.ask()
    before = await post.tracker()
    await registered(post.context, unnamed(delayed=True))
    assert await post.tracker() == before


async def test_the_number_of_an_older_parcel_settles_nothing(post: Carriers) -> None:
    post.fedex = fedex("DL", day="2025-11-02")
    await registered(post.context, unnamed(shipped_at=datetime(2026, 11, 18, tzinfo=UTC)))
    for _ in range(4):
        await post.ask(timedelta(minutes=2))
    row = await post.shipment()
    assert (row.carrier, row.settled_by, row.milestone) == (None, None, "handed_over")


async def test_nobody_is_asked_where_there_is_no_account(any_context: Context) -> None:
    await registered(any_context, unnamed())
    await run_due(any_context)
    assert await rows(any_context, select(TRACKER)) == []


# --- putting it right ---------------------------------------------------------------------------------------


async def corrected(context: Context, shipment_id: int, name: str, by: By = "staff") -> bool:
    """Say whose parcel it is."""
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await correct_carrier(tx, now, shipment_id, name, by)

    return await context.db.write(unit)


async def test_a_correction_forgets_what_the_wrong_carrier_said(post: Carriers) -> None:
    post.fedex = fedex("DL")
    shipment_id = await registered(post.context, unnamed(carrier="fedex", carrier_label="FedEx", carrier_open=False))
    await post.ask()
    assert (await post.shipment()).milestone == "delivered"
    assert await corrected(post.context, shipment_id, "purolator")
    row = await post.shipment()
    assert (row.carrier, row.carrier_label, row.settled_by) == ("purolator", "Purolator", "staff")
    assert (row.milestone, row.carrier_milestone, row.finished_at) == ("handed_over", None, None)
    assert row.tracking_url == carriers.tracking_page("purolator", NUMBER)
    assert await rows(post.context, select(CHECKPOINT.c.id)) == []
    assert await rows(post.context, select(RAW_ANSWER_PARCEL.c.raw_id)) == []
    (private,) = await rows(post.context, select(SHIPMENT_PRIVATE.c.signed_by))
    assert private.signed_by is None
    tracker = await post.tracker()
    assert (tracker.carrier, tracker.next_poll_at) == ("purolator", post.clock.now())
    assert (await kinds(post.context))[-1] == "shipment.corrected"
    await registered(post.context, unnamed(carrier="fedex", carrier_label="FedEx", carrier_open=False, delayed=True))
    assert (await post.shipment()).carrier == "purolator"


async def test_a_customer_may_name_one_that_can_only_be_linked_to(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts(NUMBER, carrier="ups"))
    assert await corrected(any_context, shipment_id, "evri", "customer")
    (row,) = await rows(any_context, select(SHIPMENT))
    assert (row.carrier, row.carrier_label, row.settled_by) == (None, "Evri", "customer")
    assert row.tracking_url == carriers.tracking_page("evri", NUMBER)
    assert await rows(any_context, select(TRACKER)) == []
    assert not await corrected(any_context, shipment_id, "evri")


async def test_what_cannot_be_corrected(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts(None, carrier=None))
    with pytest.raises(NotThere):
        await corrected(any_context, shipment_id, "ups")
    with pytest.raises(NotThere):
        await corrected(any_context, 999, "ups")
    numbered = await registered(any_context, facts("S2", source="two"))
    with pytest.raises(UnknownCarrier):
        await corrected(any_context, numbered, "no such carrier")


# --- numbers that are given out again -----------------------------------------------------------------------


async def test_two_orders_a_year_apart_with_the_same_number(post: Carriers) -> None:
    """Each parcel has its own scans, whichever of them the carrier tells when it is asked."""
    named = {"carrier": "fedex", "carrier_label": "FedEx", "carrier_open": False}
    sent = post.clock.now() - timedelta(days=400)
    post.fedex = fedex("DL", day=f"{sent + timedelta(days=3):%Y-%m-%d}")
    old = await registered(post.context, unnamed(source="old", topic="order:1", shipped_at=sent, **named))
    await post.ask()
    young = await registered(
        post.context, unnamed(source="new", topic="order:2", shipped_at=post.clock.now() - timedelta(days=2), **named)
    )
    await post.ask()
    post.fedex = fedex("IT", day=f"{post.clock.now() - timedelta(days=1):%Y-%m-%d}")
    for _ in range(4):
        await post.ask(timedelta(hours=6))
    found = select(SHIPMENT.c.id, SHIPMENT.c.milestone).order_by(SHIPMENT.c.id)
    assert [tuple(row) for row in await rows(post.context, found)] == [(old, "delivered"), (young, "in_transit")]
    scans = select(CHECKPOINT.c.shipment_id, CHECKPOINT.c.milestone).order_by(CHECKPOINT.c.shipment_id)
    assert [tuple(row) for row in await rows(post.context, scans)] == [(old, "delivered"), (young, "in_transit")]
    assert Milestone.DELIVERED.value == "delivered"
