"""Share links as their owner makes, sees and ends them. Each address is made anew from the installation's key when
its owner wants to see it; the database has its hash and a salt."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from portal.context import Context
from portal.kit.db import Reader, Tx, one
from portal.kit.errors import NotThere, Refused
from portal.kit.ids import token_hash
from portal.kit.prepared import Query
from portal.kit.private import Private
from portal.sharing.models import SHARE_LINK
from portal.sharing.private import SHARE_LINK_PRIVATE
from portal.sharing.public.reads import topic_of
from portal.sharing.public.values import Scope

MOST_LINKS: Final = 20  # of one order that are open at once
UNTIL_ARRIVAL_DAYS: Final = 90  # a link "until it has arrived" does not wait longer
_PURPOSE: Final = "share link"
_LINKS = Query(
    select(
        SHARE_LINK.c.id,
        SHARE_LINK.c.token_hash,
        SHARE_LINK.c.salt,
        SHARE_LINK.c.with_items,
        SHARE_LINK.c.with_towns,
        SHARE_LINK.c.gift,
        SHARE_LINK.c.until_arrival,
        SHARE_LINK.c.max_opens,
        SHARE_LINK.c.opens,
        SHARE_LINK.c.last_opened_at,
        SHARE_LINK.c.created_at,
        SHARE_LINK.c.created_by_session,
        SHARE_LINK.c.expires_at,
        SHARE_LINK_PRIVATE.c.label,
    )
    .outerjoin(SHARE_LINK_PRIVATE, SHARE_LINK_PRIVATE.c.share_link_id == SHARE_LINK.c.id)
    .where(
        SHARE_LINK.c.order_id == bindparam("order"),
        SHARE_LINK.c.revoked_at.is_(None),
        SHARE_LINK.c.expires_at > bindparam("now"),
    )
    .order_by(SHARE_LINK.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants of a new link. `days` None: until it has arrived. `opens` None: any number."""

    scope: Scope
    days: int | None = 7
    opens: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a link: the order's person, or the browser that opened a link to it."""

    person_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A link as its owner sees it. `url` is None when the installation's key has changed since."""

    id: int
    label: Private[str]
    scope: Scope
    url: str | None
    until_arrival: bool
    expires_at: datetime
    max_opens: int | None
    opens: int
    last_opened_at: datetime | None
    created_at: datetime
    made_by_session: int | None

    @property
    def used_up(self) -> bool:
        """Whether nobody else can open it."""
        return self.max_opens is not None and self.opens >= self.max_opens


async def make_share_link(context: Context, order_id: int, wish: Wish, maker: Maker) -> str:
    """A new link for visitors; returns its address. Raises Refused (409) when the order has too many."""
    salt, now = secrets.token_urlsafe(16), context.clock.now()
    token = context.keys.tokens(_PURPOSE, salt)[0]
    row = {
        "order_id": order_id,
        "token_hash": token_hash(token),
        "salt": salt,
        "with_items": wish.scope.items,
        "with_towns": wish.scope.towns,
        "gift": wish.scope.gift,
        "until_arrival": wish.days is None,
        "max_opens": wish.opens,
        "created_by_person": maker.person_id,
        "created_by_session": maker.session_id,
        "created_at": now,
        "expires_at": now + timedelta(days=wish.days or UNTIL_ARRIVAL_DAYS),
    }

    async def unit(tx: Tx) -> None:
        alive = _alive(select(func.count().label("n")), order_id, now)
        if (await one(tx, alive)).n >= MOST_LINKS:
            raise Refused(409, "this order has too many links")
        made = await one(tx, insert(SHARE_LINK).values(**row).returning(SHARE_LINK.c.id))
        if label := wish.label.strip():
            await tx.run(insert(SHARE_LINK_PRIVATE).values(share_link_id=made.id, label=label))
        tx.emit(topic_of(order_id), "share.made", share=made.id)

    await context.db.write(unit)
    return f"{context.settings.base_url}/s/{token}"


async def shared(context: Context, reader: Reader, order_id: int) -> Sequence[Shared]:
    """The links of an order that are open, newest first."""
    rows = await reader.rows(_LINKS, {"order": order_id, "now": context.clock.now()})
    return [_shared(context, row) for row in rows]


async def revoke_share_link(context: Context, order_id: int, link_id: int) -> None:
    """End a link, and the pages that are open with it. Raises NotThere for one that is not this order's."""
    now = context.clock.now()
    ending = (
        update(SHARE_LINK)
        .where(SHARE_LINK.c.id == link_id, SHARE_LINK.c.order_id == order_id, SHARE_LINK.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )

    async def unit(tx: Tx) -> int:
        ended = await tx.run(ending)
        if ended:
            tx.emit(topic_of(order_id), "share.revoked", share=link_id)
        return ended

    if not await context.db.write(unit):
        raise NotThere


async def revoke_all_share_links(context: Context, order_id: int) -> int:
    """End every link to an order; returns how many were alive."""
    now = context.clock.now()
    ending = _alive(update(SHARE_LINK), order_id, now).values(revoked_at=now).returning(SHARE_LINK.c.id)

    async def unit(tx: Tx) -> int:
        ended = await tx.rows(ending)
        for link in ended:
            tx.emit(topic_of(order_id), "share.revoked", share=link.id)
        return len(ended)

    return await context.db.write(unit)


async def delete_dead_shares(tx: Tx, before: datetime) -> None:
    """Forget links, and what they were called, that ended before a moment."""
    dead = (SHARE_LINK.c.expires_at < before) | (SHARE_LINK.c.revoked_at < before)
    await tx.run(delete(SHARE_LINK).where(dead))


def _alive(question: Any, order_id: int, now: datetime) -> Any:
    return question.where(
        SHARE_LINK.c.order_id == order_id, SHARE_LINK.c.revoked_at.is_(None), SHARE_LINK.c.expires_at > now
    )


def _shared(context: Context, row: Any) -> Shared:
    token = next((t for t in context.keys.tokens(_PURPOSE, row.salt) if token_hash(t) == row.token_hash), None)
    return Shared(
        id=row.id,
        label=Private(row.label or ""),
        scope=Scope(row.with_items, row.with_towns, row.gift),
        url=f"{context.settings.base_url}/s/{token}" if token else None,
        until_arrival=row.until_arrival,
        expires_at=row.expires_at,
        max_opens=row.max_opens,
        opens=row.opens,
        last_opened_at=row.last_opened_at,
        created_at=row.created_at,
        made_by_session=row.created_by_session,
    )
