"""Proof-of-delivery documents: asked for once a parcel has arrived, kept privately, each once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select

from carriers import Account, Milestone, Report
from carriers.core.model import Document, ProofOfDelivery
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.jobs import JOB
from portal.tracking.merge import merge
from portal.tracking.private import PROOF_DOCUMENT
from portal.tracking.proofs import MOST, document, documents_of
from portal.worker import run_due
from tests.support.context import kinds, rows
from tests.support.parcels import TOPIC, facts, registered, report, scan

PNG = b"\x89PNG\r\n\x1a\n signature"


def paper(content: bytes) -> Document:
    """A document as a carrier sends it."""
    return Document("image", base64.b64encode(content).decode())


async def merged(context: Context, shipment_id: int, news: Report) -> bool:
    """Take in a report now."""
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await merge(tx, now, shipment_id, TOPIC, news)

    return await context.db.write(unit)


def arrived(number: str, carrier: str = "postnl", *documents: Document) -> Report:
    """A report of a parcel that was handed over."""
    said = report(number, scan(Milestone.DELIVERED, 5), milestone=Milestone.DELIVERED)
    return replace(said, carrier=carrier, proof=ProofOfDelivery("A. Nonyme", documents=documents))


@pytest.fixture
def postnl(any_context: Context) -> Iterator[tuple[Context, list[httpx2.Response]]]:
    """A context that may ask PostNL, and the answers that PostNL will give."""
    answers: list[httpx2.Response] = []
    transport = httpx2.MockTransport(lambda _: answers.pop(0))
    any_context.clients._clients["postnl"] = httpx2.AsyncClient(transport=transport)
    yield replace(any_context, accounts={"postnl": Account("postnl", {"api_key": "invented"})}), answers
    assert answers == []


def signature(content: bytes) -> httpx2.Response:
    """PostNL's answer with a signature."""
    body = {"Signature": {"SignatureImage": base64.b64encode(content).decode()}}
    return httpx2.Response(200, content=json.dumps(body).encode())


async def test_a_signature_is_fetched_once_the_parcel_has_arrived(
    postnl: tuple[Context, list[httpx2.Response]], clock: ManualClock
) -> None:
    context, answers = postnl
    shipment_id = await registered(context, facts("3SABCD123456789", carrier="postnl"))
    assert await merged(context, shipment_id, arrived("3SABCD123456789"))
    assert await run_due(context) == 0
    clock.advance(timedelta(hours=2))
    answers.append(signature(PNG))
    assert await run_due(context) == 1
    async with context.db.read() as reader:
        (kept,) = await documents_of(reader, shipment_id)
        assert (kept.kind, kept.size) == ("image/png", len(PNG))
        found = await document(reader, shipment_id, kept.id)
        assert found is not None
        assert found.content == PNG
        assert await document(reader, shipment_id + 1, kept.id) is None
    assert await kinds(context) == ["shipment.changed", "shipment.proved"]
    assert await rows(context, select(JOB.c.id)) == []


async def test_a_carrier_that_is_away_is_asked_again(
    postnl: tuple[Context, list[httpx2.Response]], clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    context, answers = postnl
    shipment_id = await registered(context, facts("3SABCD123456789", carrier="postnl"))
    await merged(context, shipment_id, arrived("3SABCD123456789"))
    clock.advance(timedelta(hours=2))
    answers.append(httpx2.Response(503))
    await run_due(context)
    assert "3SABCD" not in caplog.text
    clock.advance(timedelta(hours=2))
    answers.append(signature(PNG))
    await run_due(context)
    assert len(await rows(context, select(PROOF_DOCUMENT.c.id))) == 1


async def test_nobody_is_asked_who_has_no_account_or_hands_nothing_out(
    any_context: Context, clock: ManualClock
) -> None:
    for place, carrier in enumerate(("postnl", "gls", "snail_mail")):
        given = facts(f"N{place}", source=str(place), carrier=carrier)
        await merged(any_context, await registered(any_context, given), arrived(f"N{place}", carrier))
    assert [json.loads(job.payload) for job in await rows(any_context, select(JOB.c.payload))] == [{"shipment": 1}]
    clock.advance(timedelta(hours=2))
    await run_due(any_context)
    assert await rows(any_context, select(PROOF_DOCUMENT.c.id)) == []


async def test_a_parcel_that_does_not_arrive_needs_no_proof(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts("N1", carrier="postnl"))
    lost = replace(report("N1", scan(Milestone.LOST, 5), milestone=Milestone.LOST), carrier="postnl")
    assert await merged(any_context, shipment_id, lost)
    assert await rows(any_context, select(JOB.c.id)) == []


async def test_documents_in_a_report_are_kept_each_once_and_not_without_end(any_context: Context) -> None:
    shipment_id = await registered(any_context, facts("N1", carrier="gls"))
    assert await merged(any_context, shipment_id, arrived("N1", "gls", paper(PNG), paper(PNG), paper(b"<html>")))
    assert not await merged(any_context, shipment_id, arrived("N1", "gls", paper(PNG)))
    async with any_context.db.read() as reader:
        assert len(await documents_of(reader, shipment_id)) == 1
    more = [paper(PNG + bytes([n])) for n in range(20)]
    assert await merged(any_context, shipment_id, arrived("N1", "gls", *more))
    async with any_context.db.read() as reader:
        assert len(await documents_of(reader, shipment_id)) == MOST
