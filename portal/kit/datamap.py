"""What is kept about people, said beside the column that keeps it: what for, on which ground of the law, how long.

Each table is declared once, where it is defined: with `held` when its rows are about somebody, with `nobody` when
they are not. `docs/personal-data.md` is written from this, and a column that nobody declared fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table


class Basis(StrEnum):
    """Why the law allows it (GDPR, Art. 6(1))."""

    CONTRACT = "contract (b)"
    INTEREST = "legitimate interest (f)"


@dataclass(frozen=True, slots=True)
class Held:
    """A table about people. `kept` may name a setting in braces. `personal` are the columns that say something of
    somebody, with what they say; `plain` the others, which say something of a thing."""

    why: str
    basis: Basis
    kept: str
    personal: Mapping[str, str]
    plain: frozenset[str]


_HELD: dict[str, Held] = {}
_NOBODY: dict[str, str] = {}


def held(table: Table, *, why: str, kept: str, basis: Basis = Basis.CONTRACT, plain: str = "", **personal: str) -> None:
    """Declare a table about people. Raises ValueError for a column that it does not have."""
    if strange := sorted({*personal, *plain.split()} - set(table.columns.keys())):
        raise ValueError(f"{table.name} has no {', '.join(strange)}")
    _HELD[table.name] = Held(why, basis, kept, personal, frozenset(plain.split()))


def nobody(table: Table, what: str) -> None:
    """Declare a table that is about nobody, and what it is about."""
    _NOBODY[table.name] = what


def about_people() -> Mapping[str, Held]:
    """Every table about people, by its name."""
    return _HELD


def about_nobody() -> Mapping[str, str]:
    """Every other table, and what it is about."""
    return _NOBODY


def undeclared(table: Table) -> list[str]:
    """The columns of a table of which nobody said what they are; the table's name when nobody said anything of it.
    Ids, and references to another row, go without saying; so do the columns of a table about nobody."""
    if table.name in _NOBODY:
        return []
    if (found := _HELD.get(table.name)) is None:
        return [table.name]
    said = {*found.personal, *found.plain}
    return [
        f"{table.name}.{c.name}" for c in table.columns if c.name not in said and not (c.foreign_keys or c.name == "id")
    ]
