"""The kinds of values that members of a policy have: read from TOML's and YAML's own types as from text, and refused
with a word on what would be right. Knows no member by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints

from portal.editing.answers import Verdict
from portal.editing.policy.spans import span
from portal.platforms.neutral.fields import instant
from portal.platforms.neutral.money import currency_code, exponent, to_minor

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
_YEARLY: Final = re.compile(r"(\d\d)-(\d\d)")
_TAG: Final = re.compile(r"<\s*[a-zA-Z/!?]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LEAP_YEAR: Final = 2000


def _verdict(value: object) -> object:
    try:
        return Verdict(value.strip().lower() if isinstance(value, str) else "")
    except ValueError as wrong:
        raise ValueError('expected "allowed", "ask" or "no"') from wrong


def _span(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('expected a length of time as a text, like "30m", "1h" or "2d"')
    return span(value)


def _clock(value: object) -> object:
    if isinstance(value, time):
        value = value.isoformat("minutes") if not (value.second or value.microsecond) else value.isoformat()
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('expected a time of day, like "14:00"')
    return time(int(found[1]), int(found[2]))


def _zone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(value)  # type: ignore[arg-type]  # what is no text is refused below
    except (KeyError, ValueError, TypeError, OSError, AttributeError) as problem:
        raise ValueError(f"{value!r} is no time zone: write one like Europe/Paris") from problem


def _day_of_week(value: object) -> object:
    word = value.strip().lower()[:3] if isinstance(value, str) else value
    if word not in DAYS:
        raise ValueError(f"expected one of {', '.join(DAYS)}")
    return word


def _holiday(value: object) -> object:
    """A day, or (month, day) of every year."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, tuple):
        return value
    text = value.strip() if isinstance(value, str) else ""
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly:
            day = date(_LEAP_YEAR, int(yearly[1]), int(yearly[2]))
            return (day.month, day.day)
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ValueError('expected a day like "2026-12-25", or "12-25" for every year') from wrong


def _moment(value: object) -> object:
    """A whole day, or a moment with its offset."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("says no offset: write 2026-12-01T08:00:00+01:00, or a day alone")
        return value
    if isinstance(value, date):
        return value
    text = value.strip() if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if len(text) == 10 else instant(text)
    except ValueError as wrong:
        raise ValueError('expected a day like "2026-12-01", or a moment like "2026-12-01T08:00:00+01:00"') from wrong


def _percent(value: object) -> object:
    """Hundredths of a percent."""
    try:
        share = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        share = None
    if share is None or not share.is_finite() or not 0 <= share <= 100:
        raise ValueError("expected a number from 0 to 100, like 10 or 12.5")
    hundredths = share * 100
    if hundredths != hundredths.to_integral_value():
        raise ValueError("has more than two digits behind the point")
    return int(hundredths)


def _amounts(value: object) -> object:
    """Minor units by currency."""
    if not isinstance(value, Mapping):
        raise ValueError('expected an amount for each currency, like {EUR = "5.00", USD = "6.00"}')
    return {_currency(code): _amount(code, amount) for code, amount in value.items()}


def _currency(code: object) -> str:
    try:
        return currency_code(str(code))
    except ValueError as wrong:
        raise ValueError(f"{code!r} is no currency: write three letters, like EUR") from wrong


def _amount(code: object, amount: Any) -> int:
    try:
        minor = to_minor(amount, str(code))
        exact = Decimal(str(amount)) == Decimal(minor).scaleb(-exponent(str(code)))
    except (ValueError, InvalidOperation) as wrong:
        raise ValueError(f'{code}: expected an amount like "5.00"') from wrong
    if minor < 0 or not exact:
        raise ValueError(f"{code}: {amount} is not a whole number of the currency's smallest coin")
    return minor


def _texts(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValueError('expected a text for each language, like {en = "…", fr = "…"}')
    return {str(language): _words(text) for language, text in value.items()}


def _words(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError("expected a text that is not empty")
    if _TAG.search(text):
        raise ValueError("is plain text: HTML is not shown as such, take the < > out")
    if _CONTROL.search(text):
        raise ValueError("holds characters that cannot be shown")
    if len(text) > 1000:
        raise ValueError("is longer than 1000 characters")
    return text.strip()


def _page(value: object) -> object:
    try:
        address = urlsplit(value.strip()) if isinstance(value, str) else None
        host = address.hostname if address else None
    except ValueError:
        address = host = None
    if address is None or address.scheme != "https" or not host or address.username or _has_blank(address.geturl()):
        raise ValueError('expected the address of a page, like "https://shop.example/returns"')
    return address.geturl()


def _digits(value: object) -> object:
    """A number stands for its digits: products have such names."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _whole(value: object) -> object:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if not isinstance(text, int) or isinstance(text, bool):
        raise ValueError("expected a whole number")
    return text


def _has_blank(text: str) -> bool:
    return any(character.isspace() for character in text)


def _country(value: object) -> object:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch(r"[A-Z]{2}", code) or code == "UK":
        raise ValueError("expected a country code of two letters, like FR or GB")
    return code


Ruling = Annotated[Verdict, BeforeValidator(_verdict)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
WeekDay = Annotated[str, BeforeValidator(_day_of_week)]
Holiday = Annotated[date | tuple[int, int], BeforeValidator(_holiday)]
Moment = Annotated[date | datetime, BeforeValidator(_moment)]
Percent = Annotated[int, BeforeValidator(_percent)]
Amounts = Annotated[dict[str, int], BeforeValidator(_amounts)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Texts = Annotated[dict[Language, str], BeforeValidator(_texts), Field(min_length=1)]
PageAddress = Annotated[str, BeforeValidator(_page)]
Country = Annotated[str, BeforeValidator(_country)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_digits)]
Units = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=0, le=365), BeforeValidator(_whole)]
Flag = Literal["personalised", "preorder", "final_sale"]
Kind = Literal["physical", "digital", "gift_card", "service"]
Method = Literal["shipping", "pickup", "pickup_point", "local", "digital", "none"]
