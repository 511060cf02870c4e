"""Catalogues, the choice of a language, and that no word of a page escapes translation."""

from __future__ import annotations

import asyncio
import gettext
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import PoFileError, read_po
from hypothesis import given, strategies as st

from portal import paths
from portal.kit import html, i18n
from portal.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted([*paths.TEMPLATES.rglob("*.html"), *paths.TEMPLATES.rglob("*.txt")])
CATALOGUES = sorted(paths.LOCALES.glob("*.po"))
KEYWORDS = {
    "_": None,
    "N_": None,
    "NP_": ((1, "c"), 2),
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Key = tuple[str | None, str | tuple[str, ...]]


@pytest.fixture(autouse=True)
def catalogues() -> None:
    i18n.load(paths.LOCALES)


@cache
def messages_of_the_program() -> frozenset[Key]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # babel's own gap
    found: set[Key] = set()
    for _, _, message, _, context in extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=is_ours):
        found.add((context, message if isinstance(message, str) else tuple(message)))
    return frozenset(found)


def is_ours(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in ("portal", "templates")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def messages_of(known: Catalog) -> Iterator[tuple[Key, list[str], bool]]:
    for message in known:
        if message.id:
            said = message.string if isinstance(message.string, list | tuple) else [message.string]
            key = message.id if isinstance(message.id, str) else tuple(message.id)
            yield (message.context, key), [str(form) for form in said], message.fuzzy


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_is_translated_and_none_besides(path: Path) -> None:
    known = {key: said for key, said, fuzzy in messages_of(catalogue(path)) if all(said) and not fuzzy}
    needed = messages_of_the_program()
    assert len(needed) > 100
    assert needed - known.keys() == set(), "missing, empty or fuzzy"
    assert known.keys() - needed == set(), "no longer said anywhere"


def pairs(known: Catalog) -> Iterator[tuple[str, str, str]]:
    """Of each message: the source that a form answers to, the form, and the number in it that may be left out."""
    for (_, source), said, _ in messages_of(known):
        if isinstance(source, str):
            yield source, said[0], ""
        else:
            for form, text in enumerate(said):
                yield source[min(form, 1)], text, "%(num)s" if form == 0 else ""


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_name_the_values_that_are_given(path: Path) -> None:
    wrong = [
        (source, said)
        for source, said, optional in pairs(catalogue(path))
        if values(source) - {optional} != values(said) - {optional} or re.sub(r"%\(\w+\)s", "", said).count("%")
    ]
    assert wrong == []


def values(text: str) -> set[str]:
    """The values that a text has places for; `{time}` is filled by a script."""
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_have_the_tags_of_the_source_and_each_value_once(path: Path) -> None:
    tags, given = re.compile(r"<[^>]*>"), re.compile(r"%\(\w+\)s")
    wrong = [
        (source, said)
        for source, said, _ in pairs(catalogue(path))
        if sorted(tags.findall(source)) != sorted(tags.findall(said))
        or len(given.findall(said)) != len(set(given.findall(said)))
        or "<" in tags.sub("", said)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_plurals_have_the_forms_of_their_language(path: Path) -> None:
    known = catalogue(path)
    assert known.num_plurals == 2
    singular = [n for n in range(30) if gettext.c2py(known.plural_expr)(n) == 0]
    assert singular == ([0, 1] if path.stem == "fr" else [1])
    counted = [said for (_, source), said, _ in messages_of(known) if not isinstance(source, str)]
    assert counted
    assert all(len(said) == known.num_plurals and all(said) for said in counted)


# What a text of each language must not hold: marks of another language, or a typewriter's. Then its marks in pairs.
SLIPS = {
    "de": r"\w\s[:;?!]|\w'\w|[«”]",
    "es": r"\w\s[:;?!]|\w'\w|[“”]",
    "fr": r"\w[:;?!](?!\w)|(?<![\u00a0\u202f])[»;?!]|\w'\w|[“”]",
    "it": r"\w\s[:;?!]|\w'\w|[“”]|\bE'|\b(?:perche|pò)\b",
    "nl": r"\w\s[:;?!]|\w'\w|[“”«]",
}
PAIRS = {
    "de": [("„", "“")],
    "es": [("¿", "?"), ("¡", "!"), ("«", "»")],
    "fr": [("«", "»")],
    "it": [("«", "»")],
    "nl": [],
}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_have_the_marks_of_their_language(path: Path) -> None:
    slips, marks = re.compile(SLIPS[path.stem]), PAIRS[path.stem]
    texts = [re.sub(r"<[^>]*>|%\(\w+\)s", "x", said) for _, said, _ in pairs(catalogue(path))]
    assert [text for text in texts if slips.search(text)] == []
    assert [text for text in texts if any(text.count(opens) != text.count(closes) for opens, closes in marks)] == []


class Words(HTMLParser):
    """Collects what a reader would see or hear of a page."""

    SPOKEN = ("aria-label", "title", "alt", "placeholder", "content", "data-announce", "data-just-now")
    TECHNICAL = ("viewport", "robots", "referrer", "color-scheme", "theme-color", "format-detection", "htmx-config")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and given.get("name") in self.TECHNICAL:
            return
        for name in self.SPOKEN:
            self.handle_data(given.get(name) or "")

    def handle_data(self, data: str) -> None:
        words = re.sub(r"(?<!\w)/[a-z/]+", "", data)  # addresses of pages are no words
        if self.cdata_elem != "style" and re.search(r"[^\W\d_]", words):  # a stylesheet is not spoken
            self.found.append(data.strip())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_text_of_a_template_is_outside_gettext(path: Path) -> None:
    assert spoken_outside_gettext(path.read_text()) == []


def spoken_outside_gettext(source: str) -> list[str]:
    env = html.environment(paths.TEMPLATES, str)
    page: list[str] = []
    translated = False
    for _, kind, value in env.lex(source):
        if kind == "name" and value in ("trans", "endtrans"):
            translated = value == "trans"
        if kind == "data" and not translated:
            page.append(value)
    words = Words()
    words.feed("".join(page))
    return words.found


@pytest.mark.parametrize(
    "source", ["<p>Hello</p>", '<a aria-label="Close">{{ x }}</a>', "{% trans %}a{% endtrans %} b", "{{ x }} of"]
)
def test_text_outside_gettext_is_found(source: str) -> None:
    assert spoken_outside_gettext(source)


def test_languages_come_from_the_folder() -> None:
    assert i18n.languages() == ("de", "en", "es", "fr", "it", "nl")
    assert set(i18n.languages()) == set(get_args(Settings.model_fields["locale"].annotation))


def test_a_broken_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xx.po").write_text("not a catalogue\n")
    with pytest.raises(PoFileError):
        i18n.load(tmp_path)
    assert "xx" not in i18n.languages()


def test_the_language_ends_with_its_block() -> None:
    with i18n.using("fr", "Europe/Paris"):
        with i18n.using("en"):
            assert (i18n.locale(), i18n.zone()) == ("en", "UTC")
        assert (i18n.locale(), i18n.zone()) == ("fr", "Europe/Paris")
        assert i18n.pgettext("relative day", "today") == "aujourd’hui"
    assert i18n.locale() == "en"


async def test_two_tasks_speak_their_own_language() -> None:
    async def say(language: str) -> str:
        with i18n.using(language):
            await asyncio.sleep(0)
            return i18n.pgettext("relative day", "today")

    assert tuple(await asyncio.gather(say("fr"), say("en"))) == ("aujourd’hui", "today")


@pytest.mark.parametrize(
    ("preferred", "header", "expected"),
    [
        (["en", "fr"], "fr", "en"),
        ([None, "fr_CA"], "en", "fr"),
        (["xx"], "pt-BR, fr-BE;q=0.5, en;q=0.4", "fr"),
        ([], "de-AT, fr-BE;q=0.5", "de"),
        (["nl-BE"], "es", "nl"),
        ([], "sv, es-MX;q=0.9, it;q=0.8", "es"),
        ([], "en;q=0.2, fr;q=0.9", "fr"),
        ([], "fr;q=0, en", "en"),
        ([], "FR-fr", "fr"),
        ([], None, "fr"),
        ([], "zz", "fr"),
        ([], "fr;q=banana", "fr"),
    ],
)
def test_choosing(preferred: list[str | None], header: str | None, expected: str) -> None:
    assert i18n.choose(preferred, header, default="fr") == expected


@given(st.lists(st.none() | st.text(max_size=8), max_size=3), st.none() | st.text(max_size=60))
def test_choosing_always_ends_in_a_language_that_we_speak(preferred: list[str | None], header: str | None) -> None:
    assert i18n.choose(preferred, header) in i18n.languages()
