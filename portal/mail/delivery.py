"""Sends what waits in the outbox: the job behind `outbox.send`.

A message that fails is tried again, ever more slowly, and given up after `TRIES`. It may go out twice when the
other side takes it and we do not hear so; both have the same Message-ID. What must not lie in the database
(codes, secret addresses) is worked out at the last moment by a `Filler`.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.mail import compose, smtp
from portal.mail.models import DEAD, LATE, MAIL, REFUSED, SENT, WAITING
from portal.mail.outbox import JOB
from portal.mail.private import MAIL_PRIVATE

log = logging.getLogger("jalon.mail")
TRIES = 20
STOP = timedelta(days=1)  # for so long an address that refused a message for good gets no other
Filler = Callable[[Context, Mapping[str, Any]], Mapping[str, Any]]
_REFUSED = Query(
    select(MAIL.c.id)
    .where(MAIL.c.to_hash == bindparam("who"), MAIL.c.state == REFUSED, MAIL.c.settled_at > bindparam("since"))
    .limit(1)
)
_WAITING = Query(
    select(MAIL, MAIL_PRIVATE.c.address, MAIL_PRIVATE.c["values"].label("filling"))
    .join(MAIL_PRIVATE, MAIL_PRIVATE.c.mail_id == MAIL.c.id)
    .where(MAIL.c.id == bindparam("mail"), MAIL.c.state == WAITING)
)


@dataclass(frozen=True, slots=True)
class Deliver:
    """The job. `fillers`, by message, add values to those in the outbox."""

    fillers: Mapping[str, Filler] = field(default_factory=dict)

    async def __call__(self, context: Context, payload: Mapping[str, Any]) -> None:
        """Send one message, unless that has been settled already."""
        await _deliver(context, int(payload["mail"]), self.fillers)

    def letter(self, context: Context, message: str, locale: str, values: str) -> compose.Letter:
        """The words of a message, from the values (JSON) in the outbox."""
        return _letter(context, message, locale, values, self.fillers)


def _letter(context: Context, message: str, locale: str, values: str, fillers: Mapping[str, Filler]) -> compose.Letter:
    given: Mapping[str, Any] = json.loads(values)
    if fill := fillers.get(message):
        given = {**given, **fill(context, given)}
    return compose.write(context.settings, message, locale, given)


async def _deliver(context: Context, mail_id: int, fillers: Mapping[str, Filler]) -> None:
    async with context.db.read() as reader:
        row = await reader.row(_WAITING, {"mail": mail_id})
    if row is None:
        return
    if row.until is not None and row.until <= context.clock.now():
        await _settle(context, row.id, LATE)
        return
    who = context.keys.keyed_hash("mail", row.address.lower())
    if await _has_refused(context, who):
        await _settle(context, row.id, REFUSED, "refused before")
        return
    try:
        await _hand_over(context, row, _letter(context, row.message, row.locale, row.filling, fillers))
    except smtp.Refused as problem:
        log.warning("mail %d was refused: %s", row.id, problem)
        await _settle(context, row.id, REFUSED, str(problem), who)
    except smtp.Later as problem:
        await _put_off(context, row, str(problem))
    else:
        await _settle(context, row.id, SENT)


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed tries: 5 s, then twice as long each time, an hour at most."""
    return timedelta(seconds=min(5 * 2 ** (tries - 1), 3600))


async def _hand_over(context: Context, row: Any, letter: compose.Letter) -> None:
    settings = context.settings
    try:
        message = compose.message(
            settings, letter, to=row.address, ref=row.ref, locale=row.locale, now=context.clock.now()
        )
    except compose.BadAddress:
        raise smtp.Refused("address") from None
    match context.mail_channel:
        case "smtp":
            await smtp.post(settings, message)
        case "console":
            sys.stdout.write(f"\n--- mail to {row.address}: {letter.subject}\n{letter.text}---\n")
            sys.stdout.flush()
        case "mailbox":
            pass  # it stays where it is, to be read there
        case "none":
            raise smtp.Later("no mail server is set")


async def _has_refused(context: Context, who: str) -> bool:
    """Whether this address refused a message a short time ago: asking on harms the shop's good name as a sender."""
    async with context.db.read() as reader:
        since = context.clock.now() - STOP
        return await reader.row(_REFUSED, {"who": who, "since": since}) is not None


async def _settle(context: Context, mail_id: int, state: str, problem: str | None = None, who: str = "") -> None:
    now = context.clock.now()
    kept = context.mail_channel == "mailbox"

    async def unit(tx: Tx) -> None:
        if (state == SENT and not kept) or state == LATE:
            await tx.run(delete(MAIL_PRIVATE).where(MAIL_PRIVATE.c.mail_id == mail_id))
        values = {"state": state, "problem": problem, "settled_at": now, "tries": MAIL.c.tries + 1, "to_hash": who}
        await tx.run(update(MAIL).where(MAIL.c.id == mail_id, MAIL.c.state == WAITING).values(**values))

    await context.db.write(unit)


async def _put_off(context: Context, row: Any, problem: str) -> None:
    """Have it tried again, or set it aside for a person to see."""
    tries, now = row.tries + 1, context.clock.now()
    over = tries >= TRIES
    log.log(logging.ERROR if over else logging.WARNING, "mail %d, try %d: %s", row.id, tries, problem)

    async def unit(tx: Tx) -> None:
        values = {"tries": tries, "problem": problem, "state": DEAD if over else WAITING}
        await tx.run(update(MAIL).where(MAIL.c.id == row.id, MAIL.c.state == WAITING).values(**values))
        if not over:
            await jobs.enqueue(tx, JOB, now, due=_due(now, tries), mail=row.id)

    await context.db.write(unit)


def _due(now: datetime, tries: int) -> datetime:
    return now + pause(tries)
