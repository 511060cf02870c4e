"""Reads neutral order documents from files: JSON, a JSON list or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from portal.platforms.contract import Delivered, Document, Entry, Problem, Remark, Value
from portal.platforms.files import values
from portal.platforms.neutral.document import InvalidOrder, neutral_order
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import each, line_of, member_of

MOST_FAULTS = 20  # of one document; more tell nothing new


def read(found: Iterable[Value | Problem], delivered: Delivered) -> Iterator[Entry]:
    """One entry per document; a document with faults is one `Problem` per member at fault."""
    return each(found, lambda item: _entries(item, delivered))


def read_file(source: Path | BinaryIO) -> Iterator[Entry]:
    """The documents and problems in a file. Raises OSError when it cannot be read."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield from read(values(stream), Delivered())
    else:
        yield from read(values(source), Delivered())


def _faults(item: Value, wrong: InvalidOrder) -> Iterator[Problem]:
    """The faults of one document as problems, each with the line of its member."""
    for path, message in wrong.faults[:MOST_FAULTS]:
        yield Problem(line_of(item, path), member_of(item, path), message)


def _entries(item: Value, delivered: Delivered) -> Iterator[Entry]:
    try:
        order = neutral_order(_at_shop(item.value, delivered.shop))
    except InvalidOrder as wrong:
        yield from _faults(item, wrong)
        return
    yield from (Remark(item.line, f"{order.number}: {said}") for said in _loose_ends(order))
    yield Document(item.line, order)


def _loose_ends(order: NeutralOrder) -> Iterator[str]:
    """References to lines that the order does not have: they are ignored, and likely a slip."""
    known = {line.id for line in order.lines}
    for name, parts in (
        ("parcels", order.parcels),
        ("deliveries", order.deliveries),
        ("adjustments", order.adjustments),
    ):
        missing = {line.line_id for part in parts for line in part.lines} - known
        if missing:
            yield f"{name} name lines that the order does not have: {', '.join(sorted(missing)[:3])}"


def _at_shop(value: object, shop: str | None) -> object:
    """`--shop` fills in for documents that do not say."""
    if shop is None or not isinstance(value, dict):
        return value
    source = value.get("source")
    if isinstance(source, dict) and source.get("shop") is None:
        return {**value, "source": {**source, "shop": shop}}
    return {**value, "source": {"shop": shop}} if source is None else value
