"""Finds the orders in what PrestaShop's webservice answers, in XML or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final

from carriers.core.errors import CarrierError
from carriers.core.xml import read_xml
from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.files import LONGEST, values as json_values
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.prestashop.order import order_of
from portal.platforms.prestashop.record import Reading, Record, table
from portal.platforms.prestashop.shape import Json, Node, ident, nodes, value_of
from portal.platforms.reading import each, faults

# What an answer may hold beside orders: lists by name, and one thing alone.
TABLES: Final[Mapping[str, str]] = {
    "addresses": "address", "customers": "customer", "order_details": "order_detail",
    "order_carriers": "order_carrier", "order_slips": "order_slip", "order_states": "order_state",
    "currencies": "currency", "countries": "country", "states": "state", "languages": "language", "carriers": "carrier",
    "customizations": "customization", "order_histories": "order_history", "order_payments": "order_payment",
    "order_cart_rules": "order_cart_rule", "order_invoices": "order_invoice", "products": "product",
    "combinations": "combination", "messages": "message",
}  # fmt: skip


def values(stream: BinaryIO) -> Iterator[Value | Problem]:
    """The values in a file: an XML document is one. Never raises for what it holds."""
    start = stream.read(64)
    rest = _Rest(start, stream)
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from json_values(rest)  # type: ignore[arg-type]  # it reads lines and the rest, and so can this
        return
    content = rest.read(LONGEST + 1)
    try:
        yield Value(1, answer_of(content), "")
    except CarrierError:
        yield Problem(1, "", "not XML that can be read")


def answer_of(content: bytes) -> Json:
    """An XML answer as an object. Raises CarrierError for what is none."""
    root = value_of(read_xml(content))
    return root if isinstance(root, dict) else {}


def documents(body: Node, reading: Reading) -> list[NeutralOrder]:
    """The orders in one answer (a parsed value). Raises InvalidOrder."""
    return [order_of(record, reading) for record in records_of(body)]


def read(found: Iterable[Value | Problem], told: Delivered) -> Iterator[Entry]:
    """The entries of all answers in a source, in order."""
    return each(found, lambda item: _entries(item, told))


def records_of(body: Node) -> list[Record]:
    """The orders of an answer, each with what the same answer holds of it."""
    tables = {name: table(_all(body, name, alone)) for name, alone in TABLES.items()}
    return [assembled(order, tables) for order in _all(body, "orders", "order")]


def assembled(order: Node, tables: Mapping[str, Mapping[str, Node]]) -> Record:
    """An order with the rows of tables that belong to it."""
    key = ident(order, "id")

    def mine(name: str) -> tuple[Node, ...]:
        return tuple(row for row in tables.get(name, {}).values() if ident(row, "id_order") == key)

    customer = tables.get("customers", {}).get(ident(order, "id_customer") or "", {})
    return Record(order, mine("order_details"), mine("order_carriers"), mine("order_slips"), customer, tables)


def _entries(item: Value, told: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an answer of the webservice")
        return
    inner = body.get("prestashop")
    body = inner if isinstance(inner, dict) else body
    records = records_of(body) or [assembled(body, {})] * ("id_address_delivery" in body and "reference" in body)
    for record in records:
        yield from _document(item, record, told)
    if not records:
        yield _nothing(item, body)


def _document(item: Value, record: Record, told: Delivered) -> Iterator[Entry]:
    if "reference" not in record.order and "date_add" not in record.order:
        yield Note(item.line, "the number of an order, and nothing of it", ident(record.order, "id"))
        return
    try:
        order = order_of(record, Reading(told.shop))
    except InvalidOrder as wrong:
        yield from faults(item, (), wrong)
        return
    if missing := _missing(record):
        yield Remark(item.line, f"{order.number}: {' and '.join(missing)} are told elsewhere")
    yield Document(item.line, order)


def _missing(record: Record) -> list[str]:
    """What an order's own answer never has."""
    address, currency = record.linked("addresses", "id_address_delivery"), record.linked("currencies", "id_currency")
    parts = (("its customer", record.customer), ("its addresses", address), ("its currency", currency))
    return [name for name, row in parts if not row]


def _nothing(item: Value, body: Node) -> Note | Problem:
    if "errors" in body:
        return Note(item.line, "an error: nothing to import")
    for name, alone in TABLES.items():
        if name in body or alone in body:
            row = next(iter(_all(body, name, alone)), {})
            return Note(
                item.line, f"{name.replace('_', ' ')} without their order: nothing to import", ident(row, "id_order")
            )
    return Problem(item.line, item.at, "neither an order nor anything that PrestaShop's webservice answers")


def _all(body: Node, name: str, alone: str) -> list[Node]:
    one = body.get(alone)
    return [*nodes(body, name), *([one] if isinstance(one, dict) else [])]


class _Rest:
    """A stream whose beginning was read already."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def read(self, size: int = -1) -> bytes:
        """The rest, or so much of it."""
        start, self._start = self._start, b""
        return start + self._stream.read(max(0, size - len(start)) if size >= 0 else -1)

    def readline(self, size: int = -1) -> bytes:
        """The next line."""
        line, end, rest = self._start.partition(b"\n")
        self._start = rest if end else b""
        return line + end if end else line + self._stream.readline(size)
