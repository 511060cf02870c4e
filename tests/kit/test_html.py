"""Escaping, missing names, languages side by side, and the pieces that htmx puts in place."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jinja2 import Environment, UndefinedError
from markupsafe import escape

from portal.kit import html, i18n

HOSTILE = "<script>alert('1')</script>&\""
FRENCH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Hello %(name)s"
msgstr "Bonjour <b>%(name)s</b>"

msgid "one box"
msgid_plural "%(num)s boxes"
msgstr[0] "%(num)s caisse"
msgstr[1] "%(num)s caisses"

msgctxt "door"
msgid "Open"
msgstr "Ouverte"
"""


def asset(name: str) -> str:
    return f"/static/{name}"


def env_of(tmp_path: Path, **templates: str) -> Environment:
    for name, text in templates.items():
        (tmp_path / f"{name}.html").write_text(text)
    return html.environment(tmp_path, asset, {"two": 2})


@pytest.fixture
def french(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_loaded", dict(i18n._loaded))
    html._plain.cache_clear()
    html._plain_in.cache_clear()
    folder = tmp_path_factory.mktemp("locales")
    (folder / "fr.po").write_text(FRENCH)
    i18n.load(folder)


@given(st.text())
def test_values_are_escaped_as_markupsafe_escapes_them(value: str) -> None:
    assert unescape(html._escaped(value)) == unescape(str(escape(value)))
    assert not set("<>\"'") & set(html._escaped(value))


@pytest.mark.parametrize(
    "source", ["{{ x }}", "{% set y %}{{ x }}{% endset %}{{ y }}", "{{ [x]|join }}", "{{ x ~ '' }}"]
)
def test_every_way_of_printing_escapes(tmp_path: Path, source: str) -> None:
    assert "<script" not in html.render(env_of(tmp_path, t=source), "t.html", {"x": HOSTILE})


def test_macros_do_not_escape_twice(tmp_path: Path) -> None:
    env = env_of(
        tmp_path, m="{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}", t='{% from "m.html" import bold %}{{ bold(x) }}'
    )
    assert html.render(env, "t.html", {"x": "a & b"}) == "<b>a &amp; b</b>"


def test_a_name_that_is_missing_is_an_error(tmp_path: Path) -> None:
    env = env_of(tmp_path, t="{{ x }}", u="{{ x.y }}")
    with pytest.raises(UndefinedError):
        html.render(env, "t.html", {})
    with pytest.raises(UndefinedError):
        html.render(env, "u.html", {"x": object()})


def test_templates_see_assets_and_the_globals_given(tmp_path: Path) -> None:
    assert html.render(env_of(tmp_path, t='{{ asset("a.css") }} {{ two }}'), "t.html", {}) == "/static/a.css 2"


def test_a_block_alone(tmp_path: Path) -> None:
    env = env_of(tmp_path, t="before {% block middle %}{{ x }}{% endblock %} after")
    assert html.render_block(env, "t.html", "middle", {"x": HOSTILE}) == html._escaped(HOSTILE)
    with pytest.raises(KeyError):
        html.render_block(env, "t.html", "end", {})


def test_a_frame_names_its_target_and_keeps_its_html() -> None:
    assert html.frame("order", "<p>a</p>") == (
        '<hx-partial hx-target="#order" hx-swap="innerMorph"><p>a</p></hx-partial>'
    )
    assert 'hx-swap="outerHTML"' in html.frame("live", "", "outerHTML")


@pytest.mark.usefixtures("french")
def test_one_environment_speaks_all_languages(tmp_path: Path) -> None:
    hello = '{{ _("Hello %(name)s", name=x) }} {% trans name=x %}Hello {{ name }}{% endtrans %}'
    env = env_of(tmp_path, t=hello + ' {{ pgettext("door", "Open") }}')
    said: dict[str, Any] = {}
    for language in ("fr", "en", "fr"):
        with i18n.using(language):
            said[language] = html.render(env, "t.html", {"x": "<Ann>"})
    assert said["fr"] == "Bonjour <b>&lt;Ann&gt;</b> Bonjour <b>&lt;Ann&gt;</b> Ouverte"
    assert said["en"] == "Hello &lt;Ann&gt; Hello &lt;Ann&gt; Open"


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [("en", 0, "0 boxes"), ("en", 1, "one box"), ("fr", 0, "0 caisse"), ("fr", 1, "1 caisse"), ("fr", 2, "2 caisses")],
)
def test_plural_forms(tmp_path: Path, language: str, number: int, expected: str) -> None:
    env = env_of(
        tmp_path,
        t='{{ ngettext("one box", "%(num)s boxes", n) }}',
        u="{% trans n=n %}one box{% pluralize %}{{ n }} boxes{% endtrans %}",
    )
    with i18n.using(language):
        assert html.render(env, "t.html", {"n": number}) == expected


@pytest.mark.usefixtures("french")
def test_messages_kept_in_tables_are_translated_where_they_are_shown(tmp_path: Path) -> None:
    env = env_of(
        tmp_path,
        words='{% set DOOR = {"o": NP_("door", "Open")} %}',
        t='{% from "words.html" import DOOR %}{{ DOOR["o"]|translated("door") }}',
    )
    with i18n.using("en"):
        assert html.render(env, "t.html", {}) == "Open"
    with i18n.using("fr"):
        assert html.render(env, "t.html", {}) == "Ouverte"


def test_a_percent_sign_stays_one(tmp_path: Path) -> None:
    assert html.render(env_of(tmp_path, t="{% trans %}100 % sure{% endtrans %}"), "t.html", {}) == "100 % sure"
