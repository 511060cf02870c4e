"""Whose orders they are: hashes that follow the order and the key, and a question that costs the same in any shop."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, select, update

from portal import schema
from portal.accounts.models import CONTACT
from portal.accounts.people import prove
from portal.accounts.sessions import open_session
from portal.accounts.viewer import NOBODY, Viewer, viewer_of
from portal.context import Context
from portal.kit.cookies import SECURE
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.ids import REF
from portal.kit.secrets import keys_from
from portal.kit.sqlite import sqlite_engine
from portal.orders import access
from portal.orders.contacts import catch_up
from portal.orders.models import ORDER, ORDER_CONTACT
from portal.orders.sync import import_order
from tests.support.context import KEY, order, rows

EMAIL = "camille@mail.example"
NEXT = "another key, invented as well, 0987654321"


@pytest.fixture
async def stored(any_context: Context) -> Context:
    """A context with one order, of EMAIL, with a phone."""
    address = {"shipping": {"country": "FR"}}
    await import_order(any_context, order(contact={"email": EMAIL, "phone": "01 99 00 12 34"}, address=address))
    return any_context


async def signed_in(context: Context) -> Viewer:
    """The order's person."""
    now = context.clock.now()

    async def unit(tx: Tx) -> str:
        return (await open_session(tx, now, person_id=await prove(tx, now, context.keys, "email", EMAIL))).token

    token = await context.db.write(unit)
    async with context.db.read() as reader:
        return await viewer_of(reader, {SECURE: False, "headers": [(b"cookie", f"jalon={token}".encode())]}, now)


async def sees(context: Context, viewer: Viewer) -> bool:
    """Whether this viewer may see order 1."""
    ref = (await rows(context, select(ORDER.c.ref)))[0].ref
    async with context.db.read() as reader:
        try:
            found = await access.readable(reader, viewer, ref, context.clock.now())
        except NotThere:
            return False
    return (found.order_id, found.how) == (1, "person")


def with_keys(context: Context, new: str, old: str | None) -> Context:
    """The same installation, started with these keys."""
    return replace(context, keys=keys_from(new, old, None))


async def test_an_order_has_a_hash_for_each_contact_and_no_plain_one(stored: Context) -> None:
    found = await rows(stored, select(ORDER_CONTACT.c.kind, ORDER_CONTACT.c.hash))
    assert sorted(row.kind for row in found) == ["email", "phone"]
    assert EMAIL not in str(found)
    assert REF.fullmatch((await rows(stored, select(ORDER.c.ref)))[0].ref)


async def test_a_ref_stays_when_the_order_changes(stored: Context) -> None:
    before = await rows(stored, select(ORDER.c.ref))
    await import_order(stored, order(contact={"email": "lou@mail.example"}, updated_at="2026-11-19T12:00:00Z"))
    assert await rows(stored, select(ORDER.c.ref)) == before
    assert len(await rows(stored, select(ORDER_CONTACT.c.hash))) == 1


async def test_only_a_proven_contact_opens_an_order_and_only_a_fresh_proof_lets_act(stored: Context) -> None:
    me = await signed_in(stored)
    assert await sees(stored, me)
    assert not await sees(stored, NOBODY)
    assert not await sees(stored, replace(me, person_id=None))
    ref = (await rows(stored, select(ORDER.c.ref)))[0].ref
    async with stored.db.read() as reader:
        now = stored.clock.now()
        assert (await access.readable(reader, me, ref, now)).may_act
        assert not (await access.readable(reader, replace(me, stepped_up_at=None), ref, now)).may_act


async def test_orders_from_before_there_were_hashes_get_theirs(stored: Context) -> None:
    me = await signed_in(stored)

    async def forget(tx: Tx) -> None:
        await tx.run(ORDER_CONTACT.delete())
        await tx.run(update(ORDER).values(contacts_key=None))

    await stored.db.write(forget)
    assert not await sees(stored, me)
    await catch_up(stored, {})
    assert await sees(stored, me)


async def test_a_key_is_replaced_and_nobody_misses_an_order_in_between(stored: Context) -> None:
    me = await signed_in(stored)
    both = with_keys(stored, NEXT, KEY)
    await catch_up(both, {})
    assert await sees(both, me)
    assert len(await rows(stored, select(ORDER_CONTACT.c.hash))) == 4  # each under both keys
    alone = with_keys(stored, NEXT, None)
    await catch_up(alone, {})
    assert await sees(alone, me)
    assert len(await rows(stored, select(ORDER_CONTACT.c.hash))) == 2
    assert (await signed_in(alone)).person_id == me.person_id
    assert len(await rows(stored, select(CONTACT.c.id))) == 1


async def test_a_key_that_was_lost_is_made_good_from_what_is_stored(stored: Context) -> None:
    me = await signed_in(stored)
    lost = with_keys(stored, NEXT, None)
    again = await signed_in(lost)  # who signs in before the job ran looks like somebody new
    await catch_up(lost, {})
    assert await sees(lost, again)
    assert len(await rows(stored, select(CONTACT.c.id))) == 1
    assert me.person_id != again.person_id


async def test_asking_for_an_order_walks_no_table(context: Context, sqlite_url: str) -> None:
    engine = sqlite_engine(sqlite_url)
    for question in (access._KNOWN, access._NAMED):
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN " + question.on(engine.dialect).sql, _blank(question, engine)
            )
            steps = [str(row[3]) for row in plan]
        assert steps
        assert [step for step in steps if step.startswith("SCAN")] == []
    engine.dispose()


def _blank(question: Any, engine: Any) -> tuple[Any, ...]:
    return (None,) * len(question.on(engine.dialect)._order)


def test_orders_of_the_version_before_get_refs_and_keep_everything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jalon.db"
    schema._with(url, lambda connection: _at(connection, "0004"))
    file = sqlite3.connect(tmp_path / "jalon.db")
    for number in range(1, 4):
        file.execute(
            'insert into "order" (id, platform, shop, external_id, number, version, digest, test, payment, fulfilment, '
            "created_at, updated_at) values (?, 'p', 's', ?, '#1', '1', 'd', 0, 'paid', 'open', '2026-11-20', "
            "'2026-11-20')",
            (number, str(number)),
        )
        file.execute("insert into order_private (order_id, document) values (?, '{}')", (number,))
    file.commit()
    schema.migrate(url)
    refs = [ref for (ref,) in file.execute('select ref from "order"')]
    assert len(set(refs)) == 3
    assert all(REF.fullmatch(ref) for ref in refs)
    assert file.execute("select count(*) from order_private").fetchone() == (3,)
    file.close()


def _at(connection: Connection, revision: str) -> None:
    command.upgrade(schema._config(connection), revision)
    connection.commit()
