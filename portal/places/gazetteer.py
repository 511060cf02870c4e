"""The gazetteer: 235,000 towns of the world in a read-only SQLite file, unpacked when it is first asked.

The package ships it packed. A process that looks a place up unpacks it (a tenth of a second) into a nameless
temporary file, so that nobody else can change it, nothing is left behind and hardly any memory is held; where
no file can be written it is held in memory. Knows nothing of how carriers write.
"""

from __future__ import annotations

import math
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import brotli  # type: ignore[import-untyped]  # it has no types

DATA: Final = Path(__file__).resolve().parent / "data"
MAIN, HEAD, OTHER, CODE = range(4)  # how a name names its place: its own, its beginning, another one, an airport's code
_DEGREE_KM: Final = 111.2
_COLUMNS: Final = "p.id, p.name, p.country, p.region, p.lat, p.lon, p.people, z.name"
_NAMED: Final = (
    f"SELECT {_COLUMNS}, n.ref & 3 FROM name n JOIN place p ON p.id = n.ref >> 2 JOIN zone z ON z.id = p.zone "  # noqa: S608 - a constant
    "WHERE n.key = ?1 AND (?2 IS NULL OR p.country = ?2)"
)
_NAMED_ANY: Final = (
    f"SELECT n.key, {_COLUMNS}, n.ref & 3 FROM name n JOIN place p ON p.id = n.ref >> 2 JOIN zone z ON z.id = p.zone "  # noqa: S608 - a constant
    "WHERE (?1 IS NULL OR p.country = ?1) AND n.key IN ({})"
)
_BEGINNING: Final = (
    f"SELECT {_COLUMNS}, n.ref & 3 FROM name n JOIN place p ON p.id = n.ref >> 2 JOIN zone z ON z.id = p.zone "  # noqa: S608 - a constant
    "WHERE n.key > ?1 AND n.key < ?1 || char(0xffff) AND n.ref & 3 = 0 AND p.country = ?2 LIMIT 4"
)
_AROUND: Final = (
    f"SELECT {_COLUMNS}, 0 FROM place p JOIN zone z ON z.id = p.zone "  # noqa: S608 - a constant
    "WHERE p.id >= (SELECT first FROM band WHERE id >= ?1 ORDER BY id LIMIT 1) "
    "AND p.id < coalesce((SELECT first FROM band WHERE id > ?2 ORDER BY id LIMIT 1), 1 << 40) "
    "AND p.lat BETWEEN ?3 AND ?4 AND p.lon BETWEEN ?5 AND ?6"
)
_COUNTRY: Final = "SELECT code FROM country WHERE key = ?"
_CLOCK: Final = "SELECT z.name FROM clock c JOIN zone z ON z.id = c.zone WHERE c.code = ?"
_OPENING: Final = threading.Lock()


class Town(NamedTuple):
    """A place of the gazetteer; `region` is GeoNames' code of the first division (in the US the state)."""

    id: int
    name: str
    country: str
    region: str
    lat: float
    lon: float
    people: int
    zone: str
    kind: int


def ready() -> None:
    """Open the gazetteer now, so that nobody waits for it later."""
    _opened()


def named(key: str, country: str | None = None) -> list[Town]:
    """The towns that have this key (see `spelling`), everywhere or in one country."""
    return [Town._make(row) for row in _rows(_NAMED, (key, country))]


def named_any(keys: Sequence[str], country: str | None = None) -> dict[str, list[Town]]:
    """The same for many keys in one question."""
    statement = _NAMED_ANY.format(",".join(["?"] * len(keys)))
    found: dict[str, list[Town]] = {}
    for key, *row in _rows(statement, (country, *keys)):
        found.setdefault(key, []).append(Town._make(row))
    return found


def beginning(key: str, country: str) -> list[Town]:
    """At most four towns of a country whose own name begins with this key."""
    return [Town._make(row) for row in _rows(_BEGINNING, (key, country))]


def around(lat: float, lon: float, within_km: float) -> list[Town]:
    """The towns in a square around a point, as far as it does not cross the date line."""
    north = within_km / _DEGREE_KM
    east = north / max(math.cos(math.radians(lat)), 0.01)
    south, top = lat - north, lat + north
    bands = int((south + 90) * 4), int((top + 90) * 4)
    return [Town._make(row) for row in _rows(_AROUND, (*bands, south, top, lon - east, lon + east))]


@lru_cache(2048)
def country_of(key: str) -> str | None:
    """ISO 3166 alpha-2 of a country by the key of its name in one of many languages, or its three letters."""
    return next((str(code) for (code,) in _rows(_COUNTRY, (key,))), None)


def zone_of_country(code: str) -> str | None:
    """The time zone of a country where nearly all keep the same clock, else None."""
    return next((str(name) for (name,) in _rows(_CLOCK, (code,))), None)


def apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """About how far two points are apart, along the great circle."""
    (a, b), (c, d) = ((math.radians(lat), math.radians(lon)) for lat, lon in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(half)))


def _rows(statement: str, values: tuple[Any, ...]) -> Iterable[Any]:
    base, lock = _opened()
    with lock:
        return base.execute(statement, values).fetchall()


def _opened() -> tuple[sqlite3.Connection, threading.Lock]:
    with _OPENING:
        return _open()


@cache
def _open() -> tuple[sqlite3.Connection, threading.Lock]:
    plain = brotli.decompress((DATA / "places.sqlite.br").read_bytes())
    try:
        base = _in_file(plain)
    except OSError:
        base = sqlite3.connect(":memory:", check_same_thread=False)
        base.deserialize(plain)
    base.execute("PRAGMA query_only = on")
    return base, threading.Lock()


def _in_file(plain: bytes) -> sqlite3.Connection:
    """Open it from a file that has lost its name, and goes when the process does. Raises OSError."""
    number, name = tempfile.mkstemp(prefix="jalon-places-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(plain)
        base = sqlite3.connect(f"{Path(name).as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        base.execute("SELECT 1 FROM zone").fetchone()  # opens the file
    finally:
        Path(name).unlink(missing_ok=True)
    return base
