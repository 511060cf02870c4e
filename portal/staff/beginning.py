"""Signing in for the shop's people: a code by mail, typed in the browser that asked for it. No password, and the same
answer whether an address is anybody's or not.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Reader, Tx, one
from portal.kit.ids import TOKEN, new_token, token_hash
from portal.kit.prepared import Query
from portal.kit.quota import count
from portal.mail import outbox
from portal.signin import begin as customers, codes
from portal.staff import limits, sessions
from portal.staff.log import note
from portal.staff.members import by_email
from portal.staff.models import STAFF_BEGINNING
from portal.staff.private import STAFF_BEGINNING_PRIVATE
from portal.staff.sessions import Opened, Somebody
from portal.staff.values import Act, Actor, Step

JOB: Final = "staff.look_up"
_ALIVE: Final = (STAFF_BEGINNING.c.used_at.is_(None), STAFF_BEGINNING.c.expires_at > bindparam("now"))
_TYPED = Query(
    select(STAFF_BEGINNING, STAFF_BEGINNING_PRIVATE.c.email)
    .join(STAFF_BEGINNING_PRIVATE, STAFF_BEGINNING_PRIVATE.c.beginning_id == STAFF_BEGINNING.c.id)
    .where(STAFF_BEGINNING.c.id == bindparam("beginning"), STAFF_BEGINNING.c.sent_at.is_(None))
)
_HERE = Query(
    select(STAFF_BEGINNING.c.id, STAFF_BEGINNING.c.tries, STAFF_BEGINNING.c.back, STAFF_BEGINNING_PRIVATE.c.email)
    .join(STAFF_BEGINNING_PRIVATE, STAFF_BEGINNING_PRIVATE.c.beginning_id == STAFF_BEGINNING.c.id)
    .where(STAFF_BEGINNING.c.browser_hash == bindparam("hash"), *_ALIVE)
)
_TRY = Query(
    update(STAFF_BEGINNING)
    .where(STAFF_BEGINNING.c.browser_hash == bindparam("hash"), STAFF_BEGINNING.c.tries < codes.TRIES, *_ALIVE)
    .values(tries=STAFF_BEGINNING.c.tries + 1)
    .returning(
        STAFF_BEGINNING.c.id,
        STAFF_BEGINNING.c.nonce,
        STAFF_BEGINNING.c.tries,
        STAFF_BEGINNING.c.sent_at,
        STAFF_BEGINNING.c.staff_id,
        STAFF_BEGINNING.c.back,
    ),
    columns=(),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not the code; so many tries are left."""

    left: int


@dataclass(frozen=True, slots=True)
class Done:
    """Signed in, or proven once more."""

    opened: Opened
    back: str | None


async def begin(tx: Tx, context: Context, address: str, locale: str, back: str | None) -> str:
    """Write a beginning and the job that looks it up; returns the secret that stays in this browser."""
    now, browser = context.clock.now(), new_token()
    row = {"browser_hash": token_hash(browser), "nonce": codes.new_nonce(), "locale": locale, "back": back, "tries": 0}
    moments = {"created_at": now, "expires_at": now + codes.LIFE}
    made = await one(tx, insert(STAFF_BEGINNING).values(**row, **moments).returning(STAFF_BEGINNING.c.id))
    await tx.run(insert(STAFF_BEGINNING_PRIVATE).values(beginning_id=made.id, email=address))
    await jobs.enqueue(tx, JOB, now, beginning=made.id)
    jobs.hurry(tx)
    return browser


async def look_up(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: send a code to whoever of the shop has the address. Runs once even when it runs twice."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        row = await tx.row(_TYPED, {"beginning": int(payload["beginning"])})
        if row is None or row.expires_at <= now:
            return
        member = await by_email(tx, row.email)
        if member is None or not member.works_here or await count(tx, now, limits.mailing(context, row.email)):
            return
        sent = update(STAFF_BEGINNING).where(STAFF_BEGINNING.c.id == row.id, STAFF_BEGINNING.c.sent_at.is_(None))
        if await tx.run(sent.values(sent_at=now, staff_id=member.id)):
            letter = {"message": customers.CONFIRM, "locale": row.locale, "values": {"nonce": row.nonce}}
            await outbox.send(tx, now, to=row.email, until=row.expires_at, **letter)

    await context.db.write(unit)


async def begun_here(reader: Reader, browser: str | None, now: datetime) -> Any | None:
    """The beginning of this browser, while its code can still be typed."""
    if browser is None or not TOKEN.fullmatch(browser):
        return None
    row = await reader.row(_HERE, {"hash": token_hash(browser), "now": now})
    return row if row is not None and row.tries < codes.TRIES else None


async def by_code(
    context: Context, who: Somebody | None, browser: str | None, typed: str, label: str
) -> Done | Wrong | None:
    """Try a code in the browser that asked for it; None when there is nothing to try any more."""
    if browser is None or not TOKEN.fullmatch(browser):
        return None
    now, named = context.clock.now(), {"hash": token_hash(browser)}

    async def unit(tx: Tx) -> Done | Wrong | None:
        row = await tx.row(_TRY, {**named, "now": now})
        if row is None:
            return None
        if row.sent_at is None or not codes.is_code_of(context.keys, row.nonce, typed):
            return Wrong(codes.TRIES - row.tries)
        await tx.run(update(STAFF_BEGINNING).where(STAFF_BEGINNING.c.id == row.id).values(used_at=now))
        gone = STAFF_BEGINNING_PRIVATE.c.beginning_id == row.id
        await tx.run(delete(STAFF_BEGINNING_PRIVATE).where(gone))
        return Done(await _let_in(tx, now, who, row.staff_id, label), row.back)

    return await context.db.write(unit)


async def forget(tx: Tx, before: datetime) -> None:
    """Delete beginnings that ended before a moment, and what was typed: for the purge."""
    await tx.run(delete(STAFF_BEGINNING).where(STAFF_BEGINNING.c.expires_at < before))


async def _let_in(tx: Tx, now: datetime, who: Somebody | None, staff_id: int, label: str) -> Opened:
    """Somebody who is signed in here already gets another secret; a session of somebody else ends."""
    if who is not None and who.staff_id == staff_id and (again := await sessions.step_up(tx, now, who.session_id)):
        return again
    if who is not None:
        await sessions.end(tx, now, who.session_id)
    await note(tx, now, Actor(staff_id), Act.SIGN_IN, Step.DONE, str(uuid.uuid4()))
    return await sessions.open_session(tx, now, staff_id, label)
