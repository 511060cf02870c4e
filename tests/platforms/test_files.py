"""Files: values with their lines, faults with line and member, and never a traceback."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, strategies as st

from portal.platforms import files
from portal.platforms.contract import Problem, Value
from portal.platforms.files import values
from portal.platforms.members import name_of, offset_of, path_at


def read(content: bytes) -> list[tuple[int, object]]:
    return [(item.line, item.value if isinstance(item, Value) else item.member) for item in values(io.BytesIO(content))]


def problems(content: bytes) -> list[tuple[int, str, str]]:
    found = values(io.BytesIO(content))
    return [(item.line, item.member, item.message) for item in found if isinstance(item, Problem)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1}', [(1, {"a": 1})]),
        (b'\xef\xbb\xbf{"a": 1}\r\n', [(1, {"a": 1})]),
        (b'{\n "a": 1,\n "b": [\n{"c": 2}\n]}', [(1, {"a": 1, "b": [{"c": 2}]})]),
        (b'{"a": 1}\n\n{"b": 2}\n', [(1, {"a": 1}), (3, {"b": 2})]),
        (b'\n[{"a": 1},\n {"b": 2}]', [(2, {"a": 1}), (3, {"b": 2})]),
        (b'[\n{"a": 1}\n]', [(2, {"a": 1})]),
        (b"[]", []),
        (b'"\\ud83d\\ude00 \\ud800 \\u0000."', [(1, "😀 \ufffd .")]),
    ],
)
def test_values_come_with_their_lines(content: bytes, expected: list[tuple[int, object]]) -> None:
    assert read(content) == expected


@pytest.mark.parametrize(
    ("content", "line", "member", "said"),
    [
        (b"", 1, "", "empty"),
        (b" \n\n", 1, "", "empty"),
        (b"\x1f\x8b\x08junk", 1, "", "UTF-8"),
        (b'{\n "a": 1,\n "b": [1, {"c": oops}]\n}', 3, "b[1].c", "not JSON"),
        (b'{"number": "1", "lines": [{"id": "a"', 1, "lines[0].id", "not JSON"),
        (b'{"a": NaN}', 1, "a", "NaN is not JSON"),
        (b'{"a": {"b": -Infinity}}', 1, "a.b", "Infinity is not JSON"),
        (b'{"a": 1e999}', 1, "a", "out of range"),
        (b'{"a": 1,\n "b": 2,\n "a": 3}', 3, "a", "'a' is given twice"),
        (b"[" * 100_000, 1, "[0]", "nested"),
        (b'{"a":' * 100_000, 1, "", "nested"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, 1, "", "nested more than 64"),
        (b'{"a": ' + b"1" * 5000 + b"}", 1, "", "too many digits"),
    ],
)
def test_faults_name_line_and_member(content: bytes, line: int, member: str, said: str) -> None:
    first = problems(content)[0]
    assert first[:2] == (line, member)
    assert said in first[2]


def test_a_broken_line_does_not_stop_the_others() -> None:
    content = b'{"a": 1}\n{"b": \n{"c": 3}\n\xff\n{"d": 4}\n'
    assert read(content) == [(1, {"a": 1}), (2, "b"), (3, {"c": 3}), (4, ""), (5, {"d": 4})]


def test_a_broken_first_line_does_not_hide_that_these_are_lines() -> None:
    assert read(b'{"a": 1\n{"b": 2}\n{"c": 3}\n') == [(1, "a"), (2, {"b": 2}), (3, {"c": 3})]
    assert read(b'{"a": nope}\n{"b": 2}\n') == [(1, "a"), (2, {"b": 2})]


def test_a_broken_element_does_not_stop_the_list() -> None:
    content = b'[{"a": 1},\n {"a": NaN, "b": ["]"]},\n {"c": 3}]'
    assert read(content) == [(1, {"a": 1}), (2, "[1].a"), (3, {"c": 3})]


def test_a_list_that_breaks_off_gives_what_came_before() -> None:
    assert read(b'[{"a": 1},\n{"b": 2}\n') == [(1, {"a": 1}), (2, {"b": 2}), (2, "[1]")]


def test_lines_that_are_too_long_are_named_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST", 30)
    content = b'{"a": 1}\n{"b": "' + b"x" * 100 + b'"}\n{"c": 3}\n'
    assert read(content) == [(1, {"a": 1}), (2, ""), (3, {"c": 3})]


class Endless(io.BufferedIOBase):
    """A file of which nobody sees the end."""

    def readline(self, _size: int | None = -1, /) -> bytes:
        return b'{"a": 1}\n'


def test_lines_are_read_one_by_one() -> None:
    found = values(Endless())  # type: ignore[arg-type]  # all that is asked of it is lines
    assert [next(found).line for _ in range(1000)] == list(range(1, 1001))


@given(st.binary(max_size=200))
def test_junk_is_values_and_problems(junk: bytes) -> None:
    assert all(item.line >= 1 for item in values(io.BytesIO(junk)))


@given(st.text(alphabet='{}[]",:\\ \n1aN\ud7ff\u2028', max_size=60))
def test_nearly_json_is_values_and_problems(junk: str) -> None:
    assert all(item.line >= 1 for item in values(io.BytesIO(junk.encode())))


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
_OBJECT = st.dictionaries(
    _TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | _TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@given(st.lists(_OBJECT, min_size=2, max_size=5), st.sampled_from([None, 2]))
def test_lines_and_lists_give_the_same_values(items: list[object], indent: int | None) -> None:
    lines = "\n".join(json.dumps(item) for item in items).encode()
    listed = json.dumps(items, indent=indent).encode()
    assert [value for _, value in read(lines)] == items
    assert [value for _, value in read(listed)] == items


def test_members_are_found_by_path() -> None:
    text = '{"a": [1, {"b": {"c": "}"}}], "d": null}'
    assert text[offset_of(text, ("a", 1, "b", "c")) :].startswith('"c"')
    assert text[offset_of(text, ("a", 1, "x")) :].startswith('{"b"')
    assert name_of(path_at(text, text.index("null"))) == "d"
    assert name_of(("a", 1, "b")) == "a[1].b"
