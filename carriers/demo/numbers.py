"""Pigeon Vole's tracking numbers, which hold all there is to know about a parcel.

    PV F 61K3QZ 0C 05 02M7 K     story, start (seconds since 2020), hours lived and rested before it, seed, check

Letters and digits without I, L, O and U, so that a number read aloud stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from carriers.demo.stories import BY_LETTER, Story, story_named

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX: Final = "PV"
_LENGTH: Final = 18
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a number says. Before `started` (UTC) it lived at life's pace, then rested."""

    story: Story
    started: datetime
    lived: timedelta
    rested: timedelta
    seed: int


def number_for(
    story: str,
    seed: int,
    started: datetime,
    lived: timedelta = timedelta(0),
    rested: timedelta = timedelta(0),
) -> str:
    """A number whose story starts moving at `started` (aware), after `lived` and then `rested` (whole hours).

    What happens after `started` goes as fast as the server's speed, what lies in `lived` went as fast as
    life, and while it rested nothing happened: so a parcel can have a past of days and still move within
    minutes. Raises ValueError for an unknown story, a naive or impossible time, and more than 1023 hours lived
    or rested.
    """
    seconds = int((started - _EPOCH).total_seconds()) if started.tzinfo is not None else -1
    past = f"{_write(int(lived / _HOUR), 2)}{_write(int(rested / _HOUR), 2)}"
    body = f"{story_named(story).letter}{_write(seconds, 6)}{past}{_write(seed % 32**4, 4)}"
    return f"{_PREFIX}{body}{_check(body)}"


def read_number(number: str) -> Parcel | None:
    """What the number says, or None when it is none of Pigeon Vole's."""
    plain = "".join(number.split()).upper()
    body, check = plain[2:-1], plain[-1:]
    if len(plain) != _LENGTH or not plain.startswith(_PREFIX) or body[0] not in BY_LETTER:
        return None
    if not set(body[1:]) <= set(_ALPHABET) or check != _check(body):
        return None
    return Parcel(
        story=BY_LETTER[body[0]],
        started=_EPOCH + timedelta(seconds=_read(body[1:7])),
        lived=timedelta(hours=_read(body[7:9])),
        rested=timedelta(hours=_read(body[9:11])),
        seed=_read(body[11:15]),
    )


def _write(value: int, width: int) -> str:
    if not 0 <= value < 32**width:
        raise ValueError(f"{value} does not fit into {width} characters of a number")
    return "".join(_ALPHABET[value >> (5 * place) & 31] for place in reversed(range(width)))


def _read(text: str) -> int:
    value = 0
    for character in text:
        value = value * 32 + _ALPHABET.index(character)
    return value


def _check(body: str) -> str:
    """Odd weights modulo 32: any single wrong character changes it."""
    digits = [_ALPHABET.index(character) for character in body]
    return _ALPHABET[sum((2 * place + 1) * digit for place, digit in enumerate(digits)) % 32]
