"""Messages as rows: written with the change that wants them, sent by a job afterwards.

Whoever writes here has decided that the message may go out; how often a stranger may cause one is for them
to limit.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from portal.kit import jobs
from portal.kit.db import Tx
from portal.mail.models import MAIL, WAITING
from portal.mail.private import MAIL_PRIVATE

JOB = "mail.deliver"
_KEPT = timedelta(days=30)


async def send(
    tx: Tx,
    now: datetime,
    *,
    to: str,
    message: str,
    locale: str,
    values: Mapping[str, Any],
    unique: str | None = None,
    until: datetime | None = None,
) -> None:
    """Have `message` (a folder of templates/email) sent to the address `to`, filled with `values` (plain JSON).

    One with the same `unique` that was written before is left as it is. After `until` it is not sent any more.
    """
    ref = secrets.token_hex(16)
    row = {
        "ref": ref,
        "unique_key": unique,
        "message": message,
        "locale": locale,
        "to_hash": "",
        "state": WAITING,
        "tries": 0,
        "until": until,
        "created_at": now,
    }
    await tx.upsert(MAIL, [row], ["unique_key"], update=False)
    ours = await tx.row(select(MAIL.c.id).where(MAIL.c.ref == ref))
    if ours is None:
        return
    private = {"mail_id": ours.id, "address": to, "values": json.dumps(values)}
    await tx.run(insert(MAIL_PRIVATE).values(private))
    await jobs.enqueue(tx, JOB, now, mail=ours.id)
    jobs.hurry(tx)


async def forget(tx: Tx, now: datetime) -> None:
    """Delete messages long settled, and what they held: for the purge."""
    await tx.run(delete(MAIL).where(MAIL.c.created_at < now - _KEPT))
