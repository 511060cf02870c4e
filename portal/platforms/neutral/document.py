"""The one door to a neutral order: a plain value in, a validated frozen document or named faults out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from portal.platforms.members import Path, name_of
from portal.platforms.neutral.defaults import filled
from portal.platforms.neutral.fields import Part, in_utc, instant
from portal.platforms.neutral.parts import Amount, NeutralOrder

_SAID = {
    "model_type": "expected an object",
    "dict_type": "expected an object",
    "tuple_type": "expected a list",
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "missing": "is missing",
    "string_too_short": "must not be empty",
}


_VERSION = {"version", "updated_at"}
_COUNTER = re.compile(r"-?[0-9]{1,30}")  # as text, a counter is still a counter: 9 comes before 10


class InvalidOrder(ValueError):
    """A value that is no order. `faults` are (path of the member, what is wrong with it)."""

    def __init__(self, faults: tuple[tuple[Path, str], ...]) -> None:
        super().__init__("; ".join(f"{name_of(path)}: {message}" for path, message in faults))
        self.faults = faults


def neutral_order(value: object) -> NeutralOrder:
    """The order that `value` (a JSON object) describes, with what it left out filled in.

    Raises InvalidOrder, naming every member at fault.
    """
    try:
        order = NeutralOrder.model_validate(filled(value) if isinstance(value, dict) else value)
    except ValidationError as wrong:
        raise InvalidOrder(tuple((fault["loc"], _said(fault)) for fault in wrong.errors())) from wrong
    faults = (*_twice(order), *_without_currency(order))
    if faults:
        raise InvalidOrder(faults)
    return order.model_copy(update=_versioned(order))


def as_json(order: NeutralOrder) -> dict[str, Any]:
    """The document as a JSON object with every member of `order/1`."""
    return order.model_dump(mode="json", by_alias=True)


def as_stated(order: NeutralOrder) -> str:
    """The document as JSON text, without what its source did not say: `restored` gives the same order, which still
    knows what was said and what is a default."""
    return told(order)[0]


def told(order: NeutralOrder) -> tuple[str, str]:
    """`as_stated`, and the same without its version: that changes though nothing may have happened."""
    said = order.model_dump_json(by_alias=True, exclude_unset=True, exclude=_VERSION)
    version = order.model_dump_json(exclude_unset=True, include=_VERSION)
    return (f"{said[:-1]},{version[1:]}" if version != "{}" else said), said


def restored(text: str) -> NeutralOrder:
    """The order that `as_stated` wrote down."""
    return NeutralOrder.model_validate_json(text)


def version_key(version: str | int | None) -> tuple[int, float, str]:
    """Sorts versions of one order: none is oldest, then counters, then moments, then other texts."""
    if version is None:
        return (0, 0, "")
    if isinstance(version, int) or _COUNTER.fullmatch(version):
        return (1, int(version), "")
    try:
        return (2, instant(version).timestamp(), "")
    except ValueError:
        return (3, 0, version)


def _said(fault: ErrorDetails) -> str:
    kind, message = fault["type"], fault["msg"]
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "literal_error":
        return f"expected one of {fault['ctx']['expected']}"
    return _SAID.get(kind) or f"{message[0].lower()}{message[1:]}"


def _twice(order: NeutralOrder) -> Iterator[tuple[Path, str]]:
    """Ids are keys: no two lines, parcels, deliveries or adjustments may share one."""
    for name in ("lines", "deliveries", "parcels", "adjustments"):
        seen: set[str] = set()
        for index, part in enumerate(getattr(order, name)):
            if part.id in seen:
                yield (name, index, "id"), f"{part.id!r} is given twice"
            seen.add(part.id)


def _without_currency(order: NeutralOrder) -> Iterator[tuple[Path, str]]:
    for side in ("shop", "buyer"):
        if getattr(order.currency, side) is None and any(getattr(a, side) is not None for a in _amounts(order)):
            yield ("currency", side), "is needed beside amounts"


def _amounts(part: Part) -> Iterator[Amount]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Amount):
                yield item
            elif isinstance(item, Part):
                yield from _amounts(item)


def _versioned(order: NeutralOrder) -> dict[str, Any]:
    """The version in one spelling, so that equal moments are equal texts."""
    version = order.version
    if version is None:
        return {"version": in_utc(order.updated_at)} if order.updated_at else {}
    try:
        return {"version": in_utc(instant(version))} if isinstance(version, str) else {}
    except ValueError:
        return {}
