"""In which line of a TOML text each member stands, so that a fault can be reported where it is.

Reads only texts that the parser has taken; of others it tells what it can. Knows nothing of policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(
    r"""
      \"{3}(?:[^\\]|\\.)*?\"{3}\"{0,2} | '{3}.*?'{3}'{0,2}   # texts over several lines
    | "(?:[^"\\\n]|\\.)*" | '[^'\n]*'
    | \#[^\n]* | \n | [\[\]{}=,.] | [^\s\[\]{}=,.\#"']+
    """,
    re.DOTALL | re.VERBOSE,
)
_OPEN, _CLOSE = frozenset("[{"), frozenset("]}")
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5}|.)", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class _Token(NamedTuple):
    word: str
    line: int


def places(text: str) -> Mapping[Path, int]:
    """The line, from 1, of every table, member and entry of a list, by its path."""
    found: dict[Path, int] = {}
    lists: dict[Path, int] = {}
    table: Path = ()
    for statement in _statements(text):
        if statement[0].word == "[":
            table = _header(statement, lists, found)
        else:
            _Walk(statement, found).member(table)
    return found


def _statements(text: str) -> Iterator[list[_Token]]:
    """One for each header and each `name = value`; a value may go over lines while a bracket is open."""
    statement: list[_Token] = []
    depth, line = 0, 1
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n" and depth <= 0 and statement:
            yield statement
            statement, depth = [], 0
        elif word != "\n" and not word.startswith("#"):
            statement.append(_Token(word, line))
            depth += (word in _OPEN) - (word in _CLOSE)
        line += word.count("\n")
    if statement:
        yield statement


def _header(statement: list[_Token], lists: dict[Path, int], found: dict[Path, int]) -> Path:
    """The table that a header opens; the last entry of a list of tables is meant by its name."""
    is_list = len(statement) > 1 and statement[1].word == "["
    names = [_name(token.word) for token in statement if token.word not in ("[", "]", ".")]
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        found.setdefault(path, statement[0].line)
        if is_list and place == len(names) - 1:
            lists[path] = lists.get(path, -1) + 1
        if path in lists:
            path = (*path, lists[path])
        found.setdefault(path, statement[0].line)
    return path


class _Walk:
    """Through the tokens of one `name = value`."""

    def __init__(self, tokens: list[_Token], found: dict[Path, int]) -> None:
        self._tokens, self._at, self._found = tokens, 0, found

    def member(self, table: Path) -> None:
        """A name, which may go deeper by dots, and its value."""
        path = table
        while (token := self._next()) is not None and token.word != "=":
            if token.word != ".":
                path = (*path, _name(token.word))
                self._found.setdefault(path, token.line)
        self._value(path)

    def _value(self, path: Path) -> None:
        token = self._next()
        if token is None:
            return
        self._found.setdefault(path, token.line)
        if token.word == "[":
            place = 0
            while self._peek() not in ("]", ""):
                self._value((*path, place))
                place += self._skip(",")
        elif token.word == "{":
            while self._peek() not in ("}", ""):
                self.member(path)
                self._skip(",")
        if token.word in _OPEN:
            self._next()
        while self._peek() not in (",", "]", "}", ""):  # the rest of a number with a point
            self._next()

    def _next(self) -> _Token | None:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else None

    def _peek(self) -> str:
        return self._tokens[self._at].word if self._at < len(self._tokens) else ""

    def _skip(self, word: str) -> bool:
        found = self._peek() == word
        self._at += found
        return found


def _name(word: str) -> str:
    if word[:1] == '"':
        return _ESCAPE.sub(_unescaped, word[1:-1])
    return word[1:-1] if word[:1] == "'" else word


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)
