"""Rows of a spreadsheet that was saved as CSV, and the values in their cells.

Takes what spreadsheets write: a byte-order mark, commas, semicolons or tabs between cells, and a comma before the
decimals where cells are not parted by commas. Knows no order.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeVar

from portal.platforms.contract import Problem
from portal.platforms.neutral.fields import instant
from portal.platforms.neutral.money import MoneyError, to_minor

T = TypeVar("T")
LONGEST_LINE: Final = 1_000_000  # bytes; a longer one is cut, and so in most cases a problem
_NOT_UTF8: Final = "not UTF-8 text: save it as UTF-8"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_YES: Final = frozenset({"yes", "true", "1", "x", "oui", "ja", "si", "sì", "sí"})
_NO: Final = frozenset({"", "no", "false", "0", "non", "nein", "nee"})


class BadCell(ValueError):
    """A cell that cannot be read; `column` is its name."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells by column, those that are empty left out. `comma`: numbers have
    a decimal comma."""

    line: int
    cells: Mapping[str, str]
    comma: bool = False

    def text(self, column: str) -> str | None:
        """What stands in the cell; None for nothing."""
        return self.cells.get(column)

    def count(self, column: str) -> int | None:
        """A whole number of things. Raises BadCell."""
        return self._read(column, _count)

    def money(self, column: str, currency: str | None) -> int | None:
        """An amount in minor units of `currency`. Raises BadCell."""
        return self._read(column, lambda text: _money(text, currency, comma=self.comma))

    def moment(self, column: str) -> str | None:
        """A date with time and offset (RFC 3339); of a date alone, its noon in UTC, which is that day nearly
        everywhere. Raises BadCell."""
        return self._read(column, _moment)

    def flag(self, column: str) -> bool | None:
        """Yes or no. Raises BadCell."""
        return self._read(column, _flag)

    def pairs(self, column: str) -> list[dict[str, str | None]] | None:
        """Names and values as in "Size=M; Colour=sage"; a value without a name has None for it."""
        return self._read(column, lambda text: [_pair(part) for part in _parts(text)])

    def words(self, column: str) -> list[str] | None:
        """Texts, parted by semicolons."""
        return self._read(column, _parts)

    def _read(self, column: str, read: Callable[[str], T]) -> T | None:
        text = self.cells.get(column)
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as wrong:
            raise BadCell(column, str(wrong)) from wrong


def rows(stream: BinaryIO, known: frozenset[str], needed: frozenset[str]) -> Iterator[Row | Problem]:
    """The rows under the first line, which names the columns. One at a time, so that memory stays flat.

    Columns that are not `known` and do not begin with "x_" are a problem of the first line, as are those of `needed`
    that are missing: then nothing is read.
    """
    lines = _decoded(stream)
    try:
        head = next(lines, "")
    except UnicodeDecodeError:
        yield Problem(1, "", _NOT_UTF8)
        return
    delimiter = max(",;\t", key=head.count)
    table = csv.reader([head], delimiter=delimiter)
    columns = [name.strip().lower() for name in next(table, [])]
    if wrong := _wrong_columns(columns, known, needed):
        yield Problem(1, "", wrong)
        return
    yield from _below(lines, columns, delimiter)


def _below(lines: Iterator[str], columns: list[str], delimiter: str) -> Iterator[Row | Problem]:
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 2
    while True:
        try:
            cells = next(table, None)
        except (csv.Error, UnicodeDecodeError) as broken:
            said = _NOT_UTF8 if isinstance(broken, UnicodeDecodeError) else str(broken)
            yield Problem(line, "", f"{said}; the rest is not read")
            return
        if cells is None:
            return
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            yield Problem(
                line, "", f"{len(cells)} cells under {len(columns)} columns: a text with a separator needs quotes"
            )
        elif filled := {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}:
            yield Row(line, filled, delimiter != ",")
        line = table.line_num + 2


def _decoded(stream: BinaryIO) -> Iterator[str]:
    """The lines as text, with their ends. Raises UnicodeDecodeError."""
    encoding = "utf-8-sig"
    while line := stream.readline(LONGEST_LINE):
        yield line.decode(encoding)
        encoding = "utf-8"


def _wrong_columns(columns: list[str], known: frozenset[str], needed: frozenset[str]) -> str | None:
    missing = sorted(needed - set(columns))
    if missing:
        return f"the first line names the columns, and has no {', '.join(missing)}"
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        return f"columns named twice: {', '.join(twice)}"
    strange = [name for name in columns if name and name not in known and not name.startswith("x_")]
    if strange:
        return f"unknown columns: {', '.join(strange[:5])} (begin the name with x_ to have a column passed over)"
    return None


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"expected a whole number, not {text[:20]!r}")
    return int(text)


def _money(text: str, currency: str | None, *, comma: bool) -> int:
    if currency is None:
        raise ValueError("an amount needs a currency in its row")
    plain = text.replace(",", ".") if comma and text.count(",") == 1 and "." not in text else text
    try:
        return to_minor(plain, currency)
    except MoneyError as wrong:
        raise ValueError(str(wrong)) from wrong


def _moment(text: str) -> str:
    if _DAY.fullmatch(text):
        text = f"{text}T12:00:00Z"
    instant(text)
    return text


def _flag(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise ValueError(f"expected yes or no, not {text[:20]!r}")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _pair(part: str) -> dict[str, str | None]:
    name, equals, value = part.partition("=")
    return {"name": name.strip() or None, "value": value.strip()} if equals else {"name": None, "value": part}
