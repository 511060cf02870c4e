"""Which orders wait for somebody at the shop, the one that has waited longest first. Ids only; `orders.many` reads the
rest. For the shop's people, who may see every order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, func, literal, select, update

from portal.accounts.contacts import contact_hashes, email, phone
from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.ids import REF
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders.models import ORDER, ORDER_CONTACT
from portal.orders.private import ORDER_PRIVATE
from portal.orders.waiting import Work, work_of
from portal.platforms.neutral import restored
from portal.tracking.queries import topics_numbered

JOB: Final = "orders.waiting"
AT_ONCE: Final = 50
_FOUND_MOST: Final = 50
_SHORTEST_NUMBER: Final = 6  # of a parcel
_TOGETHER: Final = 200
_THERE: Final = (ORDER.c.erased_at.is_(None), ORDER.c.gone_at.is_(None))
_PLACED: Final = func.coalesce(ORDER.c.placed_at, ORDER.c.created_at)
_UNTOLD = Query(
    select(ORDER.c.id, ORDER_PRIVATE.c.document)
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(ORDER.c.work.is_(None), ORDER.c.erased_at.is_(None))
    .order_by(ORDER.c.id)
    .limit(_TOGETHER)
)
_TELL = Query(update(ORDER).where(ORDER.c.id == bindparam("order")), columns=("work",))


@dataclass(frozen=True, slots=True)
class Named:
    """An order, as somebody of the shop names it."""

    order_id: int
    ref: str
    number: str
    platform: str
    shop: str


async def waiting(reader: Reader, work: Work, page: int = 1) -> list[int]:
    """The orders that wait for this, by pages of `AT_ONCE` counted from 1."""
    asked = _orders().where(_waits_for(work)).order_by(_PLACED, ORDER.c.id)
    return await _ids(reader, asked.offset((page - 1) * AT_ONCE).limit(AT_ONCE))


async def counted(reader: Reader) -> Mapping[Work, int]:
    """How many orders wait for each."""
    asked = select(ORDER.c.work, func.count().label("orders")).where(ORDER.c.work > 0, *_THERE).group_by(ORDER.c.work)
    rows = await reader.rows(asked)
    return {work: sum(row.orders for row in rows if row.work & work) for work in Work}


async def newest(reader: Reader, page: int = 1) -> list[int]:
    """All orders, the newest first."""
    asked = _orders().order_by(_PLACED.desc(), ORDER.c.id.desc())
    return await _ids(reader, asked.offset((page - 1) * AT_ONCE).limit(AT_ONCE))


async def found(reader: Reader, keys: Keys, words: str) -> list[int]:
    """Orders by what somebody says at the counter or on the telephone: a number, an e-mail address, a telephone number,
    a tracking number, or the code to collect it with. The newest first."""
    plain = words.strip()
    if len(plain.removeprefix("#")) < 2:
        return []
    ids: set[int] = set()
    for way in _ways(keys, plain):  # each by an index of its own
        ids.update(row.id for row in await reader.rows(way.limit(_FOUND_MOST)))
    return sorted(ids, reverse=True)[:_FOUND_MOST]


async def named(reader: Reader, name: str) -> list[Named]:
    """The orders that are called so: by the name in their address, or by their number, of which several shops may each
    have one; the newest first."""
    plain = name.strip().removeprefix("#")
    asked = select(ORDER.c.id, ORDER.c.ref, ORDER.c.number, ORDER.c.platform, ORDER.c.shop).where(*_THERE)
    by_ref = await reader.row(asked.where(ORDER.c.ref == plain)) if REF.fullmatch(plain) else None
    if by_ref is not None:
        return [Named(*by_ref)]
    numbered = asked.where(ORDER.c.number.in_([plain, f"#{plain}"])).order_by(ORDER.c.id.desc()).limit(_FOUND_MOST)
    return [Named(*row) for row in await reader.rows(numbered)]


async def catch_up(context: Context, _payload: Mapping[str, Any]) -> None:
    """The job: say of orders that were stored before this was known what they wait for."""

    async def unit(tx: Tx) -> int:
        rows = await tx.rows(_UNTOLD)
        for row in rows:
            await tx.run(_TELL, {"order": row.id, "work": int(work_of(restored(row.document)))})
        return len(rows)

    while await context.db.write(unit) == _TOGETHER:
        pass


def _orders() -> Select[Any]:
    return select(ORDER.c.id).where(*_THERE)


def _waits_for(work: Work) -> ColumnElement[bool]:
    return (ORDER.c.work > 0) & (ORDER.c.work.op("&")(int(work)) != 0)


def _ways(keys: Keys, plain: str) -> Iterator[Select[Any]]:
    newest, number, close = _orders().order_by(ORDER.c.id.desc()), plain.removeprefix("#"), plain.replace(" ", "")
    yield newest.where(ORDER.c.number.in_([number, f"#{number}"]))
    private = newest.join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    yield private.where(ORDER_PRIVATE.c.collect_code.in_([plain, plain.upper(), close.upper()]))
    hashes = contact_hashes(keys, "email", address) if (address := email(plain)) else ()
    hashes = hashes or (contact_hashes(keys, "phone", called) if (called := phone(plain)) else ())
    if hashes:
        yield newest.join(ORDER_CONTACT, ORDER_CONTACT.c.order_id == ORDER.c.id).where(ORDER_CONTACT.c.hash.in_(hashes))
    if len(close) >= _SHORTEST_NUMBER:
        yield newest.where((literal("order:") + cast(ORDER.c.id, String)).in_(topics_numbered(close)))


async def _ids(reader: Reader, asked: Select[Any]) -> list[int]:
    return [row.id for row in await reader.rows(asked)]
