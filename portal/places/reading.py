"""A scan's text taken apart: what may name the town, and what tells country, region and postcode. Pure but for
names of countries, which the gazetteer knows.

One text may be read in several ways ("MONTREAL, CA" and "ONTARIO, CA"); the most telling comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from portal.places import gazetteer, regions, spelling, words

Words = tuple[str, ...]

_APART: Final = re.compile(r"[,;|/()\[\]{}<>•·–—:_\n\r\t、，。（）【】]|\s-|-\s")
_ON: Final = re.compile(r"\bS/(?=\s*\w)", re.IGNORECASE)  # "BONNEUIL S/MARNE"
_WORDS_READ: Final = 12  # of one part; what is longer is a sentence
# Countries whose carriers use one another's codes for what is theirs.
_KIN: Final = (
    "CN HK MO TW|FR GP MQ GF RE YT PM BL MF WF PF NC MC|GB GG JE IM GI|US PR GU VI AS MP|NL AW CW SX BQ|"
    "DK FO GL|FI AX|NO SJ|IT SM VA"
)
_FAMILIES: Final = {code: frozenset(kin.split()) for kin in _KIN.split("|") for code in kin.split()}
_PREFIX: Final = re.compile(r"D|F|B|L|A|I|E|S|CH|NL|AT|DE|FR|BE|LU|IT|ES|PL|DK|SE")  # "D-50667"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text. `parts` are its words between commas and the like, digits left out; `spoken` the
    same with digits, for names of hubs. `region_decides` says whether the town must lie there, `loose` whether a
    town may be looked for among other words."""

    parts: tuple[Words, ...]
    spoken: tuple[Words, ...]
    country: str | None = None
    region: str | None = None
    region_decides: bool = False
    loose: bool = True


def family(country: str) -> frozenset[str]:
    """The countries that carriers may mean by this one."""
    return _FAMILIES.get(country) or frozenset({country})


@lru_cache(512)
def country_code(text: str | None) -> str | None:
    """ISO 3166 alpha-2 of a country in any spelling; None for what is none."""
    return gazetteer.country_of(spelling.key(spelling.words(text))) if text else None


def readings(text: str, country: str | None, region: str | None, postcode: str | None) -> Iterator[Reading]:
    """The ways to read a text; nothing when it names another country than the hint, so that all of it is in doubt."""
    parts, spoken, written = _parts(text, country)
    if not parts:
        return
    plain = Reading(parts, spoken, country)
    for said in _with_country(plain, country):
        if country is not None and said.country not in family(country):
            return
        yield from _with_region(said, region, postcode or written)


def _parts(text: str, country: str | None) -> tuple[tuple[Words, ...], tuple[Words, ...], str | None]:
    """The parts' words without and with digits, and what looks like a postcode."""
    parts: list[Words] = []
    spoken: list[Words] = []
    postcode: str | None = None
    for piece in _APART.split(_ON.sub("SUR ", text[: spelling.LONGEST])):
        said = spelling.words(piece)[:_WORDS_READ]
        number = next((at for at, word in enumerate(said) if word[0].isdigit() and len(word) >= 4), None)
        if len(said) == 1 and 2 <= len(said[0]) <= 3 and said[0][0].isdigit():
            postcode = postcode or said[0]  # "(69)"
        elif number is not None:
            postcode = postcode or said[number]
            said = _without_marks(said, number, country)
        if plain := tuple(word for word in said if not any(letter.isdigit() for letter in word)):
            parts.append(plain)
            spoken.append(tuple(said))
    return tuple(parts), tuple(spoken), postcode


def _without_marks(said: list[str], number: int, country: str | None) -> list[str]:
    """Without what belongs to the postcode: "D-" before it, "AB" after it in the Netherlands."""
    after = number + 1
    dutch = country in ("NL", None) and len(said[number]) == 4 and after < len(said) and len(said[after]) == 2
    rest = said[: number + 1] + said[after + 1 :] if dutch and len(said) > after + 1 else said
    return rest[1:] if number == 1 and _PREFIX.fullmatch(rest[0]) else rest


def _with_country(plain: Reading, hint: str | None) -> Iterator[Reading]:
    """With the country that a part of its own names, else as it is, then with one at an end of the words."""
    parts = plain.parts
    if len(parts) > 1:
        last, first = _country_in(parts[-1]), _country_in(parts[0])
        short = len(parts[-1]) == 1 and len(parts[-1][0]) <= 3
        if short and hint in (None, "US", "CA", "AU") and _state_in(parts[-1], hint):
            yield plain  # "ONTARIO, CA"
            if hint is None and last is not None:
                yield replace(plain, parts=parts[:-1], spoken=plain.spoken[:-1], country=last)
            return
        if last is not None:
            yield replace(plain, parts=parts[:-1], spoken=plain.spoken[:-1], country=last)
            return
        if first is not None and not _state_in(parts[-1], hint):
            yield replace(plain, parts=parts[1:], spoken=plain.spoken[1:], country=first)
            return
    yield plain
    yield from _with_country_at_an_end(plain, hint)


def _with_country_at_an_end(plain: Reading, hint: str | None) -> Iterator[Reading]:
    last = plain.parts[-1]
    for count in (3, 2, 1):
        if len(last) > count and (code := _country_in(last[-count:])) and _surely(last[-count:], code, hint):
            yield _replaced(plain, -1, last[:-count], code)
            return
    first = plain.parts[0]
    for count in (3, 2, 1):
        if len(first) > count and (code := _country_in(first[:count])) and _surely(first[:count], code, hint):
            yield _replaced(plain, 0, first[count:], code)
            return


def _replaced(plain: Reading, at: int, part: Words, country: str) -> Reading:
    """The reading with one part shortened."""
    parts, spoken = list(plain.parts), list(plain.spoken)
    parts[at] = spoken[at] = part
    return replace(plain, parts=tuple(parts), spoken=tuple(spoken), country=country)


def _surely(said: Words, code: str, hint: str | None) -> bool:
    """Two or three letters inside a text are a country only when the hint says so too."""
    return len("".join(said)) > 3 or code == hint


def _country_in(part: Words) -> str | None:
    return gazetteer.country_of(spelling.key(part))


def _state_in(part: Words, country: str | None) -> str | None:
    """The country that has a state of this name, of the hint or else of those with states."""
    name = spelling.key(part)
    candidates = (country,) if country in regions.STATES else tuple(regions.STATES) if country is None else ()
    return next((code for code in candidates if code and regions.of_name(name, code)), None)


def _with_region(said: Reading, region: str | None, postcode: str | None) -> Iterator[Reading]:
    """With the state that is given or written at the end; else with what the postcode tells; else without."""
    if said.country is None or regions.decides(said.country):
        if region and (country := _state_in(tuple(spelling.words(region)), said.country)):
            decided = _decided(_less_state(said, country), country, tuple(spelling.words(region)))
            yield decided
            return
        for shorter, country, name in _states_written(said):
            if len(shorter.parts) == len(said.parts):
                yield replace(said, loose=False)  # "FORT WASHINGTON"
            yield _decided(shorter, country, name)
            if said.country is not None:
                return
    if said.country == "FR" and postcode and (overseas := regions.OVERSEAS.get(postcode[:3])):
        said = replace(said, country=overseas)
    near = regions.of_postcode(postcode, said.country) if postcode and said.country else None
    yield replace(said, region=near)


def _decided(said: Reading, country: str, name: Words) -> Reading:
    code = regions.of_name(spelling.key(name), country)
    return replace(said, country=country, region=code, region_decides=True)


def _less_state(said: Reading, country: str) -> Reading:
    return next((shorter for shorter, found, _ in _states_written(said) if found == country), said)


def _states_written(said: Reading) -> Iterator[tuple[Reading, str, Words]]:
    """The text without the state at its end, the state's country and its name."""
    last = said.parts[-1]
    if len(said.parts) > 1 and (country := _state_in(last, said.country)):
        yield replace(said, parts=said.parts[:-1], spoken=said.spoken[:-1]), country, last
        return
    for at, part in reversed(list(enumerate(said.parts))):
        for count, end in ((2, len(part)), (1, len(part)), (1, _without_facility(part))):
            name = part[end - count : end]
            if end > count and (country := _state_in(name, said.country)):
                parts, spoken = list(said.parts), list(said.spoken)
                parts[at] = spoken[at] = part[: end - count]
                yield replace(said, parts=tuple(parts), spoken=tuple(spoken)), country, name
                return


def _without_facility(part: Words) -> int:
    """Where the facility words at the end begin: "HEBRON KY | DISTRIBUTION CENTER"."""
    end = len(part)
    while end and part[end - 1] in words.FACILITY:
        end -= 1
    return len(part) if end < len(part) and part[end] in words.ENDINGS and end + 1 == len(part) else end


def is_address(part: Words) -> bool:
    """Whether a part names a street or a shop, so that a town's name in it may be the street's."""
    return not words.STREETS.isdisjoint(part)
