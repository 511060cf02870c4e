"""The Jinja environment and the three ways to render with it. Knows no template and no product word.

Everything is escaped, whatever the template's name; a name that is not in the context is an error.
One environment serves all languages: the words come from the language of the moment (`kit.i18n`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from html import escape as escape_text
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from portal.kit import formats, i18n


def _escaped(value: Any) -> str:
    """What markupsafe's `escape` gives, as plain text: an order page has 300 values, and building a Markup
    around each of them took 15 % of its time."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]  # it is one
    return escape_text(value) if kind is str else escape(value)


class _Template(Template):
    """A compiled template whose output goes through `_escaped`."""

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__["escape"] = _escaped
        return template


class _Environment(Environment):
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dict: Jinja's chain of maps is searched for every name at every import, 10 % of a page."""
        return {**self.globals, **(d or {})}


class _Shelf(FileSystemLoader):
    """The templates of one folder, and those that are lent to it."""

    def __init__(self, folder: Path, lent: Mapping[str, Path]) -> None:
        super().__init__(folder)
        self._lent = lent

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self._lent.get(template)
        return super().get_source(environment, template) if path is None else (path.read_text(), str(path), _current)


def _current() -> bool:
    return True


class _Kept(BytecodeCache):
    """What templates of one kind of environment compiled to, for every environment of the process."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


_KEPT = {sandboxed: _Kept() for sandboxed in (False, True)}


class _Sandbox(_Environment, ImmutableSandboxedEnvironment):
    """Templates reach no attribute that begins with "_", and change nothing that they are given."""


def environment(
    templates_dir: Path,
    asset: Callable[[str], str],
    extra_globals: Mapping[str, Any] | None = None,
    *,
    sandboxed: bool = False,
    lent: Mapping[str, Path] | None = None,
) -> Environment:
    """An environment over `templates_dir`; `asset(name)` gives the URL of a static file. In a `sandboxed` one,
    templates see of a value what it shows openly, and nothing behind it. `lent` are single templates from elsewhere, by
    the name they have here.

    Templates are compiled once and kept: an edited template needs a new environment.
    """
    env = (_Sandbox if sandboxed else _Environment)(
        loader=_Shelf(templates_dir, lent or {}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_KEPT[sandboxed],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # the i18n extension's own switch
    env.filters.update(formats.FILTERS, translated=_translated)
    env.globals.update(WORDS)
    env.globals.update(asset=asset, **(extra_globals or {}))
    return env


def render(env: Environment, name: str, context: Mapping[str, Any]) -> str:
    """The whole template `name`."""
    return env.get_template(name).render(context)


def render_block(env: Environment, name: str, block: str, context: Mapping[str, Any]) -> str:
    """One block of the template `name`. Raises KeyError when it has no such block."""
    template = env.get_template(name)
    return "".join(template.blocks[block](template.new_context(dict(context))))


def frame(target_id: str, html: str, swap: str = "innerMorph") -> str:
    """A region of the page for htmx to put in place: `html` goes into the element `target_id`.

    `html` must come out of this environment: it is not escaped again.
    """
    return f'<hx-partial hx-target="#{escape(target_id)}" hx-swap="{escape(swap)}">{html}</hx-partial>'


# Jinja's own newstyle wrappers build a Markup and format it on every call; the words of a page repeat,
# so the finished Markup is kept. Messages are part of the program, hence trusted; values are escaped.


@lru_cache(8192)
def _plain(locale: str, message: str) -> Markup:
    return Markup(i18n.catalogue(locale).gettext(message)) % {}  # noqa: S704  # messages are ours


@lru_cache(8192)
def _plain_in(locale: str, context: str, message: str) -> Markup:
    return Markup(i18n.catalogue(locale).pgettext(context, message)) % {}  # noqa: S704  # messages are ours


def _filled(message: str, values: Mapping[str, Any]) -> Markup:
    """The message as markup, with the values escaped into it."""
    return Markup(message % {name: _escaped(value) for name, value in values.items()})  # noqa: S704  # as said


def _gettext(message: str, /, **values: Any) -> Markup:
    if not values:
        return _plain(i18n.locale(), message)
    return _filled(i18n.gettext(message), values)


def _pgettext(context: str, message: str, /, **values: Any) -> Markup:
    if not values:
        return _plain_in(i18n.locale(), context, message)
    return _filled(i18n.pgettext(context, message), values)


def _ngettext(singular: str, plural: str, n: int, /, **values: Any) -> Markup:
    return _filled(i18n.ngettext(singular, plural, n), {"num": n, **values})


def _npgettext(context: str, singular: str, plural: str, n: int, /, **values: Any) -> Markup:
    return _filled(i18n.npgettext(context, singular, plural, n), {"num": n, **values})


def _translated(message: str, context: str) -> Markup:
    """As a filter, for messages from a table: a call by name costs four times as much in Jinja."""
    return _plain_in(i18n.locale(), context, message)


def _marked(*words: str) -> str:
    """Marks a message (after its context, if any) for the catalogues where it stands in a table; it is
    translated where it is shown."""
    return words[-1]


WORDS = {
    "_": _gettext,
    "gettext": _gettext,
    "ngettext": _ngettext,
    "pgettext": _pgettext,
    "npgettext": _npgettext,
    "N_": _marked,
    "NP_": _marked,
    "direction": i18n.direction,
}
