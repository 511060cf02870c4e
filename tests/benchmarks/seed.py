"""Orders to look at, put straight into the tables: 5 lines, 3 parcels with 10 checkpoints each, a link; all of them
one person's, who is signed in under `SESSION`.

Ids are given out here, so that whoever measures knows them without asking: order N has the link `token(N)`, its last
event is N, and its shipments are 3N-2 to 3N. PostgreSQL's own counters stay behind: such a database is for reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from portal import schema
from portal.accounts.contacts import contact_hash, key_name
from portal.accounts.models import CONTACT, PERSON, SESSION as SESSION_TABLE
from portal.kit.events import EVENT
from portal.kit.ids import token_hash
from portal.kit.secrets import Keys
from portal.kit.sqlite import sqlite_engine
from portal.orders.models import (
    DELIVERY,
    DELIVERY_LINE,
    ORDER,
    ORDER_CONTACT,
    ORDER_LINE,
    ORDER_LINK,
    PARCEL,
    PARCEL_LINE,
)
from portal.orders.private import ORDER_PRIVATE
from portal.orders.queries import topic_of
from portal.platforms.neutral import as_stated, neutral_order
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE

SESSION = "invented-session-0000000000"
KEY = "an invented key for measurements"
_EMAIL = "someone@mail.example"
_KEYS = Keys((KEY.encode(),))
_OWNER = contact_hash(_KEYS, "email", _EMAIL)
LINES, PARCELS, SCANS = 5, 3, 10
_TOGETHER = 200
_TITLES = ("Linen apron", "Stoneware bowl", "Table lamp “Brume”", "Bread knife", "Wool blanket")
_CITIES = ("Lille", "Reims", "Dijon", "Lyon", "Avignon")
_JOURNEY = ("label_created", "handed_over", *["in_transit"] * 7, "out_for_delivery")
_WORDS = (
    "Parcel registered & announced",
    "Handed over to the carrier",
    *["Sorted at the regional centre"] * 7,
    "On its way to you",
)

Rows = dict[Table, list[dict[str, Any]]]


def token(order: int) -> str:
    """The secret of an order's link."""
    return f"invented-{order:018d}"


def ref(order: int) -> str:
    """What names an order in addresses."""
    return f"{order:016x}"


def fill(url: str, orders: int) -> None:
    """Make the tables and put `orders` orders into them, numbered from 1. Not to be called inside an event loop."""
    if make_url(url).get_backend_name() == "sqlite":
        fill_sqlite(url, orders)
    else:
        schema.migrate(url)
        asyncio.run(_fill_postgres(url, orders))


def fill_sqlite(url: str, orders: int) -> None:
    """The same for a SQLite file, from anywhere."""
    schema.migrate(url)
    engine = sqlite_engine(url)
    with engine.begin() as connection:
        _fill(connection, orders)
    engine.dispose()


async def _fill_postgres(url: str, orders: int) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.run_sync(_fill, orders)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("analyze"))
    await engine.dispose()


def _fill(connection: Connection, orders: int) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for table, row in _person(now):
        connection.execute(insert(table), row)
    for first in range(1, orders + 1, _TOGETHER):
        rows: Rows = {}
        for number in range(first, min(first + _TOGETHER, orders + 1)):
            for table, row in _order(number, now):
                rows.setdefault(table, []).append(row)
        for table, some in rows.items():
            connection.execute(insert(table), some)


def _person(now: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    yield PERSON, {"id": 1, "ref": ref(1), "locale": "en", "created_at": now}
    yield (
        CONTACT,
        {"id": 1, "person_id": 1, "kind": "email", "hash": _OWNER, "key_name": key_name(_KEYS), "verified_at": now},
    )
    yield SESSION_TABLE, {
        "id": 1, "token_hash": token_hash(SESSION), "person_id": 1, "created_at": now, "seen_at": now,
        "expires_at": now + timedelta(days=90), "label": "",
    }  # fmt: skip


def _order(n: int, now: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    yield ORDER, {
        "id": n, "ref": ref(n), "platform": "invented", "shop": "bench", "external_id": str(n), "number": f"#{n}",
        "version": "1", "digest": str(n), "locale": "en", "test": False, "payment": "paid", "fulfilment": "fulfilled",
        "placed_at": now - timedelta(days=4), "currency": "EUR", "total": 12_900 + n,
        "contacts_key": key_name(_KEYS),        "created_at": now, "updated_at": now,
    }  # fmt: skip
    yield ORDER_PRIVATE, {"order_id": n, "email": _EMAIL, "postcode": "59000", "document": _document(n, now)}
    yield ORDER_CONTACT, {"order_id": n, "hash": _OWNER, "kind": "email"}
    yield ORDER_LINK, {
        "id": n, "order_id": n, "token_hash": token_hash(token(n)), "created_at": now,
        "expires_at": now + timedelta(days=21),
    }  # fmt: skip
    yield DELIVERY, {"id": n, "order_id": n, "external_id": "home", "method": "shipping", "state": "open"}
    yield from _lines(n)
    for position in range(PARCELS):
        yield from _parcel(n, position, now)
    yield EVENT, {"id": n, "topic": topic_of(n), "kind": "order.changed", "data": "{}", "at": now}


def _document(n: int, now: datetime) -> str:
    """The same order as its platform tells it."""
    lines = [
        {"id": str(at), "title": _TITLES[at], "quantity": {"ordered": 2, "current": 2, "fulfilled": 2}}
        for at in range(LINES)
    ]
    parcels = [
        {"id": str(at), "lines": [{"line_id": str(line), "quantity": 2} for line in range(at, LINES, PARCELS)]}
        for at in range(PARCELS)
    ]
    source = {"platform": "invented", "shop": "bench", "order_id": str(n)}
    placed = (now - timedelta(days=4)).isoformat()
    members = {"source": source, "version": 1, "number": f"#{n}", "placed_at": placed, "currency": "EUR"}
    state = {"payment": "paid", "fulfilment": "fulfilled"}
    return as_stated(neutral_order({**members, "state": state, "lines": lines, "parcels": parcels}))


def _lines(n: int) -> Iterator[tuple[Table, dict[str, Any]]]:
    for position in range(LINES):
        line = (n - 1) * LINES + position + 1
        yield ORDER_LINE, {
            "id": line, "order_id": n, "external_id": str(position), "position": position, "title": _TITLES[position],
            "options": "Sage, size M" if position % 2 else "", "kind": "physical", "requires_shipping": True,
            "ordered": 2, "current": 2, "fulfilled": 2, "refunded": 0, "removed": 0, "unit_price": 1290,
        }  # fmt: skip
        yield DELIVERY_LINE, {"delivery_id": n, "line_id": line, "quantity": 2, "remaining": 0}


def _parcel(n: int, position: int, now: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    shipment = (n - 1) * PARCELS + position + 1
    newest = now - timedelta(minutes=17 + 5 * position + n * 7919 % 1440)  # two orders seldom share a minute
    yield SHIPMENT, {
        "id": shipment, "source": f"bench:{shipment}", "topic": topic_of(n), "carrier": "dhl", "carrier_label": "DHL",
        "number": f"00340434{shipment:012d}", "tracking_url": f"https://carrier.example/track/{shipment}",
        "milestone": "out_for_delivery", "delayed": False, "carrier_delayed": False,
        "shipped_at": now - timedelta(days=3), "estimate_day": now.date(), "estimate_from": "09:00",
        "estimate_to": "13:00", "last_scan_at": newest, "created_at": now, "updated_at": now,
    }  # fmt: skip
    yield SHIPMENT_PRIVATE, {"shipment_id": shipment, "postcode": "59000", "country": "FR"}
    yield TRACKER, {
        "shipment_id": shipment, "carrier": "dhl", "next_poll_at": now + timedelta(minutes=20), "asked_at": now,
        "answered_at": now, "failures": 0, "known": True,
    }  # fmt: skip
    yield PARCEL, {
        "id": shipment, "order_id": n, "external_id": str(position), "position": position, "shipment_id": shipment,
        "allocation": "exact", "state": "ok",
    }  # fmt: skip
    for line in _packed(n, position):
        yield PARCEL_LINE, {"parcel_id": shipment, "line_id": line, "quantity": 2}
    for step in range(SCANS):
        yield from _scan(shipment, step, newest - timedelta(hours=7 * (SCANS - 1 - step)), now)


def _packed(n: int, position: int) -> Sequence[int]:
    first = (n - 1) * LINES + 1
    return range(first + position, first + LINES, PARCELS)


def _scan(shipment: int, step: int, at: datetime, now: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    scan = (shipment - 1) * SCANS + step + 1
    utc = at.replace(tzinfo=None)
    yield CHECKPOINT, {
        "id": scan, "shipment_id": shipment, "identity": f"{scan:032x}", "code": f"S{step}",
        "milestone": _JOURNEY[step], "delayed": False, "wall": utc + timedelta(hours=1), "offset_minutes": 60,
        "date_only": False, "sort_at": utc, "country": "FR", "seen_at": now,
    }  # fmt: skip
    yield CHECKPOINT_PRIVATE, {
        "checkpoint_id": scan, "text": _WORDS[step], "city": _CITIES[step % len(_CITIES)], "region": None,
    }  # fmt: skip
