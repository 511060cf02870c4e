"""Beginning to sign in: what was typed is written down, and looked up afterwards by a job.

So the answer is the same, and takes the same time, whatever there is to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from portal.accounts.own import is_known
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx, one
from portal.kit.ids import new_token, token_hash
from portal.kit.prepared import Query
from portal.kit.quota import count
from portal.mail import outbox
from portal.orders import lookup
from portal.signin import codes, limits
from portal.signin.models import BEGINNING
from portal.signin.private import BEGINNING_PRIVATE

JOB: Final = "signin.look_up"
MESSAGE: Final = "sign_in_code"
CONFIRM: Final = "confirm_code"  # to somebody who is signed in: there is no address to open elsewhere
_TYPED = Query(
    select(BEGINNING, BEGINNING_PRIVATE.c.email, BEGINNING_PRIVATE.c.number, BEGINNING_PRIVATE.c.hint)
    .join(BEGINNING_PRIVATE, BEGINNING_PRIVATE.c.beginning_id == BEGINNING.c.id)
    .where(BEGINNING.c.id == bindparam("beginning"), BEGINNING.c.sent_at.is_(None), BEGINNING.c.used_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wants to be found by; `email` is normalised. `hint`: a phone number or a postcode."""

    email: str | None = None
    number: str | None = None
    hint: str | None = None


async def begin(
    tx: Tx,
    context: Context,
    typed: Typed,
    *,
    locale: str,
    back: str | None = None,
    purpose: str = "sign_in",
    person_id: int | None = None,
) -> str:
    """Write a beginning and the job that looks it up; returns the secret that stays in this browser."""
    now, browser, nonce = context.clock.now(), new_token(), codes.new_nonce()
    row = {
        "browser_hash": token_hash(browser),
        "link_hash": token_hash(codes.link_token_of(context.keys, nonce)),
        "nonce": nonce,
        "purpose": purpose,
        "person_id": person_id,
        "grants": False,
        "back": back,
        "locale": locale,
        "tries": 0,
        "created_at": now,
        "expires_at": now + codes.LIFE,
    }
    made = await one(tx, insert(BEGINNING).values(**row).returning(BEGINNING.c.id))
    private = {"beginning_id": made.id, "email": typed.email, "number": typed.number, "hint": typed.hint}
    await tx.run(insert(BEGINNING_PRIVATE).values(**private))
    await jobs.enqueue(tx, JOB, now, beginning=made.id)
    jobs.hurry(tx)
    return browser


async def look_up(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: find what was meant, and write a code to whom it belongs. Runs once even when it runs twice."""
    async with context.db.read() as reader:
        row = await reader.row(_TYPED, {"beginning": int(payload["beginning"])})
        if row is None or row.expires_at <= context.clock.now():
            return
        found = await _meant(reader, context, row)
    if found is None:
        return
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        fresh = update(BEGINNING).where(BEGINNING.c.id == row.id, BEGINNING.c.sent_at.is_(None))
        values = {"sent_at": now, "order_id": found.order_id or None, "grants": not found.theirs}
        if await tx.run(fresh.values(**values)) and not await count(tx, now, limits.mailing(context, found.email)):
            typed = update(BEGINNING_PRIVATE).where(BEGINNING_PRIVATE.c.beginning_id == row.id)
            await tx.run(typed.values(target=found.email))
            await outbox.send(
                tx,
                now,
                to=found.email,
                message=MESSAGE if row.purpose == "sign_in" else CONFIRM,
                locale=row.locale,
                values={"nonce": row.nonce},
                until=row.expires_at,
            )

    await context.db.write(unit)


def fill(context: Context, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The code and the address for the message, worked out when it is sent."""
    nonce = str(values["nonce"])
    return {
        "code": codes.spaced(codes.code_of(context.keys, nonce)),
        "link": f"{context.settings.base_url}/sign-in/link/{codes.link_token_of(context.keys, nonce)}",
        "minutes": int(codes.LIFE.total_seconds() // 60),
    }


async def forget(tx: Tx, before: datetime) -> None:
    """Delete beginnings that ended before a moment, and what was typed: for the purge."""
    await tx.run(delete(BEGINNING).where(BEGINNING.c.expires_at < before))


async def _meant(reader: Any, context: Context, row: Any) -> lookup.Found | None:
    if row.purpose != "sign_in":  # a signed-in person named the address
        return lookup.Found(0, row.email, theirs=True)
    if row.number and row.hint:
        return await lookup.by_number_and_hint(reader, row.number, row.hint, row.email)
    if row.number:
        return await lookup.by_number_and_email(reader, row.number, row.email)
    known = await lookup.has_orders(reader, context.keys, row.email) or await is_known(reader, context.keys, row.email)
    return lookup.Found(0, row.email, theirs=True) if known else None
