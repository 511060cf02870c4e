"""The Jinja environments for what leaves the house as text: plain and HTML, both sandboxed.

A shop may bring templates of its own one day, so none of them may reach into Python. What is put into a plain
text is not escaped, which is why these are not the pages' environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from portal.kit import formats, html, i18n

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def environment(templates: Path, *, plain: bool) -> ImmutableSandboxedEnvironment:
    """An environment over `templates`: of plain text, or of HTML with everything escaped."""
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=not plain,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # the i18n extension's own switch
    env.filters.update(formats.FILTERS)
    env.globals.update(_WORDS if plain else html.WORDS)
    return env


def one_line(text: str) -> str:
    """Text without line breaks, other controls, and the marks that turn the direction of writing."""
    return " ".join(_CONTROL.sub(" ", text).split())


def tidy(text: str) -> str:
    """A plain text as it is sent: no blanks at line ends, no more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _filled(message: str, values: Mapping[str, Any]) -> str:
    return message % values


def _gettext(message: str, /, **values: Any) -> str:
    return _filled(i18n.gettext(message), values)


def _pgettext(context: str, message: str, /, **values: Any) -> str:
    return _filled(i18n.pgettext(context, message), values)


def _ngettext(singular: str, plural: str, n: int, /, **values: Any) -> str:
    return _filled(i18n.ngettext(singular, plural, n), {"num": n, **values})


def _npgettext(context: str, singular: str, plural: str, n: int, /, **values: Any) -> str:
    return _filled(i18n.npgettext(context, singular, plural, n), {"num": n, **values})


_WORDS: Mapping[str, Callable[..., str]] = {
    "_": _gettext,
    "gettext": _gettext,
    "ngettext": _ngettext,
    "pgettext": _pgettext,
    "npgettext": _npgettext,
}
