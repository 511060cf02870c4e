"""The scalar types of the neutral order document and the base of its parts.

Strict where a wrong type hides a mistake (numbers, booleans, dates, money), lenient where people write
by hand (a number for a text, null for "nothing to say"). Knows no platform.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from portal.platforms.neutral import money

_COUNTRY = re.compile(r"[A-Z]{2}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:?\d\d)")


def instant(text: str) -> datetime:
    """An RFC 3339 date-time with its offset. Raises ValueError for anything else, and for moments
    that do not exist in UTC."""
    if not _RFC3339.fullmatch(text.strip()):
        raise ValueError("expected a date and time with offset, like 2026-11-12T10:00:00+01:00")
    moment = datetime.fromisoformat(text.strip().replace("z", "Z"))
    try:
        moment.astimezone(UTC)
    except OverflowError as far:
        raise ValueError("date out of range") from far
    return moment


def in_utc(moment: datetime) -> str:
    """RFC 3339 in UTC with Z; the fraction only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _as_text(value: object) -> object:
    """Hand-written numbers stand for their digits: 1001 is the order "1001"."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else _as_text(value)


def _as_instant(value: object) -> object:
    if isinstance(value, str):
        return instant(value) if value.strip() else None
    if value is None or isinstance(value, datetime):
        return value
    raise ValueError("expected a date and time with offset, like 2026-11-12T10:00:00+01:00")


def _aware(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    moment = handler(_as_instant(value))
    if isinstance(moment, datetime) and moment.utcoffset() is None:
        raise ValueError("date without offset")
    return moment


def _as_code(value: object) -> object:
    return money.currency_code(value) if isinstance(value, str) and value.strip() else _blank_is_none(value)


def _as_country(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return _blank_is_none(value)
    code = value.strip().upper()
    if not _COUNTRY.fullmatch(code):
        raise ValueError("expected a country code of two letters, like FR")
    return code


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), BeforeValidator(_as_text)]
Text = Annotated[str | None, BeforeValidator(_blank_is_none)]
When = Annotated[datetime | None, WrapValidator(_aware)]
Whole = Annotated[int, Field(strict=True, ge=-money.LARGEST, le=money.LARGEST)]
Count = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Flag = Annotated[bool, Field(strict=True)]
Degrees = Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)]
Code = Annotated[str | None, BeforeValidator(_as_code)]
Country = Annotated[str | None, BeforeValidator(_as_country)]


class Part(BaseModel):
    """A frozen part of the document. Members it does not know are kept as they came."""

    model_config = ConfigDict(frozen=True, extra="allow", validate_by_name=True, validate_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: object) -> object:
        """null and a missing member mean the same: nothing is said about it."""
        if not isinstance(value, dict):
            return value
        known = _names(cls)
        return {name: item for name, item in value.items() if item is not None or name not in known}


@cache
def _names(part: type[Part]) -> frozenset[str]:
    aliases = (field.alias for field in part.model_fields.values())
    return frozenset((*part.model_fields, *(alias for alias in aliases if alias)))
