"""Reads the values of a JSON file, a JSON list or JSON Lines, one at a time, with their lines.

JSON Lines are read line by line, so memory stays flat; any other JSON is held as text while its values
are taken from it one by one. What cannot be read is a `Problem` with its line, and the rest goes on.
Knows no platform.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, Final

from portal.platforms.contract import Problem, Value
from portal.platforms.members import end_of, name_of, path_at
from portal.platforms.strictjson import BadJson, first_value

LONGEST: Final = 256 * 1024 * 1024  # bytes: of one line, or of a file that is not JSON Lines

_BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(r"\s*")
_SEPARATOR = re.compile(r"\s*([,\]])")
_WORD_END = re.compile(r"[,\]\n]")
_LINE_WITH_OBJECT = re.compile(r"\n(?=\{)")
_TOKEN_ENOUGH = 300  # characters behind a fault, so that the name that stands there is whole
_TOO_LONG = f"longer than {LONGEST // 1024**2} MB: write one order per line"

_Read = Generator[Value | Problem, None, int]


def values(stream: BinaryIO) -> Iterator[Value | Problem]:
    """The values in `stream`: one, or those of a list, or one per line. Never raises for what it holds;
    OSError of the stream passes through."""
    lines = _lines(stream)
    first = next(lines, None)
    if first is None:
        yield Problem(1, "", "the file is empty")
        return
    second = next(lines, None)
    if second is None or not _is_jsonl(first[1], second[1]):
        yield from _whole(first, second, stream)
        return
    yield from _text(*first)
    yield from _text(*second)
    for number, line in lines:
        yield from _text(number, line)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank, without their ends."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            _skip_line(stream)
        bare = (line.removeprefix(_BOM) if number == 1 else line).strip()
        if bare:
            yield number, bare


def _skip_line(stream: BinaryIO) -> None:
    while (piece := stream.readline(1024**2)) and not piece.endswith(b"\n"):
        pass


def _is_jsonl(first: bytes, second: bytes) -> bool:
    """Whether each line stands alone: the first does, or it is broken and the second does."""
    return _alone(first) or (first.endswith(b"}") and second.startswith(b"{") and _alone(second))


def _alone(line: bytes) -> bool:
    try:
        text = line.decode()
        return first_value(text)[1] == len(text)
    except (UnicodeDecodeError, BadJson):
        return False


def _whole(first: tuple[int, bytes], second: tuple[int, bytes] | None, stream: BinaryIO) -> Iterator[Value | Problem]:
    """The rest of the stream as one text; blank lines come back, so that lines count right."""
    content = first[1]
    if second is not None:
        content += b"\n" * (second[0] - first[0]) + second[1] + b"\n" + stream.read(LONGEST + 1)
    yield from _text(first[0], content)


def _text(line: int, content: bytes) -> Iterator[Value | Problem]:
    """The values in `content`, which starts at `line`."""
    if len(content) > LONGEST:
        yield Problem(line, "", _TOO_LONG)
        return
    try:
        text = content.decode()
    except UnicodeDecodeError as wrong:
        yield Problem(line + content.count(b"\n", 0, wrong.start), "", "not UTF-8 text")
        return
    where = _Lines(text, line)
    position = 0
    while (position := _past_space(text, position)) < len(text):
        position = yield from _elements(text, position, where) if text[position] == "[" else _one(text, position, where)


class _Lines:
    """Line numbers of growing offsets, each newline counted once."""

    def __init__(self, text: str, line: int) -> None:
        self._text, self._line, self._offset = text, line, 0

    def at(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


def _past_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _one(text: str, start: int, where: _Lines) -> _Read:
    """One value outside a list; after a broken one, the next line that opens an object goes on."""
    line = where.at(start)
    try:
        value, end = first_value(text, start)
    except BadJson as wrong:
        fresh = _LINE_WITH_OBJECT.search(text, start)
        end = fresh.start() if fresh else len(text)
        yield _broken(text, start, line, BadJson(wrong.message, min(wrong.offset, end)))
        return end
    yield Value(line, value, text[start:end])
    return end


def _elements(text: str, start: int, where: _Lines) -> _Read:
    """The elements of the list that opens at `start`; returns the offset behind it."""
    position, index = _past_space(text, start + 1), 0
    if text[position : position + 1] == "]":
        return position + 1
    while True:
        end = yield from _element(text, position, where, index)
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            yield Problem(where.at(end), f"[{index}]", "the list is broken behind this: the rest is not read")
            return len(text)
        if separator[1] == "]":
            return separator.end()
        position, index = _past_space(text, separator.end()), index + 1


def _element(text: str, start: int, where: _Lines, index: int) -> _Read:
    line, at = where.at(start), f"[{index}]"
    try:
        value, end = first_value(text, start)
    except BadJson as wrong:
        yield _broken(text, start, line, wrong, at)
        return _behind(text, start)
    yield Value(line, value, text[start:end], at)
    return end


def _behind(text: str, start: int) -> int:
    """The offset behind a broken element, by its brackets or up to the next separator."""
    if text[start : start + 1] in ("{", "["):
        return end_of(text, start)
    stop = _WORD_END.search(text, start)
    return stop.start() if stop else len(text)


def _broken(text: str, start: int, line: int, wrong: BadJson, at: str = "") -> Problem:
    member = name_of(path_at(text[start : wrong.offset + _TOKEN_ENOUGH], wrong.offset - start))
    name = f"{at}.{member}" if at and member and not member.startswith("[") else f"{at}{member}"
    return Problem(line + text.count("\n", start, wrong.offset), name, wrong.message)
