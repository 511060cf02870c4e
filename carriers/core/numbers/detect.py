"""From a number to the carriers that may have it, best first.

A candidate is a guess: only an answer of the carrier proves it. What counts is, in this order, what the
shop said, what the number itself proves, and whether the carrier delivers in the recipient's country.
Reads the tables and the list of adapters; asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from carriers.core.countries import alpha2
from carriers.core.links import label_of, tracking_page
from carriers.core.numbers.formats import HOUSES
from carriers.core.numbers.matching import Evidence, Match, matches
from carriers.core.numbers.naming import adapter_or, branch, brand_named, is_branch
from carriers.core.numbers.posts import POSTS
from carriers.core.numbers.spelling import readings

_CERTAIN: Final = max(Evidence) + 1
_AT_HOME, _OPEN, _ABROAD = range(3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carrier that may have the parcel.

    `carrier` is the adapter to ask, or a slug of ours where there is none; `label` the brand as customers
    read it (DHL Express is asked through DHL). `number` is the tracking number as the carrier writes it,
    without what a barcode puts around it. `format` is None where the shop's word is all there is, and
    `check_digit_ok` where the format has no check digit that we know. `country` is the suffix of a postal
    number: the post that took the parcel in. `tracking_url` is the public page, None where we know none.
    """

    carrier: str
    label: str | None
    number: str
    format: str | None
    check_digit_ok: bool | None
    evidence: Evidence
    country: str | None
    tracking_url: str | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known besides the number: the recipient's country (alpha-2), the shop's brand and its adapter."""

    country: str | None
    brand: str | None
    carrier: str | None


def detect(number: str, *, country: str | None = None, shop_says: str | None = None) -> tuple[Candidate, ...]:
    """The carriers that may have `number`, best first; none for what no carrier writes. Never raises.

    `country` is the recipient's, in any spelling; `shop_says` the carrier as the shop spells it. Whatever
    of the two is not known here counts as not given.
    """
    read = readings(number)
    if not read:
        return ()
    told = _told(country, shop_says)
    written, found = next(((text, found) for text in read if (found := _matches(text, told))), (read[0], []))
    ranked = [(_strength(match, told), -_distance(match, told), _candidate(match, told)) for match in found]
    if told.brand is not None and not any(_is_said(match, told) for match in found):
        ranked.append((Evidence.SAID, 0, _only_said(written, told.brand)))
    return _each_once(candidate for *_, candidate in sorted(ranked, key=itemgetter(0, 1), reverse=True))


def number_in(typed: str) -> str:
    """The number in a text, as its carrier writes it, where it is in a form that is known here; else the text
    without blanks. Letters stay small or large where there is nothing else to mend."""
    if typed.isascii() and typed.isalnum():
        return typed  # there is one way to read it, and nothing to mend
    bare = "".join(typed.split())
    known = next((text for text in readings(typed) if matches(text)), bare)
    return bare if known == bare.upper() else known


def _matches(written: str, told: _Told) -> list[Match]:
    return [match for match in _with_others(matches(written), told) if _tells(match, told)]


def _told(country: str | None, shop_says: str | None) -> _Told:
    brand = brand_named(shop_says) if shop_says else None
    return _Told(alpha2(country), brand, adapter_or(brand) if brand is not None else None)


def _with_others(found: list[Match], told: _Told) -> Iterator[Match]:
    """The matches, each with the house that answers for its brand; for a postal number also the recipient's post."""
    for match in found:
        yield match
        house = HOUSES.get(match.brand, match.brand)
        if adapter_or(house) != adapter_or(match.brand):
            yield replace(match, brand=house)
    post = POSTS.get(told.country or "")
    for match in found:
        if match.country is not None and post is not None and post != match.brand:
            yield replace(match, brand=post)


def _tells(match: Match, told: _Told) -> bool:
    """Whether a match says more than chance would."""
    if _is_said(match, told) or match.format.specific:
        return True
    weak = match.evidence is Evidence.DIGITS and _distance(match, told) == _ABROAD
    return not weak and match.evidence is not Evidence.REFUTED


def _strength(match: Match, told: _Told) -> int:
    evidence = match.evidence
    if _is_said(match, told):
        return Evidence.SAID if evidence is Evidence.REFUTED else _CERTAIN
    if evidence is Evidence.CHECK and _distance(match, told) == _ABROAD:
        return Evidence.DIGITS
    return evidence


def _distance(match: Match, told: _Told) -> int:
    """Whether the recipient's country is one that the brand delivers in; open where one of the two is not known."""
    countries = match.format.countries
    if told.country is None or not countries:
        return _OPEN
    return _AT_HOME if told.country in countries else _ABROAD


def _is_said(match: Match, told: _Told) -> bool:
    return told.brand is not None and (told.carrier == adapter_or(match.brand) or is_branch(told.brand, of=match.brand))


def _candidate(match: Match, told: _Told) -> Candidate:
    named = told.brand is not None and is_branch(told.brand, of=match.brand)
    brand = told.brand if named and told.brand is not None else branch(match.brand, told.country)
    return Candidate(
        carrier=adapter_or(brand),
        label=label_of(brand),
        number=match.number,
        format=match.format.name,
        check_digit_ok=match.check_digit_ok,
        evidence=match.evidence,
        country=match.country,
        tracking_url=tracking_page(brand, match.number),
    )


def _only_said(written: str, brand: str) -> Candidate:
    """The shop's carrier, for a number in no format that we know of it."""
    page = tracking_page(brand, written)
    return Candidate(adapter_or(brand), label_of(brand), written, None, None, Evidence.SAID, None, page)


def _each_once(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    best: dict[tuple[str, str | None], Candidate] = {}
    for candidate in candidates:
        best.setdefault((candidate.carrier, candidate.label), candidate)
    return tuple(best.values())
