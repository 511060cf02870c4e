"""From what a carrier writes about a place to the town that is meant, or to none: a wrong point is worse.

    find("CORBAS PF COLIS", country="FR")  ->  Found("Corbas", "FR", 45.668, 4.902, "Europe/Paris", "name")

Needs no network and no database of ours. `evidence` says what the answer rests on: "hub" (the table of carriers'
hubs), "name" (the town's name, facility words taken off), "part" (a bigger town's name among other words), "prefix"
(a name cut short), "code" (an airport's three letters), "near" (the town next to a point).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from portal.places import east, gazetteer, hubs, spelling, words
from portal.places.choice import Hints, best, rivals
from portal.places.gazetteer import CODE, Town
from portal.places.reading import Reading, Words, country_code, family, is_address, readings

REMEMBERED: Final = 8192
_PHRASES: Final = 24  # lookups for one part of a text
_BIG: Final = 200_000  # a city whose name, at the beginning, is the city whatever follows
_TOWN: Final = 15_000  # what may be found at the beginning of other words
_CITY: Final = 50_000  # what may be found anywhere among them
_CUT: Final = 8  # letters from which a name may be one cut short
_NEAR_KM: Final = 15


@dataclass(frozen=True, slots=True)
class Found:
    """A town: its name and country (ISO 3166 alpha-2), a point in it, its time zone, and why it is thought meant."""

    name: str
    country: str
    lat: float
    lon: float
    zone: str
    evidence: str


@lru_cache(REMEMBERED)
def find(
    text: str | None = None,
    city: str | None = None,
    postcode: str | None = None,
    region: str | None = None,
    country: str | None = None,
    likely: tuple[str, ...] = (),
) -> Found | None:
    """The town that is meant. `country` (a code or a name) is believed; of `likely` ones (where the parcel comes from
    and goes to) it may be another all the same. Remembered: the same few texts come again and again."""
    code = country_code(country)
    for given in (city, text):
        if given and (found := _in_text(given, code, region, postcode, likely)):
            return found
    return None


@lru_cache(REMEMBERED)
def near(lat: float, lon: float, country: str | None = None) -> Found | None:
    """The town nearest to a point, within 15 km: what a carrier's exact point may say of a parcel in public."""
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # also what is not a number
        return None
    code, here = country_code(country), (lat, lon)
    towns = [town for town in gazetteer.around(lat, lon, _NEAR_KM) if code in (None, town.country)]
    nearest = min(towns, key=lambda town: gazetteer.apart_km(here, (town.lat, town.lon)), default=None)
    return _found(nearest, "near") if nearest else None


def _in_text(
    text: str, country: str | None, region: str | None, postcode: str | None, likely: tuple[str, ...]
) -> Found | None:
    ways = list(readings(text, country, region, postcode))
    whole = spelling.key(spelling.words(text))
    if country and ways and (hub := _hub(whole, Hints(country, None, False))):
        return hub[1]
    for look in (_by_name, _by_hub_inside, _by_part, _by_code, _by_prefix):
        for way in ways:
            if found := look(way, Hints(way.country, way.region, way.region_decides, likely)):
                return found
    if spelling.is_east_asian(text) and (eastern := east.named(text, Hints(country, None, False, likely))):
        return _found(*eastern)
    return None


def _by_name(way: Reading, hints: Hints) -> Found | None:
    """The first part that is a town's or a hub's name, unless a later one names a far bigger town elsewhere."""
    together = tuple(word for part in way.parts for word in part)
    if len(way.parts) > 1 and (named := _named(together, together, hints)):
        return named[1]  # "Halle (Saale)"
    first: tuple[Town, Found] | None = None
    for part, spoken in zip(way.parts, way.spoken, strict=True):
        named = _named(part, spoken, hints)
        if named and (first is None or (_overrules(named[0], first[0]) and not hints.region_decides)):
            first = named
    return first[1] if first else None


def _named(part: Words, spoken: Words, hints: Hints) -> tuple[Town, Found] | None:
    phrases = [(key, phrase) for phrase in _peeled(part) if (key := spelling.key(phrase))]
    towns = gazetteer.named_any([key for key, _ in phrases], hints.country)
    whole = spelling.key(spoken)
    for key, phrase in [(whole, spoken), *phrases]:
        sure = bool(hints.country) or (len(phrase) > 1 and key not in towns)
        if sure and (hub := _hub(key, hints)):
            return hub
        if not _says_nothing(phrase, hints) and (town := best(towns.get(key, []), hints)):
            return town, _found(town, "name")
    return next((hub for key, _ in phrases if (hub := _hub(key, hints))), None)


def _says_nothing(phrase: Sequence[str], hints: Hints) -> bool:
    """Whether words are no town's name though a town has it: facility words, states of parcels, a whole state."""
    if hints.region_decides:
        return len(phrase) == 1 and phrase[0] in words.FACILITY
    if all(word in words.FACILITY or word in words.NOWHERE or word in words.JOINS for word in phrase):
        return True
    return hints.country == "US" and spelling.key(phrase) in words.STATES


def _overrules(later: Town, first: Town) -> bool:
    apart = gazetteer.apart_km((later.lat, later.lon), (first.lat, first.lon))
    return later.people >= 10 * (first.people + 100) and apart > 50


def _peeled(part: Words) -> Iterator[Words]:
    """The words as they are, then with facility words taken off both ends, the longest first."""
    left = right = 0
    while left < len(part) and (part[left] in words.FACILITY or (left and part[left] in words.LINKS)):
        left += 1
    while right < len(part) - left and part[len(part) - 1 - right] in words.FACILITY:
        right += 1
    ends = sorted(((a, b) for a in range(left + 1) for b in range(right + 1)), key=sum)
    return (part[a : len(part) - b] for a, b in ends[:_PHRASES] if a + b < len(part))


def _hub(key: str, hints: Hints, *, inside: bool = False) -> tuple[Town, Found] | None:
    """The hub of this name in the country (or its kin) and state that are known."""
    hub = hubs.named(key)
    if hub is None or (inside and hub.alone):
        return None
    if hints.country is not None and hub.country not in family(hints.country):
        return None
    if hints.region_decides and hub.region not in (None, hints.region):
        return None
    town = hubs.town_of(hub)
    return (town, _found(town, "hub", hub.shown)) if town else None


def _by_hub_inside(way: Reading, hints: Hints) -> Found | None:
    for spoken in way.spoken:
        for size in range(min(hubs.LONGEST, len(spoken)), 0, -1):
            for start in range(len(spoken) - size + 1):
                named = _hub(spelling.key(spoken[start : start + size]), hints, inside=True)
                if named:
                    return named[1]
    return None


def _by_part(way: Reading, hints: Hints) -> Found | None:
    """A bigger town among other words: at their beginning, else at their end, else between."""
    if not way.loose:
        return None
    for part in way.parts:
        if 1 < len(part) <= 8 and not is_address(part):
            runs = list(_runs(part))
            towns = gazetteer.named_any([spelling.key(part[a:b]) for a, b in runs], hints.country)
            for start, end in runs:
                if town := _among(part, start, end, towns, hints):
                    return _found(town, "part")
    return None


def _runs(part: Words) -> Iterator[tuple[int, int]]:
    """Where runs of words begin and end: the leading ones, the longest first, then the trailing and inner ones."""
    count = len(part)
    yield from ((0, end) for end in range(count - 1, 0, -1))
    yield from ((start, count) for start in range(1, count))
    yield from ((a, a + size) for size in range(count - 2, 0, -1) for a in range(1, count - size))


def _among(part: Words, start: int, end: int, towns: Mapping[str, list[Town]], hints: Hints) -> Town | None:
    run = part[start:end]
    key = spelling.key(run)
    if len(key) < 4 or _says_nothing(run, hints):
        return None
    town = best(towns.get(key, []), hints)
    if town is None or (start and part[start - 1] in words.JOINS):
        return None
    if end < len(part) and part[end] in words.JOINS and town.people < _BIG:
        return None
    least = _CITY if start else 5_000 if hints.country and len(run) > 1 else _TOWN
    return town if town.people >= least else None


def _by_code(way: Reading, hints: Hints) -> Found | None:
    """Three letters and nothing else: an airport's code, of a town whose country is known or of a city."""
    if len(way.parts) != 1 or len(way.parts[0]) != 1 or len(way.parts[0][0]) != 3:
        return None
    code = way.parts[0][0]
    if code in words.FACILITY or code in words.NOWHERE:
        return None
    towns = [town for town in gazetteer.named(code, hints.country) if town.kind == CODE]
    town = max(towns, key=lambda town: town.people, default=None)
    sure = town is not None and (hints.country or town.country in hints.likely or town.people >= _BIG)
    return _found(town, "code") if town and sure else None


def _by_prefix(way: Reading, hints: Hints) -> Found | None:
    """A name that a column of a carrier's table cut short, where only one town of the country goes on so."""
    if hints.country is None or not way.loose:
        return None
    for part in way.parts:
        *_, peeled = [part, *_peeled(part)]
        key = spelling.key(peeled)
        if len(key) >= _CUT and not is_address(part) and not _says_nothing(peeled, hints):
            towns = [town for town in gazetteer.beginning(key, hints.country) if hints.allows(town)]
            if towns and not rivals(towns[0], towns[1:]) and not gazetteer.named(key, hints.country):
                return _found(max(towns, key=lambda town: town.people), "prefix")
    return None


def _found(town: Town, evidence: str, shown: str | None = None) -> Found:
    return Found(shown or town.name, town.country, town.lat, town.lon, town.zone, evidence)
