"""Reading XML that a carrier sent: a plain tree out, never an exception but CarrierError.

A body is hostile until read. A document type is refused before anything in it is looked at, and with
it every entity and every outside file; depth and number of elements are bounded. Prefixes are dropped:
carriers spell the same answer with different ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from carriers.core.reading import text, unreadable

_DEEPEST: Final = 60
_MOST: Final = 50_000  # elements


@dataclass(frozen=True, slots=True)
class Node:
    """One element. `name` and the keys of `attributes` are without prefix; `content` is its own text."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    children: tuple[Node, ...] = ()


NOTHING: Final = Node("")


def read_xml(body: bytes, *, http_status: int = 200) -> Node:
    """The root element of `body`. Raises CarrierError (by `http_status`, else `server`) for anything else."""
    builder = _Builder()
    try:
        builder.parser.Parse(body.lstrip(), True)  # blanks before a declaration: seen, and not XML
    except (expat.ExpatError, _Refused, ValueError, LookupError) as error:
        raise unreadable(http_status) from error
    return builder.root


def every(node: Node, name: str) -> list[Node]:
    """The children of that name, in order."""
    return [child for child in node.children if child.name == name]


def first(node: Node, *path: str) -> Node:
    """The element reached by taking the first child of each name; one without anything where there is none."""
    for name in path:
        node = next(iter(every(node, name)), NOTHING)
    return node


def anywhere(node: Node, name: str) -> list[Node]:
    """All elements of that name at or below `node`, in document order."""
    return [found for found in _walk(node) if found.name == name]


def said(node: Node, *path: str) -> str | None:
    """The text of the element reached by `path` (see `first`), cleaned; None where there is none."""
    return text(first(node, *path).content)


def attribute(node: Node, *names: str) -> str | None:
    """The first of these attributes that says anything, cleaned; None where none does."""
    return next((found for name in names if (found := text(node.attributes.get(name))) is not None), None)


class _Refused(Exception):
    """The document is of a kind that is not read."""


@dataclass(slots=True)
class _Open:
    """An element that is still being read."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    def closed(self) -> Node:
        return Node(self.name, self.attributes, "".join(self.content), tuple(self.children))


class _Builder:
    """Builds the tree while expat reads."""

    def __init__(self) -> None:
        self._open = [_Open("")]
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    @property
    def root(self) -> Node:
        """The outermost element, once everything was read."""
        return self._open[0].children[0]

    def _refuse(self, *_: object) -> None:
        raise _Refused

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > _DEEPEST or self._count > _MOST:
            raise _Refused
        self._open.append(_Open(_local(name), {_local(key): value for key, value in attributes.items()}))

    def _end(self, _: str) -> None:
        done = self._open.pop().closed()
        self._open[-1].children.append(done)

    def _text(self, data: str) -> None:
        self._open[-1].content.append(data)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)
