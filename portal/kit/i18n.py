"""Languages: message catalogues, the locale and time zone of the moment, and the choice between them.

Owns no sentence. English is the language of the message ids; every other language is one `.po` file,
read at start, so that nothing compiled is committed. How days, clocks, spans and money look in a
language is `kit.formats`.
"""

from __future__ import annotations

import gettext as catalogues
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"

_loaded: dict[str, catalogues.NullTranslations] = {SOURCE: catalogues.NullTranslations()}
_locale: ContextVar[str] = ContextVar("locale", default=SOURCE)
_zone: ContextVar[str] = ContextVar("zone", default="UTC")


def load(directory: Path) -> tuple[str, ...]:
    """Read every `<language>.po` of `directory`; returns the languages known now, sorted.

    Raises babel's PoFileError (a ValueError) for a file that is no catalogue.
    """
    for path in sorted(directory.glob("*.po")):
        _loaded[path.stem] = _read(path, path.stat().st_mtime_ns)
    return languages()


@cache
def _read(path: Path, _changed: int) -> catalogues.GNUTranslations:
    """A catalogue, as it was when the file was last changed."""
    with path.open("rb") as file:
        messages = read_po(file, locale=path.stem, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


def languages() -> tuple[str, ...]:
    """The languages that have been loaded, English among them."""
    return tuple(sorted(_loaded))


@cache
def own_name(language: str) -> str:
    """What a language calls itself: "English", "Français"."""
    name = Locale.parse(language).get_language_name() or language
    return name[0].upper() + name[1:]


def add(language: str, messages: catalogues.NullTranslations) -> None:
    """Speak one language more, from a catalogue that is no file (layouts are tried with invented ones)."""
    _loaded[language] = messages


@cache
def direction(language: str) -> str:
    """Which way a language is written: "ltr" or "rtl"."""
    return "rtl" if Locale.parse(language).character_order == "right-to-left" else "ltr"


@contextmanager
def using(locale: str, zone: str = "UTC") -> Iterator[None]:
    """Speak `locale` and read clocks in the time zone `zone` (IANA name) inside the block."""
    before = _locale.set(locale if locale in _loaded else SOURCE), _zone.set(zone)
    try:
        yield
    finally:
        _locale.reset(before[0])
        _zone.reset(before[1])


def locale() -> str:
    """The language of the moment."""
    return _locale.get()


def zone() -> str:
    """The time zone of the moment, as an IANA name."""
    return _zone.get()


def catalogue(language: str) -> catalogues.NullTranslations:
    """The messages of one language. Raises KeyError when it has not been loaded."""
    return _loaded[language]


def gettext(message: str) -> str:
    """`message` in the language of the moment."""
    return catalogue(_locale.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form that goes with `n` in the language of the moment."""
    return catalogue(_locale.get()).ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """`message` as it is meant in `context`."""
    return catalogue(_locale.get()).pgettext(context, message)


def NP_(_context: str, message: str) -> str:  # noqa: N802 - the name that marks messages in templates too
    """Marks a message for the catalogues where it stands in a table; `pgettext` translates it when it is shown."""
    return message


def npgettext(context: str, singular: str, plural: str, n: int) -> str:
    """The form that goes with `n`, as it is meant in `context`."""
    return catalogue(_locale.get()).npgettext(context, singular, plural, n)


def choose(preferred: Sequence[str | None], accept_language: str | None, default: str = SOURCE) -> str:
    """The first language that we speak: of `preferred` in order, then of the browser, then `default`.

    `preferred` holds tags like "fr", "fr-CA" or "fr_FR", strongest wish first; None and unknown ones
    are passed over. `accept_language` is the header of that name.
    """
    for tag in (*preferred, *_accepted(accept_language or ""), default):
        if language := spoken(tag or ""):
            return language
    return SOURCE


def spoken(tag: str) -> str | None:
    """The language of a tag like "fr", "fr-CA" or "fr_FR", if we speak it."""
    language = re.split(r"[-_]", tag, maxsplit=1)[0].lower()
    return language if language in _loaded else None


def _accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, most wanted first; what cannot be read is left out."""
    wanted: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, weight = part.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        value = float(quality[1]) if quality else float(not weight.strip())
        if value > 0:
            wanted.append((value, tag.strip()))
    return [tag for _, tag in sorted(wanted, key=lambda pair: -pair[0])]
