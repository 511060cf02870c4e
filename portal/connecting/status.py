"""How every connected shop fares, for whoever runs the portal: numbers, moments and plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from portal.connecting import connections, sweeps
from portal.connecting.connections import this
from portal.connecting.models import SHOP_HINT
from portal.connecting.private import ORDER_NEWS, SHOP_REQUEST
from portal.kit.db import Reader
from portal.kit.prepared import Query
from portal.platforms.live import Finding, Shop

_HEARD_: Any = select(func.count().label("hints"), func.max(SHOP_HINT.c.at).label("newest")).where(
    SHOP_HINT.c.platform == bindparam("of_platform"), SHOP_HINT.c.shop == bindparam("of_shop")
)
_HEARD = Query(_HEARD_)
_NEWS_: Any = select(
    func.count().filter(ORDER_NEWS.c.stuck_at.is_(None)).label("waiting"),
    func.count(ORDER_NEWS.c.stuck_at).label("stuck"),
    func.min(ORDER_NEWS.c.told_at).filter(ORDER_NEWS.c.stuck_at.is_(None)).label("first"),
).where(ORDER_NEWS.c.platform == bindparam("of_platform"), ORDER_NEWS.c.shop == bindparam("of_shop"))
_NEWS = Query(_NEWS_)
_REQUESTS_: Any = select(func.count().label("open"), func.min(SHOP_REQUEST.c.at).label("oldest")).where(
    SHOP_REQUEST.c.platform == bindparam("of_platform"),
    SHOP_REQUEST.c.shop == bindparam("of_shop"),
    SHOP_REQUEST.c.done_at.is_(None),
)
_REQUESTS = Query(_REQUESTS_)


@dataclass(frozen=True, slots=True)
class Status:
    """One connection. `hints` came within three days; `waiting` orders are to be read again, the first of them since
    `lag_s` seconds; `stuck` ones could not be. `covered_to`: everything that changed before it has been taken in.
    `whole_at`: when the whole list was last read to its end; `under_way`: how many orders a reading that has not ended
    came to. `wrong` is what was not right when it was last looked at."""

    platform: str
    shop: str
    hints: int
    heard_at: datetime | None
    waiting: int
    stuck: int
    lag_s: float
    reads: int
    read_at: datetime | None
    covered_to: datetime | None
    whole_at: datetime | None
    under_way: int | None
    problem: str | None
    said: str | None
    rests_until: datetime | None
    disconnected_at: datetime | None
    asked_for: str | None
    requests: int
    wrong: tuple[Finding, ...] = ()


async def status(reader: Reader, now: datetime, shops: Iterable[Shop]) -> Sequence[Status]:
    """How each of these shops fares."""
    return [await _status(reader, now, shop) for shop in shops if not shop.manifest.kept_here]


async def _status(reader: Reader, now: datetime, shop: Shop) -> Status:
    known = await connections.connection(reader, shop)
    heard, news = await reader.row(_HEARD, this(shop)), await reader.row(_NEWS, this(shop))
    asked = await reader.row(_REQUESTS, this(shop))
    rows = {row.kind: row for row in await sweeps.sweeps(reader, shop)}
    whole = rows.get("all")
    ended = whole.ended_at if whole is not None else None
    first = news.first if news is not None else None
    covered = [row.covered_to for row in rows.values() if row.covered_to is not None and row.kind != "since"]
    return Status(
        platform=shop.manifest.slug,
        shop=shop.name,
        hints=heard.hints if heard is not None else 0,
        heard_at=heard.newest if heard is not None else None,
        waiting=news.waiting if news is not None else 0,
        stuck=news.stuck if news is not None else 0,
        lag_s=max(0.0, (now - first).total_seconds()) if first is not None else 0.0,
        reads=known.reads if known is not None else 0,
        read_at=known.read_at if known is not None else None,
        covered_to=max(covered, default=None),
        whole_at=ended,
        under_way=whole.orders if whole is not None and whole.began_at is not None and ended is None else None,
        problem=known.problem if known is not None else None,
        said=known.said if known is not None else None,
        rests_until=known.rests_until if known is not None else None,
        disconnected_at=known.disconnected_at if known is not None else None,
        asked_for=known.asked_for if known is not None else None,
        requests=asked.open if asked is not None else 0,
        wrong=_findings(known.findings if known is not None else "[]"),
    )


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding(one["what"], ok=False, fix=one["fix"], grave=one["grave"]) for one in json.loads(text))
