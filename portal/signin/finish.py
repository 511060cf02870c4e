"""Signing in with a code, or with the address beside it: five tries, one use, one browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from portal.accounts import own, people, sessions
from portal.accounts.sessions import Opened
from portal.accounts.viewer import Viewer
from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.ids import TOKEN, token_hash
from portal.kit.prepared import Query
from portal.orders.links import open_for
from portal.signin import codes, notices
from portal.signin.models import BEGINNING, PASSKEY, PASSKEY_OFFER
from portal.signin.private import BEGINNING_PRIVATE

GRANT: Final = timedelta(days=7)  # for so long a browser reads an order that no contact belongs to
_ALIVE = (BEGINNING.c.used_at.is_(None), BEGINNING.c.expires_at > bindparam("now"))
_TRY = Query(
    update(BEGINNING)
    .where(BEGINNING.c.browser_hash == bindparam("hash"), BEGINNING.c.tries < codes.TRIES, *_ALIVE)
    .values(tries=BEGINNING.c.tries + 1)
    .returning(BEGINNING.c.id, BEGINNING.c.nonce, BEGINNING.c.tries, BEGINNING.c.sent_at),
    columns=(),
)
_SHOWN = (
    BEGINNING.c.id,
    BEGINNING.c.purpose,
    BEGINNING.c.person_id,
    BEGINNING.c.order_id,
    BEGINNING.c.grants,
    BEGINNING.c.back,
    BEGINNING.c.locale,
    BEGINNING.c.tries,
    BEGINNING_PRIVATE.c.email,
    BEGINNING_PRIVATE.c.number,
    BEGINNING_PRIVATE.c.hint,
    BEGINNING_PRIVATE.c.target,
)
_SELECT = select(*_SHOWN).join(BEGINNING_PRIVATE, BEGINNING_PRIVATE.c.beginning_id == BEGINNING.c.id)
_HERE = Query(_SELECT.where(BEGINNING.c.browser_hash == bindparam("hash"), *_ALIVE))
_LINK = Query(
    _SELECT.where(
        BEGINNING.c.link_hash == bindparam("hash"),
        BEGINNING.c.purpose == "sign_in",
        BEGINNING.c.sent_at.is_not(None),
        *_ALIVE,
    )
)
_USE = Query(
    update(BEGINNING)
    .where(BEGINNING.c.id == bindparam("beginning"), *_ALIVE)
    .values(used_at=bindparam("now"))
    .returning(BEGINNING.c.id),
    columns=(),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not the code; so many tries are left."""

    left: int


@dataclass(frozen=True, slots=True)
class Done:
    """Signed in. `offer`: this is the moment to offer a passkey, for the first and last time."""

    opened: Opened
    person_id: int
    order_id: int | None
    back: str | None
    offer: bool


async def begun_here(reader: Reader, browser: str | None, now: datetime) -> Any | None:
    """The beginning of this browser, while its code can still be typed."""
    if browser is None or not TOKEN.fullmatch(browser):
        return None
    row = await reader.row(_HERE, {"hash": token_hash(browser), "now": now})
    return row if row is not None and row.tries < codes.TRIES else None


async def begun_by_link(reader: Reader, token: str, now: datetime) -> Any | None:
    """The beginning whose message holds this address, while it can be used. Looking changes nothing."""
    return await reader.row(_LINK, {"hash": token_hash(token), "now": now}) if TOKEN.fullmatch(token) else None


async def by_code(context: Context, viewer: Viewer, browser: str | None, typed: str, label: str) -> Done | Wrong | None:
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
        whole = await tx.row(_HERE, {**named, "now": now})
        return await _finish(tx, context, viewer, whole, label)

    return await context.db.write(unit)


async def by_link(context: Context, viewer: Viewer, token: str, label: str) -> Done | None:
    """Use the address of the message, in whatever browser it was opened: it signs that one in and no other."""
    if not TOKEN.fullmatch(token):
        return None
    now, named = context.clock.now(), {"hash": token_hash(token)}

    async def unit(tx: Tx) -> Done | None:
        whole = await tx.row(_LINK, {**named, "now": now})
        return await _finish(tx, context, viewer, whole, label)

    return await context.db.write(unit)


async def _finish(tx: Tx, context: Context, viewer: Viewer, row: Any | None, label: str) -> Done | None:
    now = context.clock.now()
    if row is None or (row.purpose != "sign_in" and row.person_id != viewer.person_id):
        return None  # what a signed-in person began is finished by them or by nobody
    if await tx.row(_USE, {"beginning": row.id, "now": now}) is None:
        return None
    await tx.run(delete(BEGINNING_PRIVATE).where(BEGINNING_PRIVATE.c.beginning_id == row.id))
    if row.purpose == "add":
        told = await own.emails(tx, row.person_id)
        await notices.tell(tx, now, told, "contact_added", locale=row.locale, values={"address": row.target})
    person_id = await people.prove(tx, now, context.keys, "email", row.target, person_id=row.person_id, locale=None)
    opened = await sessions.sign_in(tx, now, viewer, person_id, label=label)
    if row.grants and row.order_id is not None:
        await open_for(tx, now, row.order_id, opened.id, now + GRANT)
    offer = row.purpose == "sign_in" and await _first_time(tx, now, person_id)
    return Done(opened, person_id, row.order_id, row.back, offer)


async def _first_time(tx: Tx, now: datetime, person_id: int) -> bool:
    """Whether a passkey was never made nor offered before; from now on it has been."""
    asked: Sequence[Any] = await tx.rows(
        select(PASSKEY_OFFER.c.person_id).where(PASSKEY_OFFER.c.person_id == person_id)
    )
    has: Sequence[Any] = await tx.rows(select(PASSKEY.c.id).where(PASSKEY.c.person_id == person_id).limit(1))
    offered = {"person_id": person_id, "offered_at": now}
    await tx.upsert(PASSKEY_OFFER, [offered], ["person_id"], update=False)
    return not asked and not has
