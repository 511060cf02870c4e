"""Reading what a carrier sent: JSON in, clean values out, never an exception but CarrierError.

A body is hostile until read: it may be HTML, cut in half, nested a thousand deep, or hold a number
where the specification has a text. The pickers below take any value and give the wanted type or
nothing, so that an adapter never asks what it got.
"""

from __future__ import annotations

import json
from typing import Any

from carriers.core.countries import alpha2
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.times import CarrierTime, parse_iso

Json = dict[str, Any]

_LONGEST = 2000  # characters of one carrier text; nothing a carrier writes about a scan is longer
_DEEPEST = 40
_NESTING = frozenset({dict, list})


def read_json(body: bytes, *, http_status: int = 200) -> Json | list[Any]:
    """The object or array in `body`. Raises CarrierError (by `http_status`, else `server`) for anything else."""
    try:
        data = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise unreadable(http_status) from error
    if not isinstance(data, dict | list) or _too_deep(data):
        raise unreadable(http_status)
    return data


def unreadable(http_status: int) -> CarrierError:
    """The error for a body that is not what the carrier documents."""
    kind = kind_of_status(http_status)
    known = kind in (ErrorKind.AUTH, ErrorKind.RATE_LIMITED)
    message = f"The carrier's answer could not be read (HTTP {http_status})."
    return CarrierError(kind if known else ErrorKind.SERVER, message, http_status=http_status)


def kind_of_status(http_status: int) -> ErrorKind:
    """What an HTTP status says by itself; a carrier's own code in the body knows better."""
    if http_status in (401, 403):
        return ErrorKind.AUTH
    if http_status == 404:
        return ErrorKind.NOT_FOUND
    if http_status == 429:
        return ErrorKind.RATE_LIMITED
    if 400 <= http_status < 500 and http_status not in (408, 425):
        return ErrorKind.BAD_REQUEST
    return ErrorKind.SERVER


def failure_told(http_status: int, *told: object) -> int:
    """The HTTP status of a failure: the real one, or the one that a body names inside a success."""
    if http_status >= 400:
        return http_status
    named = (number(value) for value in told)
    return next((status for status in named if status is not None and 400 <= status < 600), http_status)


def an_object(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects in an array; a lone object counts as an array of one (carriers do both)."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A text without control characters and outer blanks; numbers are written out, "" is nothing."""
    if isinstance(value, str) and len(value) <= _LONGEST and value.isprintable():  # nearly all of them
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = str(value)[:_LONGEST].encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else " " for c in plain).strip() or None


def first_text(*values: object) -> str | None:
    """The first of the values that is a text at all."""
    for value in values:
        if (found := text(value)) is not None:
            return found
    return None


def number(value: object) -> int | None:
    """A whole number, also when it is written as a text ("011")."""
    plain = text(value)
    digits = plain is not None and plain.isascii() and plain.isdigit() and len(plain) <= 9
    return int(plain) if plain is not None and digits else None


def degrees(value: object, most: int) -> float | None:
    """A latitude (`most` 90) or longitude (180), also as a text; None for anything that is none."""
    plain = text(value)
    try:
        found = float(plain) if plain is not None else None
    except ValueError:
        return None
    return found if found is not None and abs(found) <= most else None


def country(value: object) -> str | None:
    """ISO 3166 alpha-2 where the value maps without doubt, else None."""
    return alpha2(text(value))


def time(value: object) -> CarrierTime | None:
    """An ISO 8601 time, or None where the carrier gave none that can be read."""
    plain = text(value)
    if plain is None:
        return None
    try:
        return parse_iso(plain)
    except ValueError:
        return None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _too_deep(data: object) -> bool:
    level: list[Any] = [data]
    for _ in range(_DEEPEST):
        if not level:
            return False
        insides = [item.values() if type(item) is dict else item for item in level]
        level = [child for inside in insides for child in inside if type(child) in _NESTING]
    return True
