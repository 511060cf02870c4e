"""Which formats a plain number is written in, and how much that proves. Pure; names no address and no adapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from carriers.core.numbers.formats import FORMATS, Format, compiled
from carriers.core.numbers.posts import COUNTRIES, POSTS, UNNAMED


class Evidence(IntEnum):
    """What speaks for a carrier, weakest first."""

    REFUTED = 0  # its form, but a wrong check digit: misread or mistyped
    DIGITS = 1  # so many digits, as other carriers have them too
    FORM = 2  # letters or digits where only this carrier has them
    CHECK = 3  # plain digits with the right check digit: about one in ten has that by chance
    SAID = 4  # no form of this carrier that we know, but the shop says so
    FORM_AND_CHECK = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A number in a format. `number` is the tracking number in it, `country` the suffix of a postal number."""

    format: Format
    brand: str
    number: str
    check_digit_ok: bool | None
    country: str | None

    @property
    def evidence(self) -> Evidence:
        """How much the match proves."""
        if self.check_digit_ok is False:
            return Evidence.REFUTED
        if self.format.specific:
            return Evidence.FORM_AND_CHECK if self.check_digit_ok else Evidence.FORM
        return Evidence.CHECK if self.check_digit_ok else Evidence.DIGITS


def matches(plain: str) -> list[Match]:
    """All formats that `plain` (see `spelling.plain`) is written in, also with a wrong check digit."""
    found = ((format, compiled(format.pattern).fullmatch(plain)) for format in FORMATS)
    return [_match(format, match) for format, match in found if match is not None and _exists(match)]


def _match(format: Format, match: re.Match[str]) -> Match:
    groups = match.groupdict()
    country = groups.get("country")
    return Match(
        format=format,
        brand=POSTS.get(country, UNNAMED) if country else format.brand,
        number=groups.get("number") or match[0],
        check_digit_ok=format.check(groups["body"]) == groups["key"] if format.check is not None else None,
        country=country,
    )


def _exists(match: re.Match[str]) -> bool:
    country = match.groupdict().get("country")
    return country is None or country in COUNTRIES
