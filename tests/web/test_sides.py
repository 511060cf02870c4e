"""Stylesheets know a start and an end, no left and no right: a page that is written the other way just works."""

from __future__ import annotations

import re

from portal import paths

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PROPERTY = re.compile(r"(?<![\w-])(?:[a-z-]+-)?(?:left|right)(?:-[a-z-]+)?\s*:")
_VALUE = re.compile(r"(?<![\w.-])(?:text-align|float|clear|text-align-last|caption-side)\s*:\s*(?:left|right)\b")
_SIDED = (_PROPERTY, _VALUE)
# Rule and reason; the rule as it is written.
_ALLOWED: dict[str, str] = {}


def sided(sheet: str) -> list[str]:
    """Each declaration that names a side, with its value."""
    bare = _COMMENT.sub("", sheet)
    found = [bare[match.start() : bare.find(";", match.start())] for rule in _SIDED for match in rule.finditer(bare)]
    return [one for one in found if one not in _ALLOWED]


def test_no_sheet_names_a_side() -> None:
    sheets = sorted((paths.STATIC / "css").glob("*.css"))
    assert len(sheets) >= 3
    assert {sheet.name: found for sheet in sheets if (found := sided(sheet.read_text()))} == {}


def test_a_side_is_found() -> None:
    for rule in ("margin-left: 1px", "right: 0", "border-left-color: red", "text-align: left", "float:right"):
        assert sided(f"a {{ {rule}; color: red; }}") == [rule]
    assert sided("/* left: right */ .map .left { text-anchor: end; } a { border-inline-start: 0; }") == []
