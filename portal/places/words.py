"""Words that carriers write beside a town's name, and words that tell that no town is meant: data/words.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).resolve().parent / "data" / "words.txt"


def _sections(text: str) -> dict[str, frozenset[str]]:
    """The words under each "[heading]"; lines with "#" explain."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            words = found[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            words += line.split()
    return {name: frozenset(words) for name, words in found.items()}


_SECTIONS: Final = _sections(_TABLE.read_text(encoding="utf-8"))
FACILITY: Final = _SECTIONS["facility"]
ENDINGS: Final = _SECTIONS["endings"]
LINKS: Final = _SECTIONS["links"]
JOINS: Final = LINKS | _SECTIONS["joins"]
STREETS: Final = _SECTIONS["streets"]
NOWHERE: Final = _SECTIONS["nowhere"]
STATES: Final = _SECTIONS["states"]
