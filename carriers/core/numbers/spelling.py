"""A tracking number as it is typed, pasted or scanned, turned into how carriers write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 48  # letters and digits; the longest formats have 39
_LONGEST_TYPED: Final = 200
_MOST_WORDS: Final = 24
_BETWEEN: Final = frozenset(".()")
_INVISIBLE_OR_DASH: Final = frozenset({"Cf", "Pd"})
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as East Asian keyboards write ASCII
_MARK: Final = re.compile("[\u00b0\u00ba\u2116#:=]")  # behind "n\u00b0", "no.:", "#", in front of the number itself
_AROUND: Final = ",;!?\"'\u00ab\u00bb\u201c\u201d[]<>"
_SHORT_WORDS: Final = frozenset(["N", "NO", "NR", "NUM", "ID", "REF", "AWB", "DPD", "GLS", "UPS", "DHL", "VIA"])
_LONG_WORD: Final = 4


def plain(number: str) -> str | None:
    """Letters and digits of ASCII in upper case; None for what is no tracking number in any spelling.

    Blanks, dashes, dots, brackets and invisible marks (as they come with a copy from a page) fall away;
    wide letters and digits are the same ones. Digits of other scripts are not read as digits, nor letters
    that merely look like A to Z.
    """
    if len(number) > _LONGEST_TYPED:
        return None
    kept = "".join(c for c in number.translate(_WIDE) if not _falls_away(c))
    return kept.upper() if kept.isascii() and kept.isalnum() and len(kept) <= LONGEST else None


def readings(typed: str) -> tuple[str, ...]:
    """The plain numbers that a text may mean, likeliest first: all of it, then what is left without the
    words around it ("Colis n\u00b0 6A \u2026", "1Z \u2026 by UPS")."""
    if len(typed) > _LONGEST_TYPED:
        return ()
    whole, inner = plain(typed), (plain(part) for part in _without_words(typed.translate(_WIDE)))
    return tuple(dict.fromkeys(number for number in (whole, *inner) if number))


def _without_words(typed: str) -> Iterator[str]:
    """The text behind its last mark that a digit follows, with ever fewer words; a number keeps its letters."""
    parts = [part for part in _MARK.split(typed) if _has_digit(part)]
    words = [word.strip(_AROUND) for word in parts[-1].split()[:_MOST_WORDS]] if parts else []
    begun = next((i for i, word in enumerate(words) if not _is_word(word)), len(words))
    ended = next((i for i, word in enumerate(reversed(words)) if not _is_word(word)), 0)
    cuts = ((first, last) for first in range(begun + 1) for last in range(ended + 1))
    for first, last in sorted(cuts, key=sum):
        yield " ".join(words[first : len(words) - last])


def _is_word(text: str) -> bool:
    bare = text.strip(".()").upper()
    return not bare or (not _has_digit(bare) and (len(bare) >= _LONG_WORD or bare in _SHORT_WORDS))


def _has_digit(text: str) -> bool:
    return any("0" <= c <= "9" for c in text)


def _falls_away(character: str) -> bool:
    return character.isspace() or character in _BETWEEN or unicodedata.category(character) in _INVISIBLE_OR_DASH
