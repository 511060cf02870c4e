"""How a place's name is spelled for comparing. Pure; the gazetteer is built with the same functions.

A key is what is left of a name when carriers' habits are taken away: capitals or not, accents or none, hyphens,
spaces, "St" for "Saint". Spaces go too, so that "Saint-Ouen-l'Aumône" and "ST OUEN LAUMONE" are one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 200  # characters of a text that are looked at
_EAST: Final = "\u2e80"  # from here on scripts without accents, whose marks mean another sound
_LETTERS: Final = str.maketrans(
    {
        "ß": "SS", "ẞ": "SS", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ø": "O", "ø": "O", "Ł": "L", "ł": "L",
        "Đ": "D", "đ": "D", "Ð": "D", "ð": "D", "Þ": "TH", "þ": "TH", "ı": "I", "Ħ": "H", "ħ": "H", "Ə": "A", "ə": "A",
    }
)  # fmt: skip
_WRITTEN_OUT: Final = str.maketrans(
    {"Ä": "AE", "ä": "AE", "Ö": "OE", "ö": "OE", "Ü": "UE", "ü": "UE", "Ø": "OE", "ø": "OE", "Å": "AA", "å": "AA"}
)
_SHORT: Final = {"ST": "SAINT", "STE": "SAINTE", "SANKT": "SAINT", "FT": "FORT", "MT": "MOUNT"}


def words(text: str) -> list[str]:
    """The words of a text: capitals without accents, letters and digits only."""
    return _folded(unicodedata.normalize("NFKC", text[:LONGEST])).split()


def key(parts: Sequence[str]) -> str:
    """What names are compared by, of words as `words` gives them."""
    return "".join([_SHORT.get(part, part) for part in parts])


def keys(name: str) -> set[str]:
    """Every key of a name in the gazetteer: as it is, and with umlauts written out ("KOELN")."""
    composed = unicodedata.normalize("NFC", name)
    return {found for spelled in (composed, composed.translate(_WRITTEN_OUT)) if (found := key(words(spelled)))}


def is_east_asian(text: str) -> bool:
    """Whether a text has Chinese, Japanese or Korean letters, which are written without spaces."""
    return any(_EAST <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in text)


def _folded(text: str) -> str:
    if text.isascii():
        return "".join([letter if letter.isalnum() else " " for letter in text.upper()])
    return "".join([_bare(letter) for letter in text.translate(_LETTERS)]).upper().translate(_LETTERS)


def _bare(letter: str) -> str:
    if letter >= _EAST:
        return letter if letter.isalnum() else " "
    base = "".join([part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)])
    if not base:
        return ""
    return base if base.isalnum() else " "
