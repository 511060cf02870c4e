"""How days, clocks, spans of time, amounts of money, countries and lists look in the language of the moment.

Template filters, each remembered per (value, locale, zone): the same few values come back on every
render. Aware datetimes are shown in the zone of the moment; a "HH:MM" text is a wall clock already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Final, ParamSpec
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, parse_pattern

from portal.kit import i18n

# A shop that writes English to Europe means "24 November" and 14:05, not the American order.
_REGIONAL: Final = {"en": "en_GB"}
# "1er décembre": languages that count the first of a month otherwise, which CLDR's patterns do not say.
_FIRST: Final = {"fr": "d'er'", "it": "d'º'"}
# Minor digits by ISO 4217 where not 2. CLDR's own table rounds more currencies than the standard does.
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"
_MINOR_DIGITS: Final = {
    currency: digits
    for digits, currencies in ((0, _NO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
    for currency in currencies.split()
}
_REMEMBER: Final = 4096

Given = ParamSpec("Given")


def _remembered(shape: Callable[Given, str]) -> Callable[Given, str]:
    """The same function, asked once per arguments, language and zone."""
    kept: Callable[..., str] = lru_cache(_REMEMBER)(lambda _locale, _zone, *given, **named: shape(*given, **named))

    @wraps(shape)
    def remembered(*given: Given.args, **named: Given.kwargs) -> str:
        return kept(i18n.locale(), i18n.zone(), *given, **named)

    return remembered


@_remembered
def day(value: date, today: date, /) -> str:
    """ "Tuesday 24 November"; with the year when it is not that of `today`."""
    here = local_day(value)
    pattern = _full_date(i18n.locale()) if here.year != today.year else _yearless_date(i18n.locale())
    if here.day == 1:
        pattern = pattern.replace("d", _FIRST.get(i18n.locale(), "d"))
    return format_datetime(datetime.combine(here, time()), pattern, locale=_region(i18n.locale()))


@_remembered
def day_relative(value: date, today: date, /) -> str:
    """ "today", "tomorrow", "yesterday", else what `day` says: where it stands alone."""
    return _near(value, today) or day(value, today)


@_remembered
def on_day(value: date, today: date, /) -> str:
    """The same inside a sentence that says when: "mañana", but "el martes, 24 de noviembre"."""
    return _near(value, today) or i18n.pgettext("on a day", "%(day)s") % {"day": day(value, today)}


def _near(value: date, today: date) -> str | None:
    """The name of a day next to `today`."""
    apart = (local_day(value) - today).days
    if apart == 0:
        return i18n.pgettext("relative day", "today")
    if apart == 1:
        return i18n.pgettext("relative day", "tomorrow")
    if apart == -1:
        return i18n.pgettext("relative day", "yesterday")
    return None


@_remembered
def clock(value: datetime | str, /) -> str:
    """ "14:05". A text is a wall clock "HH:MM"; a datetime is aware and shown in the zone of the moment."""
    if isinstance(value, str):
        return format_time(time.fromisoformat(value), "short", locale=_region(i18n.locale()))
    return format_time(value.astimezone(_zoneinfo(i18n.zone())).time(), "short", locale=_region(i18n.locale()))


@_remembered
def clock_seconds(value: datetime, /) -> str:
    """ "14:05:20", where seconds count."""
    return format_time(value.astimezone(_zoneinfo(i18n.zone())).time(), "medium", locale=_region(i18n.locale()))


@_remembered
def moment(value: datetime, today: date, /) -> str:
    """Day and clock, in a sentence or alone: "today, 14:05", "Tuesday 24 November, 14:05"."""
    near, time_of_day = _near(value, today), {"clock": clock(value)}
    if near:
        return i18n.pgettext("day, clock", "%(day)s, %(clock)s") % {"day": near, **time_of_day}
    return i18n.pgettext("date, clock", "%(day)s, %(clock)s") % {"day": day(value, today), **time_of_day}


@_remembered
def clock_or_moment(value: datetime, today: date, /) -> str:
    """The clock alone when it is today, else day and clock; after a word like "since"."""
    if local_day(value) == today:
        return i18n.pgettext("since a clock", "%(clock)s") % {"clock": clock(value)}
    return moment(value, today)


@_remembered
def ago(value: datetime, now: datetime, /) -> str:
    """ "4 minutes ago", "in 2 hours", "just now"; both aware, to the minute."""
    minutes = round((value - now).total_seconds() / 60)
    if minutes == 0:
        return i18n.pgettext("relative time", "just now")
    span = timedelta(minutes=minutes)
    return format_timedelta(span, granularity="minute", add_direction=True, locale=_region(i18n.locale()))


@_remembered
def money(minor: int, currency: str, /) -> str:
    """An amount given in minor units of an ISO 4217 currency."""
    digits = _MINOR_DIGITS.get(currency, 2)
    locale = _region(i18n.locale())
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    amount = Decimal(minor).scaleb(-digits)
    shown = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", shown)  # babel leaves out CLDR's space after a code


@_remembered
def territory(code: str, /) -> str:
    """The name of a country by its ISO 3166 code; the code itself when it has no name."""
    return str(_region(i18n.locale()).territories.get(code, code))


def listed(names: Sequence[str], /) -> str:
    """ "Lyon, Paris and Lille"."""
    return str(format_list(list(names), locale=_region(i18n.locale()))) if names else ""


@_remembered
def iso(value: date, /) -> str:
    """For the `datetime` attribute of `<time>`: whole seconds, UTC for aware datetimes."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def local_day(value: date) -> date:
    """The day of an aware datetime in the zone of the moment; a plain date is one already."""
    if isinstance(value, datetime):
        return value.astimezone(_zoneinfo(i18n.zone())).date()
    return value


@lru_cache(64)
def _zoneinfo(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(64)
def _region(language: str) -> Locale:
    return Locale.parse(_REGIONAL.get(language, language), sep="_")


@lru_cache(64)
def _full_date(language: str) -> str:
    return str(_region(language).date_formats["full"].pattern)


@lru_cache(64)
def _yearless_date(language: str) -> str:
    exact = _region(language).datetime_skeletons.get("MMMMEEEEd")
    if exact is not None:
        return str(exact.pattern)
    return _without_year(_full_date(language))


def _without_year(pattern: str) -> str:
    """A CLDR date pattern less its year and the words that belong to it."""
    parts = re.findall(r"'[^']*'|[A-Za-z]+|[^A-Za-z']+", pattern)
    fields = [index for index, part in enumerate(parts) if part.isascii() and part.isalpha()]
    year = next(place for place, index in enumerate(fields) if parts[index].startswith("y"))
    if year == 0:
        return "".join(parts[fields[1] :])
    return "".join(parts[: fields[year - 1] + 1])


FILTERS: Final = {
    "day": day,
    "day_relative": day_relative,
    "on_day": on_day,
    "clock": clock,
    "clock_seconds": clock_seconds,
    "moment": moment,
    "clock_or_moment": clock_or_moment,
    "local_day": local_day,
    "ago": ago,
    "money": money,
    "iso": iso,
    "territory": territory,
    "listed": listed,
}
