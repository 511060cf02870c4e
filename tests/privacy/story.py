"""Ada, of whom everything is held that can be, in words that stand nowhere else; and Bea, of whom nothing may go."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import SQLModel

from carriers import Milestone, Place
from portal import tables
from portal.connecting.private import ORDER_NEWS, SHOP_REQUEST
from portal.connecting.shops import Shops
from portal.context import Context
from portal.editing.commands import NewAddress
from portal.editing.confirm import confirm
from portal.editing.decide import decline
from portal.editing.engine import Engine
from portal.editing.policies import Policies
from portal.editing.preview import preview
from portal.editing.values import EditView
from portal.editing.who import Who
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.mail import outbox
from portal.orders.collecting.store import name_collector
from portal.orders.links import make_link
from portal.orders.models import ORDER
from portal.orders.sync import Outcome, import_order
from portal.platforms.neutral import NeutralOrder
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from portal.signin.models import PASSKEY
from portal.signin.private import PASSKEY_PRIVATE
from portal.staff.log import note
from portal.staff.values import Act, Actor, Step
from portal.tracking.merge import merge
from portal.tracking.private import PROOF_DOCUMENT, SHIPMENT_PRIVATE
from portal.tracking.pushes import packed, store
from portal.tracking.raw import Raw, keep
from tests.support.context import order, parcel, rows
from tests.support.parcels import report, scan
from tests.support.visit import Visit, signed_in
from tests.support.web import Site, site

_DECLARED = tables
ADA, BEA = "ada.canary@example.com", "bea.lark@example.com"
NUMBER, TRACKING = "#70417", "6A70417704175"
# Every word of Ada's, and where it goes in. What is Bea's must survive.
WORDS = {
    "e-mail": ADA,
    "phone": "199009876",
    "name": "Wren Canary",
    "street": "Sparrow Alley",
    "note": "behind the heron",
    "engraving": "For my finch",
    "order number": "70417",
    "platform's number": "EXT-901",
    "tracking number": TRACKING,
    "carrier's words": "with neighbour Kestrel",
    "place": "Depot Plover",
    "signature": "M. Goldcrest",
    "proof": "picture of a Magpie",
    "raw answer": "raw Nightingale",
    "push": "pushed Starling",
    "link's label": "Aunt Swift",
    "passkey's name": "Robin's telephone",
    "message": "letter of a Bunting",
    "new address": "Lapwing Lane",
    "who collects it": "Uncle Redstart",
    "shop's word about it": "said the Dunnock",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """The site; Ada's order is 1, Bea's is 2."""

    site: Site
    ada: Visit
    bea: Visit

    @property
    def context(self) -> Context:
        """What the site works with."""
        return self.site.context


def adas_order(**more: Any) -> NeutralOrder:
    """The order as the platform tells it."""
    shipping = {"name": "Wren Canary", "line1": "3 Sparrow Alley", "postcode": "35400", "city": "Saint-Malo"}
    members: dict[str, Any] = {
        "number": NUMBER,
        "source": {"platform": "neutral", "order_id": "EXT-901"},
        "customer": {"email": ADA, "phone": "+33 1 99 00 98 76", "name": "Wren Canary"},
        "contact": {"email": ADA, "phone": "+33199009876"},
        "address": {"shipping": {**shipping, "country": "FR"}},
        "note": "Leave it behind the heron",
        "lines": [
            {"id": "mug", "title": "Mug", "quantity": 2, "options": [{"name": "Text", "value": "For my finch"}]},
        ],
        "parcels": [parcel("p", TRACKING, {"mug": 2})],
    }
    return order(**{**members, **more})


async def opened(context: Context) -> Shop:
    """Everything that is held of Ada, and an order of Bea's."""
    assert await import_order(context, adas_order(parcels=[])) is Outcome.CREATED
    await _change(context)
    assert await import_order(context, adas_order()) is Outcome.UPDATED
    bea = {"email": BEA}
    await import_order(context, order(number="#2002", contact=bea, parcels=[parcel("p", "6A20022002200", {"mug": 1})]))
    where = site(context)
    ada, other = await signed_in(where, ADA), await signed_in(where, BEA)
    await make_link(context, 1)
    await name_collector(context, 1, "Uncle Redstart")
    for order_id, label in ((1, "Aunt Swift"), (2, "Mum")):
        await make_share_link(context, order_id, Wish(Scope(items=True, towns=True), label=label), Maker(person_id=1))
    await context.db.write(lambda tx: _more(tx, context.clock.now()))
    return Shop(where, ada, other)


async def _change(context: Context) -> None:
    """Ada asks for another address, and the shop says no."""
    engine, ada = Engine(context, Shops(context), Policies()), Who("person", 1)
    wish = NewAddress(name="Wren Canary", line1="8 Lapwing Lane", postcode="35400", city="Saint-Malo", country="FR")
    draft = await preview(engine, 1, wish, ada)
    assert isinstance(draft, EditView)
    await confirm(engine, 1, draft.ref, ada)
    await decline(engine, 1, draft.ref, Who("staff", name="Bo Fieldfare"), "Too late, said the Dunnock")


async def _more(tx: Tx, now: datetime) -> None:
    said = scan(
        Milestone.DELIVERED,
        5,
        text="Left with neighbour Kestrel",
        place=Place(country="FR", city="Brest", text="Depot Plover"),
    )
    await merge(tx, now, 1, "order:1", report(TRACKING, said, milestone=Milestone.DELIVERED))
    await merge(tx, now, 2, "order:2", report("6A20022002200", scan(Milestone.IN_TRANSIT, 3, text="Passed by Linnet")))
    await tx.run(update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == 1).values(signed_by="M. Goldcrest"))
    proof = zlib.compress(b"picture of a Magpie")
    await tx.run(insert(PROOF_DOCUMENT).values(shipment_id=1, digest="d", kind="photo", size=19, body=proof, at=now))
    await keep(tx, now, 1, TRACKING, [Raw("laposte", 200, b"raw Nightingale", (TRACKING,))])
    await keep(tx, now, 2, "6A20022002200", [Raw("laposte", 200, b"raw Linnet", ("6A20022002200",))])
    await store(tx, now, "ups", "one", packed(f"pushed Starling {TRACKING}".encode()))
    await store(tx, now, "ups", "two", packed(b"pushed Linnet 6A20022002200"))
    key = {"credential_id": "YWJj", "public_key": b"k", "created_at": now, "person_id": 1}
    await tx.run(insert(PASSKEY).values(**key))
    await tx.run(insert(PASSKEY_PRIVATE).values(passkey_id=1, name="Robin's telephone"))
    await note(tx, now, Actor(7), Act.OPEN, Step.DONE, "one", order_id=1)
    await note(tx, now, Actor(7), Act.SHIP, Step.DONE, "two", order_id=2)
    news = {"platform": "neutral", "shop": "", "order_id": "EXT-901", "told": 1, "told_at": now, "tries": 0}
    await tx.run(insert(ORDER_NEWS).values(**news))
    about = {"person": json.dumps([("email", ADA)]), "orders": json.dumps(["EXT-901"])}
    asked = {"platform": "neutral", "shop": "", "purpose": "data_request", "at": now, "erased": 0}
    await tx.run(insert(SHOP_REQUEST).values(**asked, **about))
    values = {"name": "letter of a Bunting"}
    await outbox.send(tx, now, to=ADA, message="passkey_removed", locale="en", values=values)


def found(text: str) -> set[str]:
    """Which of Ada's words stand in a text."""
    return {what for what, word in WORDS.items() if word.lower() in text.lower()}


async def everything(context: Context) -> str:
    """Every row of every table, with what is packed unpacked."""
    lines: list[str] = []
    async with context.db.read() as reader:
        for name in SQLModel.metadata.tables:
            lines += [f"{name}: " + " ".join(map(_plain, row)) for row in await reader.rows(_whole(name))]
    return "\n".join(lines)


@cache  # what every test reads again
def _whole(table: str) -> Query:
    return Query(select(SQLModel.metadata.tables[table]))


def _plain(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode("utf-8", "replace")
    except zlib.error:
        return value.decode("utf-8", "replace")


async def address_of(context: Context, order_id: int) -> str:
    """The path of an order's page."""
    (row,) = await rows(context, select(ORDER.c.ref).where(ORDER.c.id == order_id))
    return f"/orders/{row.ref}"


def posting(context: Context, port: int) -> Context:
    """The context with a mail server."""
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    settings = context.settings.model_copy(update={**given, "mail_from": "orders@atelier-lune.example"})
    return replace(context, settings=settings)
