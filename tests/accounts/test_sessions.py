"""Sessions: another secret at every change of who one is, listed, ended, and told when they end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from portal.accounts.models import PERSON, SESSION
from portal.accounts.people import prove
from portal.accounts.retention import delete_dead_sessions
from portal.accounts.sessions import (
    Opened,
    end,
    end_all,
    goodbye,
    open_session,
    sessions_of,
    sign_in,
    step_up,
)
from portal.accounts.viewer import NOBODY, Viewer, viewer_of
from portal.context import Context
from portal.kit import cookies
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from tests.support.context import kinds, rows

T = TypeVar("T")


async def done(context: Context, act: Callable[[Tx], Awaitable[T]]) -> T:
    """A write, by whatever `act` awaits."""

    async def unit(tx: Tx) -> T:
        return await act(tx)

    return await context.db.write(unit)


async def person(context: Context, email: str = "camille@mail.example", **more: Any) -> int:
    """Somebody who has proven this address."""
    return await done(context, lambda tx: prove(tx, context.clock.now(), context.keys, "email", email, **more))


async def opened(context: Context, person_id: int | None = None) -> Opened:
    """A session."""
    return await done(context, lambda tx: open_session(tx, context.clock.now(), person_id=person_id))


async def viewer(context: Context, token: str) -> Viewer:
    """Whom a cookie stands for."""
    scope = {cookies.SECURE: True, "headers": [(b"cookie", f"__Host-jalon={token}".encode())]}
    async with context.db.read() as reader:
        return await viewer_of(reader, scope, context.clock.now())


async def test_a_cookie_stands_for_its_person_and_nothing_else_does(any_context: Context) -> None:
    me = await person(any_context, locale="fr")
    session = await opened(any_context, me)
    found = await viewer(any_context, session.token)
    assert (found.session_id, found.person_id, found.locale, len(found.contacts)) == (session.id, me, "fr", 1)
    assert found.proven(any_context.clock.now())
    assert not found.proven(any_context.clock.now() + timedelta(minutes=15))
    for token in ("", "A" * 27, session.token[:-1], session.token + "A"):
        assert await viewer(any_context, token) == NOBODY


async def test_signing_in_gives_another_secret_and_keeps_what_the_browser_had(any_context: Context) -> None:
    before, me = await opened(any_context), await person(any_context)
    was = await viewer(any_context, before.token)
    after = await done(any_context, lambda tx: sign_in(tx, any_context.clock.now(), was, me, label="Firefox"))
    assert (after.id, after.token == before.token) == (before.id, False)
    assert await viewer(any_context, before.token) == NOBODY
    assert (await viewer(any_context, after.token)).person_id == me


async def test_signing_in_over_somebody_else_ends_their_session(any_context: Context) -> None:
    other, me = await person(any_context, "lou@mail.example"), await person(any_context)
    theirs = await opened(any_context, other)
    was = await viewer(any_context, theirs.token)
    mine = await done(any_context, lambda tx: sign_in(tx, any_context.clock.now(), was, me))
    assert mine.id != theirs.id
    assert await viewer(any_context, theirs.token) == NOBODY
    assert await kinds(any_context) == ["session.ended"]


async def test_proving_oneself_again_gives_another_secret(any_context: Context, clock: ManualClock) -> None:
    session = await opened(any_context, await person(any_context))
    clock.advance(timedelta(hours=1))
    was = await viewer(any_context, session.token)
    assert not was.proven(clock.now())
    again = await done(any_context, lambda tx: step_up(tx, clock.now(), was))
    assert again is not None
    assert (await viewer(any_context, again.token)).proven(clock.now())
    assert await viewer(any_context, session.token) == NOBODY
    assert await done(any_context, lambda tx: step_up(tx, clock.now(), NOBODY)) is None


async def test_a_person_lists_and_ends_their_own_sessions_only(any_context: Context, clock: ManualClock) -> None:
    me, other = await person(any_context), await person(any_context, "lou@mail.example")
    mine = [await opened(any_context, me) for _ in range(3)]
    theirs = await opened(any_context, other)
    assert not await done(any_context, lambda tx: end(tx, clock.now(), theirs.id, person_id=me))
    assert await done(any_context, lambda tx: end(tx, clock.now(), mine[0].id, person_id=me))
    assert not await done(any_context, lambda tx: end(tx, clock.now(), mine[0].id, person_id=me))
    async with any_context.db.read() as reader:
        assert [browser.id for browser in await sessions_of(reader, me, clock.now())] == [mine[2].id, mine[1].id]
    assert await done(any_context, lambda tx: end_all(tx, clock.now(), me, but=mine[1].id)) == 1
    assert (await viewer(any_context, theirs.token)).person_id == other
    assert await kinds(any_context) == ["session.ended"] * 2


async def test_sessions_that_are_over_are_forgotten(any_context: Context, clock: ManualClock) -> None:
    me = await person(any_context)
    ended, idle = await opened(any_context, me), await opened(any_context)
    await done(any_context, lambda tx: end(tx, clock.now(), ended.id))
    for days, left in ((0, {ended.id, idle.id}), (2, {idle.id}), (29, set())):
        clock.advance(timedelta(days=days))
        await done(any_context, lambda tx: delete_dead_sessions(tx, clock.now()))
        assert {row.id for row in await rows(any_context, select(SESSION.c.id))} == left


def test_signing_out_takes_back_the_cookie_and_clears_what_was_kept() -> None:
    given = dict(goodbye(secure=True))
    assert given["set-cookie"] == "__Host-jalon=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert '"cache"' in given["clear-site-data"]
    assert "cookies" not in given["clear-site-data"]


async def test_a_proven_contact_is_one_persons_and_moves_to_whoever_proves_it(any_context: Context) -> None:
    me = await person(any_context)
    assert await person(any_context) == me
    other = await person(any_context, "lou@mail.example")
    assert await person(any_context, "lou@mail.example", person_id=me) == me
    assert len((await viewer(any_context, (await opened(any_context, me)).token)).contacts) == 2
    assert (await viewer(any_context, (await opened(any_context, other)).token)).contacts == frozenset()
    assert (await rows(any_context, select(func.count().label("n")).select_from(PERSON)))[0].n == 2


@pytest.mark.parametrize("name", ["token_hash"])
async def test_the_database_holds_no_cookie(context: Context, name: str) -> None:
    session = await opened(context)
    assert session.token not in str(await rows(context, select(SESSION)))
    assert session.token not in session.cookie(secure=True).replace(session.token, "", 1)
