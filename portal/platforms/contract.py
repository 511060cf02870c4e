"""The contract between a commerce platform's reader and whoever imports what it reads.

A reader is pure: values that were read from a file or a request in, entries out. It touches neither
network nor database, so recorded bodies test it directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from portal.platforms.neutral.parts import NeutralOrder


@dataclass(frozen=True, slots=True)
class Value:
    """One JSON value of a source and where it starts: `line` counts from 1, `at` is its path in the
    source ("[3]" in a list, "" alone). `text` is its JSON, to find members in."""

    line: int
    value: object
    text: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be imported: the line, the path of the member ("" when unknown), and why."""

    line: int
    member: str
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """A body that was understood and holds nothing to import. `order_id` names the order to read again,
    where the body says which."""

    line: int
    message: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a document that is imported all the same."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """One order to import."""

    line: int
    order: NeutralOrder


Entry = Document | Note | Remark | Problem


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is known of a body from outside it: the shop's domain, the webhook's topic, the API version."""

    shop: str | None = None
    topic: str | None = None
    api_version: str | None = None


def _says_nothing(_: Mapping[str, str]) -> Delivered:
    return Delivered()


@dataclass(frozen=True, slots=True)
class Platform:
    """One commerce platform. `read` turns the values of one source into entries, in order, and never
    raises for what they hold. `delivered` is what the headers of a delivery (by lower-case name) tell of its body.
    `values` reads a source that is not JSON alone."""

    slug: str
    label: str
    read: Callable[[Iterable[Value | Problem], Delivered], Iterator[Entry]]
    delivered: Callable[[Mapping[str, str]], Delivered] = _says_nothing
    values: Callable[[BinaryIO], Iterator[Value | Problem]] | None = None
