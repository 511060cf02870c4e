"""What all readers of bodies do alike: they pass on what is no body, and name faults by line and member. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from portal.platforms.contract import Document, Entry, Problem, Value
from portal.platforms.members import Path, name_of, offset_of
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder

_SAME: Final[Mapping[str, str]] = MappingProxyType({})


def each(found: Iterable[Value | Problem], read: Callable[[Value], Iterator[Entry]]) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order."""
    for item in found:
        if isinstance(item, Problem):
            yield item
        else:
            yield from read(item)


def orders(entries: Iterable[Entry]) -> list[NeutralOrder]:
    """The orders among the entries."""
    return [entry.order for entry in entries if isinstance(entry, Document)]


def line_of(item: Value, path: Path) -> int:
    """The line of the source in which the member at `path` stands, or the nearest of its parts that is there."""
    return item.line + item.text.count("\n", 0, offset_of(item.text, path))


def member_of(item: Value, path: Path) -> str:
    """How people write where in the source the member at `path` is: "[3].orders[0].id"."""
    return name_of((item.at, *path)) if item.at else name_of(path)


def faults(item: Value, path: Path, wrong: InvalidOrder, names: Mapping[str, str] = _SAME) -> Iterator[Problem]:
    """The faults of the order at `path`, each by the line of the order. `names`: what members of the document that have
    another name in the body are called there."""
    line = line_of(item, path)
    for fault, message in wrong.faults:
        own = names.get(name_of(fault))
        yield Problem(line, member_of(item, (*path, *((own,) if own else fault))), message)
