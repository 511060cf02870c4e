"""An invented language for layouts: written from right to left, a third longer than English, in letters of its own."""

from __future__ import annotations

import gettext
import re
from typing import Final

RTL: Final = "he"
_KEPT: Final = re.compile(r"(%\(\w+\)s|%%|\{\w+\}|<[^>]+>|&\w+;|&#\d+;)")
_LETTERS: Final = str.maketrans(
    {letter: "אבגדהוזחטיכלמנסעפצקרשתםןףץ"[ord(letter) - ord("a")] for letter in "abcdefghijklmnopqrstuvwxyz"}
)
_WORD: Final = re.compile(r"[א-ת]{3,}")


def mirrored(message: str) -> str:
    """The message in the invented language; placeholders and markup stay."""
    parts = _KEPT.split(message)
    parts[::2] = [_WORD.sub(_longer, part.lower().translate(_LETTERS)) for part in parts[::2]]
    return "".join(parts)


def _longer(word: re.Match[str]) -> str:
    return word[0] + word[0][: len(word[0]) // 3]


class Mirrored(gettext.NullTranslations):
    """The catalogue of that language."""

    def gettext(self, message: str) -> str:
        """Every message has a translation."""
        return mirrored(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """One and many, as in English."""
        return mirrored(singular if n == 1 else plural)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002  # gettext's own name
        """The context changes nothing."""
        return mirrored(message)

    def npgettext(self, context: str, singular: str, plural: str, n: int) -> str:  # noqa: ARG002  # as above
        """The context changes nothing here either."""
        return mirrored(singular if n == 1 else plural)
