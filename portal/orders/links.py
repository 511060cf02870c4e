"""Order links: secret addresses that open one order's page, until they expire or are revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from portal.context import Context
from portal.kit.db import Tx, one
from portal.kit.errors import NotThere
from portal.kit.ids import new_token, token_hash
from portal.orders.models import ORDER, ORDER_LINK, ORDER_LINK_USE
from portal.orders.queries import access_by_token, topic_of


async def make_link(context: Context, order_id: int, *, days: int | None = None) -> str:
    """A new link to an order; the address is in nobody's hands but the caller's afterwards."""
    token, now = new_token(), context.clock.now()
    row = {
        "order_id": order_id,
        "token_hash": token_hash(token),
        "created_at": now,
        "expires_at": now + timedelta(days=days or context.settings.link_days),
    }

    async def unit(tx: Tx) -> None:
        await tx.run(insert(ORDER_LINK).values(**row))

    await context.db.write(unit)
    return f"{context.settings.base_url}/o/{token}"


async def open_for(tx: Tx, now: datetime, order_id: int, session_id: int, until: datetime) -> None:
    """Let one browser read an order for a while: a link whose address nobody has, opened there."""
    row = {
        "order_id": order_id,
        "token_hash": token_hash(new_token()),
        "created_at": now,
        "expires_at": until,
    }
    made = await one(tx, insert(ORDER_LINK).values(**row).returning(ORDER_LINK.c.id))
    use = {"link_id": made.id, "session_id": session_id, "opened_at": now, "seen_at": None}
    await tx.run(insert(ORDER_LINK_USE).values(**use))


async def order_id_of(context: Context, number: str) -> int:
    """The newest order with this number, with or without the leading "#". Raises NotThere."""
    plain = number.strip().removeprefix("#")
    found = (
        select(ORDER.c.id)
        .where(ORDER.c.number.in_([plain, f"#{plain}", number.strip()]), ORDER.c.gone_at.is_(None))
        .order_by(ORDER.c.id.desc())
        .limit(1)
    )
    async with context.db.read() as reader:
        row = await reader.row(found)
    if row is None:
        raise NotThere(number)
    return int(row.id)


async def is_open(context: Context, url: str) -> bool:
    """Whether this address still opens a page."""
    async with context.db.read() as reader:
        access = await access_by_token(reader, url.rpartition("/")[2], context.clock.now())
    return access is not None and access.live


def stream_name(link_id: int) -> str:
    """What the hub knows the streams by that rest on a link."""
    return f"link:{link_id}"


async def revoke_links(context: Context, order_id: int) -> int:
    """End every link to an order, and the streams opened with them; returns how many were alive."""
    now = context.clock.now()

    async def unit(tx: Tx) -> int:
        alive = (
            update(ORDER_LINK)
            .where(ORDER_LINK.c.order_id == order_id, ORDER_LINK.c.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(ORDER_LINK.c.id, ORDER_LINK.c.expires_at)
        )
        ended = await tx.rows(alive)
        for link in ended:
            tx.emit(topic_of(order_id), "link.revoked", link=link.id)
        return sum(link.expires_at > now for link in ended)

    return await context.db.write(unit)
