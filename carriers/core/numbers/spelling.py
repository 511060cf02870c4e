"""A tracking number as it is typed, pasted or scanned, turned into how carriers write it."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 48  # letters and digits; the longest formats have 39
_LONGEST_TYPED: Final = 200
_BETWEEN: Final = frozenset(".()")
_INVISIBLE_OR_DASH: Final = frozenset({"Cf", "Pd"})


def plain(number: str) -> str | None:
    """Letters and digits of ASCII in upper case; None for what is no tracking number in any spelling.

    Blanks, dashes, dots, brackets and invisible marks (as they come with a copy from a page) fall away.
    Digits of other scripts are not read as digits, nor letters that merely look like A to Z.
    """
    if len(number) > _LONGEST_TYPED:
        return None
    kept = "".join(c for c in number if not _falls_away(c))
    return kept.upper() if kept.isascii() and kept.isalnum() and len(kept) <= LONGEST else None


def _falls_away(character: str) -> bool:
    return character.isspace() or character in _BETWEEN or unicodedata.category(character) in _INVISIBLE_OR_DASH
