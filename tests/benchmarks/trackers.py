"""Shipments with trackers, put straight into the tables; and accounts of one kind under several names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import carriers
from portal.tracking.polling import shared

SLUGS: Final = ("north", "east", "south", "west")
_NOW: Final = "2026-11-20 10:00:00.000000"

SHIPMENTS: Final = """insert into shipment
    (id, source, topic, carrier, carrier_label, number, milestone, delayed, carrier_delayed, shop_delayed,
     created_at, updated_at)
    select n + {first}, 'bench:' || (n + {first}), 'order:' || (n + {first}), '{carrier}', 'UPS',
           '1Z' || (1000000000000000 + n + {first}), 'in_transit', false, false, false, {now}, {now} from numbers"""
TRACKERS: Final = """insert into tracker (shipment_id, carrier, urgency, next_poll_at, failures, known)
    select n + {first}, '{carrier}', n % 3, {due}, 0, true from numbers"""
PRIVATE: Final = (
    """insert into shipment_private (shipment_id, postcode, country) select n + {first}, '59000', 'FR' from numbers"""
)


def fill_sqlite(path: Path, parcels: Mapping[str, int], now: str | None = None) -> None:
    """So many parcels of each carrier, all of them due."""
    with closing(sqlite3.connect(path)) as connection:
        first = 0
        for carrier, count in parcels.items():
            # Numbers and names of our own making, into a database that goes away.
            numbers = f"with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count}) "  # noqa: S608 - see above
            for statement in (SHIPMENTS, PRIVATE, TRACKERS):
                at = f"'{now}'" if now else "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
                due = f"'{_NOW[:-7]}.' || printf('%06d', n % 1000000)"
                into, _, rest = statement.partition("select")
                values = {"first": first, "carrier": carrier, "now": at, "due": due}
                connection.execute(into + numbers + ("select" + rest).format(**values))
            first += count
        connection.commit()


@contextmanager
def alike() -> Iterator[None]:
    """While the block lasts, four carriers that are asked as UPS is."""
    ups, known = carriers.get("ups"), carriers.get
    named: dict[str, Any] = {
        slug: SimpleNamespace(manifest=replace(ups.manifest, slug=slug), track=ups.track, parse=ups.parse)
        for slug in SLUGS
    }
    with (
        patch.object(carriers, "get", lambda slug: named.get(slug) or known(slug)),
        patch.object(shared, "served_by", lambda slug, _: (slug,)),
    ):
        yield
