"""Where members of a TOML text stand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, strategies as st

from portal.editing.policy.tomlplaces import Path, places

TEXT = '''\
# a comment with = and [ in it
plain = "x"   # behind
many = [
  "a", # one
  { deep = 1.5, "quoted name" = [
      2026-12-25,
      14:00:00 ] },
  """over
lines""",
  'c',
]
[table]
dotted.name = { a.b = 1, c = "}" }
[table."sub]table"]
text = """
[not.a.table]
x = 1
"""
"n\\u00e4me" = true
[[list]]
a = 1
[list.own]
b = 2
[[list]]
a = 3
[[list.inner]]
c = 4
'''


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in members:
        yield from paths(item, (*path, name))


def test_every_member_is_found_in_its_line() -> None:
    found = places(TEXT)
    assert set(paths(tomllib.loads(TEXT))) == set(found)
    expected: dict[Path, int] = {
        ("plain",): 2,
        ("many",): 3,
        ("many", 0): 4,
        ("many", 1, "deep"): 5,
        ("many", 1, "quoted name", 1): 7,
        ("many", 2): 8,
        ("many", 3): 10,
        ("table",): 12,
        ("table", "dotted", "name", "a", "b"): 13,
        ("table", "dotted", "name", "c"): 13,
        ("table", "sub]table"): 14,
        ("table", "sub]table", "näme"): 19,
        ("list", 0, "a"): 21,
        ("list", 0, "own", "b"): 23,
        ("list", 1): 24,
        ("list", 1, "inner", 0, "c"): 27,
    }
    assert {path: found[path] for path in expected} == expected


LETTERS = st.characters(codec="utf-8", exclude_characters="\x7f")
NAMES = st.text(LETTERS, min_size=1, max_size=6)
SCALARS = st.one_of(st.text(LETTERS, max_size=9), st.booleans(), st.integers(-9, 9), st.floats(-9, 9))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def written(value: Any) -> str:
    """An inline TOML value. JSON's strings are TOML's, but for characters that are written out there."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{written(name)} = {written(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[\n  " + ",\n  ".join(map(written, value)) + "\n]"
    if isinstance(value, float):
        return f"{value:.3f}"
    return json.dumps(value, ensure_ascii=False)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=4))
def test_places_are_those_of_the_parsed_members(first: dict[str, Any], second: dict[str, Any]) -> None:
    tables = {"one": first, "two": second}
    lines: list[str] = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{written(member)} = {written(value)}" for member, value in table.items())]
    text = "\n".join(lines)
    found = places(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    for name, table in tables.items():
        for member in table:
            assert text.split("\n")[found[name, member] - 1].startswith(written(member))
