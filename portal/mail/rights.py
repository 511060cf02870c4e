"""What the outbox holds of a person, shown and erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, func, select

from portal.kit import jobs
from portal.kit.db import Reader, Tx
from portal.mail.models import MAIL
from portal.mail.outbox import JOB
from portal.mail.private import MAIL_PRIVATE
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """The messages of which the address is still held: those under way, and those that could not be delivered."""
    columns = (
        MAIL.c.message,
        MAIL_PRIVATE.c.address,
        MAIL.c.locale,
        MAIL.c.state,
        MAIL.c.created_at,
        MAIL.c.settled_at,
    )
    asked = select(*columns).join(MAIL_PRIVATE, MAIL_PRIVATE.c.mail_id == MAIL.c.id)
    rows = await reader.rows(asked.where(MAIL.c.id.in_(_theirs(whose))).order_by(MAIL.c.id))
    return {"messages": [row._asdict() for row in rows]}


async def erase(tx: Tx, _now: datetime, whose: Whose) -> None:
    """Forget every message to their addresses, those that have not gone out as well."""
    for row in await tx.rows(delete(MAIL).where(MAIL.c.id.in_(_theirs(whose))).returning(MAIL.c.id)):
        await jobs.cancel(tx, JOB, mail=row.id)  # its number may be given to another message


def _theirs(whose: Whose) -> Select[tuple[int]]:
    wanted = {address.lower() for address in whose.addresses}
    return select(MAIL_PRIVATE.c.mail_id).where(func.lower(MAIL_PRIVATE.c.address).in_(wanted))
