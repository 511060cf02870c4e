"""The order's person puts a carrier right and gets the proof of delivery; nobody else does."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
from sqlalchemy import insert, select

from carriers.core.model import Document
from portal.context import Context
from portal.kit.db import Tx
from portal.orders.links import make_link
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE
from portal.tracking.proofs import keep_documents
from tests.support.context import order, parcel, rows
from tests.support.visit import NAVIGATION, Visit, signed_in
from tests.support.web import Site, site

PNG = b"\x89PNG\r\n\x1a\n signature"
MINE, OTHER = "anna@example.com", "bela@example.com"


@dataclass(frozen=True, slots=True)
class Shop:
    """Two orders of two persons, each with a parcel; the first has a signature."""

    site: Site
    ref: str
    other_ref: str

    @property
    def base(self) -> str:
        """The address of the first order's page of parcels."""
        return f"/orders/{self.ref}/parcels"


@pytest.fixture
async def shop(context: Context) -> Shop:
    """An open site."""
    for number, email in (("#1001", MINE), ("#1002", OTHER)):
        await import_order(
            context,
            order(
                number=number,
                contact={"email": email},
                parcels=[parcel("p", f"6A1234567890{number[-1]}", {"mug": 2})],
            ),
        )

    async def unit(tx: Tx) -> None:
        paper = Document("image", base64.b64encode(PNG).decode())
        await keep_documents(tx, context.clock.now(), 1, [paper])

    await context.db.write(unit)
    refs = [row.ref for row in await rows(context, select(ORDER.c.ref).order_by(ORDER.c.id))]
    return Shop(site(context), *refs)


async def test_the_person_sees_the_proof_and_the_choice(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    page = await me.ask(f"/orders/{shop.ref}")
    assert f'href="{shop.base}"' in page.text
    answer = await me.ask(shop.base)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert f'href="{shop.base}/1/proofs/1"' in answer.text
    assert '<option value="chronopost">' in answer.text
    assert "6A12345678902" not in answer.text
    french = await me.ask(f"{shop.base}?lang=fr")
    assert "Preuve de livraison" in french.text


async def test_a_document_is_handed_over_as_a_file_and_nothing_else(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    answer = await me.ask(f"{shop.base}/1/proofs/1")
    assert (answer.status, answer.body) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'attachment; filename="proof-1-1.png"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    for wrong in (f"{shop.base}/2/proofs/1", f"{shop.base}/1/proofs/2", f"/orders/{shop.other_ref}/parcels/1/proofs/1"):
        assert (await me.ask(wrong)).status == 404


async def test_nobody_else_gets_it(shop: Shop) -> None:
    stranger, someone = Visit(shop.site), await signed_in(shop.site, OTHER)
    link = (await make_link(shop.site.context, 1)).removeprefix(shop.site.context.settings.base_url)
    by_link = Visit(shop.site)
    assert (await by_link.go(link)).status == 200
    page = (await by_link.ask(f"/orders/{shop.ref}", **NAVIGATION)).text
    assert "Say who brings the parcel, signed in." in page  # one page for all who may see it: it says what is asked
    assert 'href="/sign-in"' in (await by_link.ask(shop.base)).text
    for visit in (stranger, someone, by_link):
        for path in (shop.base, f"{shop.base}/1/proofs/1"):
            answer = await visit.ask(path)
            assert answer.status == 404
            assert "6A12345678901" not in answer.text
        assert (await visit.send(f"{shop.base}/1/carrier", {"carrier": "ups"})).status == 404
    ((carrier,),) = await rows(shop.site.context, select(SHIPMENT.c.carrier).where(SHIPMENT.c.id == 1))
    assert carrier == "laposte"


async def test_the_person_says_who_brings_it(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    answer = await me.send(f"{shop.base}/1/carrier?lang=fr", {"carrier": "chronopost"})
    assert (answer.status, answer.headers["location"]) == (303, f"/orders/{shop.ref}?lang=fr#parcel-1")
    (row,) = await rows(shop.site.context, select(SHIPMENT).where(SHIPMENT.c.id == 1))
    assert (row.carrier, row.carrier_label, row.settled_by) == ("chronopost", "Chronopost", "customer")
    (tracker,) = await rows(shop.site.context, select(TRACKER.c.carrier).where(TRACKER.c.shipment_id == 1))
    assert tracker.carrier == "chronopost"
    assert (await me.send(f"{shop.base}/2/carrier", {"carrier": "chronopost"})).status == 404


@pytest.mark.parametrize("carrier", ["", "no such carrier", "x" * 61])
async def test_a_carrier_that_there_is_not_is_said_beside_the_field(shop: Shop, carrier: str) -> None:
    me = await signed_in(shop.site, MINE)
    answer = await me.send(f"{shop.base}/1/carrier", {"carrier": carrier})
    assert answer.status == 422
    assert "Please look at this once more" in answer.text


async def test_the_carriers_own_words_for_what_we_do_not_know_are_on_the_private_page(shop: Shop) -> None:
    context = shop.site.context

    async def unit(tx: Tx) -> None:
        now = context.clock.now()
        scan = {"identity": "i", "code": "ZZ9", "milestone": "unknown", "wall": now.replace(tzinfo=None)}
        added = insert(CHECKPOINT).returning(CHECKPOINT.c.id)
        row = await tx.row(
            added.values(
                **scan,
                shipment_id=1,
                offset_minutes=0,
                sort_at=scan["wall"],
                delayed=False,
                date_only=False,
                seen_at=now,
            )
        )
        assert row is not None
        await tx.run(insert(CHECKPOINT_PRIVATE).values(checkpoint_id=row.id, text="Remis à Mme Inventée"))
        tx.emit("order:1", "shipment.changed")

    await context.db.write(unit)
    await context.db.write(_answered)
    me = await signed_in(shop.site, MINE)
    assert "Remis à Mme Inventée" in (await me.ask(f"/orders/{shop.ref}")).text


async def _answered(tx: Tx) -> None:
    from sqlalchemy import func, update

    await tx.run(
        update(TRACKER)
        .where(TRACKER.c.shipment_id == 1)
        .values(answered_at=func.coalesce(TRACKER.c.answered_at, TRACKER.c.next_poll_at))
    )
