"""Lengths of time as people write them in a policy: 30m, 1h, 1h30m, 2d, 1w. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_SPAN: Final = re.compile(r"(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?")
LONGEST: Final = timedelta(days=3650)


def span(text: str) -> timedelta:
    """The length of time that a text says. Raises ValueError for what is none, is nothing, or is beyond ten years."""
    found = _SPAN.fullmatch("".join(text.split()).lower())
    if not found or not found[0]:
        raise ValueError(f"{text!r} is no length of time: write 30m, 1h, 1h30m, 2d or 1w")
    length = sum((int(n) * unit for n, unit in zip(found.groups(), _UNITS.values(), strict=True) if n), timedelta())
    if not timedelta() < length <= LONGEST:
        raise ValueError("must be more than nothing, and ten years at most")
    return length


def written(length: timedelta) -> str:
    """The shortest text for a length of whole minutes: 90 minutes are "1h30m", 14 days "14d"."""
    rest, parts = length, []
    for letter, unit in list(_UNITS.items())[1:]:
        count, rest = divmod(rest, unit)
        parts += [f"{count}{letter}"] if count else []
    return "".join(parts) or "0m"
