"""Retention as code: what is kept for a time only, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from carriers.core.pushing import MEMORY
from portal.accounts.retention import delete_dead_sessions
from portal.api import outgoing
from portal.connecting import inbox, requests
from portal.context import Context
from portal.editing.retention import delete_old_drafts
from portal.kit import quota
from portal.kit.db import Tx
from portal.kit.events import EVENT
from portal.mail import outbox
from portal.orders import looks
from portal.orders.retention import delete_dead_links, delete_unseen_uses
from portal.privacy import erasure
from portal.sharing.links import delete_dead_shares
from portal.signin import begin, passkeys
from portal.staff import beginning as staff_beginning, sessions as staff_sessions
from portal.tracking.retention import delete_raw_answers, forget_pushes

_ASKED = timedelta(hours=1)  # what somebody typed to be found by
_GONE = timedelta(days=30)  # within which a platform may have an order again


async def purge(context: Context, _payload: Mapping[str, Any]) -> None:
    """Delete what has outlived its purpose: raw answers, old events, messages long settled, order
    links long ended and uses of them that came to nothing, sessions that are over, who looked, orders and
    accounts of which nobody has heard for long."""
    now, settings = context.clock.now(), context.settings

    async def unit(tx: Tx) -> None:
        await delete_raw_answers(tx, now - timedelta(days=settings.raw_days))
        await forget_pushes(tx, now - MEMORY, now - max(timedelta(days=settings.raw_days), MEMORY))
        await inbox.forget(tx, now - MEMORY)
        await requests.forget(tx, now - timedelta(days=settings.order_days))
        await delete_dead_links(tx, now - timedelta(days=settings.link_days))
        await delete_old_drafts(tx, now)
        await delete_dead_shares(tx, now - timedelta(days=settings.link_days))
        await delete_unseen_uses(tx, now)
        await delete_dead_sessions(tx, now)
        await looks.forget(tx, (now - timedelta(days=settings.look_days)).date())
        await erasure.forget(tx, now - timedelta(days=settings.order_days))
        await outbox.forget(tx, now)
        await quota.forget(tx, now)
        await begin.forget(tx, now - _ASKED)
        await staff_beginning.forget(tx, now - _ASKED)
        await staff_sessions.forget(tx, now)
        await passkeys.forget(tx, now)
        await outgoing.forget(tx, now)
        await tx.run(delete(EVENT).where(EVENT.c.at < now - timedelta(days=settings.event_days)))

    await context.db.write(unit)
    await erasure.erase_old(context, now - timedelta(days=settings.order_days))
    await erasure.erase_gone(context, now - _GONE)
    await erasure.erase_unused(context, now - timedelta(days=settings.account_days))
