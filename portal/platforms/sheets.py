"""Orders out of two spreadsheets: orders.csv with a row for each line of an order, and parcels.csv with what was
sent.

Makes the plain values that the neutral document is read from; what the columns mean is said in docs/orders-in.md.
Rows of one order follow one another, and its own columns are read from the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, BinaryIO, Final, Literal

from portal.platforms.cells import BadCell, Row, rows
from portal.platforms.contract import Problem, Value

Json = dict[str, Any]

_ADDRESS: Final = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")
_ORDER: Final = frozenset(
    {
        *("order_number", "order_id", "version", "locale", "currency", "payment", "email", "phone", "first_name"),
        *("last_name", "customer_id", "placed_at", "updated_at", "cancelled_at", "cancel_reason", "shipping", "tax"),
        *("discount", "total", "tags", "note", "shop_note", "delivery", "delivery_label", "pickup_location"),
        *("promised_from", "promised_to", "instructions", "taxes_included", *(f"ship_{name}" for name in _ADDRESS)),
    }
)
_LINE: Final = frozenset(
    {
        *("line_id", "product_id", "variant_id", "sku", "title", "options", "personalisation", "categories", "kind"),
        *("quantity", "cancelled", "unit_price", "line_total", "line_tax", "preorder", "final_sale", "image_url"),
    }
)
PARCEL_COLUMNS: Final = frozenset(
    {"order_number", "parcel", "carrier", "number", "url", "shipped_at", "sku", "line_id", "quantity"}
)
ORDER_COLUMNS: Final = _ORDER | _LINE


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of parcels.csv. `parcel` tells its rows from those of the others; `wanted` is the line's id or SKU, as `by`
    says."""

    line: int
    number: str
    parcel: str | None
    members: Json
    by: Literal["id", "sku"]
    wanted: str | None
    quantity: int


@dataclass(slots=True)
class Parcels:
    """The rows of parcels.csv by order number; `used` are those that an order was found for."""

    by_order: dict[str, list[Sent]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def of(self, number: str) -> Sequence[Sent]:
        """What was sent of an order."""
        self.used.add(_plain(number))
        return self.by_order.get(_plain(number), ())

    def unused(self) -> Iterator[Problem]:
        """A problem for each order that orders.csv does not have."""
        for number, found in self.by_order.items():
            if number not in self.used:
                yield Problem(found[0].line, "order_number", f"there is no order {number} in the orders' file")


def read_parcels(stream: BinaryIO) -> tuple[Parcels, list[Problem]]:
    """parcels.csv, whole, and what in it cannot be read."""
    parcels, problems = Parcels(), []
    for row in rows(stream, PARCEL_COLUMNS, frozenset({"order_number"})):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        try:
            sent = _sent(row)
        except BadCell as wrong:
            problems.append(Problem(row.line, wrong.column, wrong.message))
        else:
            parcels.by_order.setdefault(sent.number, []).append(sent)
    return parcels, problems


def order_values(stream: BinaryIO, parcels: Parcels) -> Iterator[Value | Problem]:
    """orders.csv as plain values, one for each order, to be read as neutral documents."""
    seen: set[str] = set()
    good: list[Row] = []
    for row in rows(stream, ORDER_COLUMNS, frozenset({"order_number", "title"})):
        if isinstance(row, Problem):
            yield row
            continue
        if good and row.text("order_number") != good[0].text("order_number"):
            yield from _order(good, parcels, seen)
            good = []
        good.append(row)
    if good:
        yield from _order(good, parcels, seen)


def _order(of_one: list[Row], parcels: Parcels, seen: set[str]) -> Iterator[Value | Problem]:
    first = of_one[0]
    number = first.text("order_number")
    if number is None:
        yield Problem(first.line, "order_number", "is missing")
        return
    if number in seen:
        yield Problem(first.line, "order_number", f"rows of order {number} stand apart: bring them together")
        return
    seen.add(number)
    problems: list[Problem] = []
    value = _value(of_one, parcels.of(number), problems)
    if problems:
        yield from problems
    else:
        yield Value(first.line, value, "")


def _value(of_one: list[Row], sent: Sequence[Sent], problems: list[Problem]) -> Json:
    """The order; what is wrong with its cells is appended to `problems`."""
    value = _kept(problems, of_one[0], _order_members) or {}
    lines = [_kept(problems, row, _line) or {} for row in of_one]
    for position, line in enumerate(lines, 1):
        line.setdefault("id", str(position))
    value["lines"] = lines
    if sent:
        value["parcels"] = list(_parcels(sent, lines, of_one[0].line, problems))
    return value


def _kept(problems: list[Problem], row: Row, read: Any) -> Json | None:
    try:
        members: Json = read(row)
    except BadCell as wrong:
        problems.append(Problem(row.line, wrong.column, wrong.message))
        return None
    return _told(members)


def _order_members(row: Row) -> Json:
    currency = row.text("currency")
    amounts = {name: row.money(name, currency) for name in ("shipping", "tax", "discount", "total")}
    same = ("version", "locale", "currency", "cancel_reason", "note", "shop_note")
    return {
        **{name: row.text(name) for name in same},
        **{name: row.moment(name) for name in ("placed_at", "updated_at", "cancelled_at")},
        "number": row.text("order_number"),
        "source": _told({"order_id": row.text("order_id")}),
        "state": _told({"payment": row.text("payment")}),
        "taxes_included": row.flag("taxes_included"),
        "tags": row.words("tags"),
        "contact": _told({name: row.text(name) for name in ("email", "phone")}),
        "customer": _customer(row),
        "address": _told({"shipping": _told({name: row.text(f"ship_{name}") for name in _ADDRESS})}),
        "totals": {name: {"shop": amount} for name, amount in amounts.items() if amount is not None},
        "deliveries": _deliveries(row),
    }


def _customer(row: Row) -> Json:
    names = {"external_id": "customer_id", "first_name": "first_name", "last_name": "last_name"}
    return _told({member: row.text(column) for member, column in names.items()})


def _deliveries(row: Row) -> list[Json]:
    place = row.text("pickup_location")
    delivery = {
        "label": row.text("delivery_label"),
        "location": {"name": place} if place else None,
        "promise": _told({"earliest": row.moment("promised_from"), "latest": row.moment("promised_to")}),
        "instructions": row.text("instructions"),
    }
    method = row.text("delivery") or ("pickup" if place else None)
    told = _told({"method": method, **delivery})
    return [{"method": "shipping", "state": "open", **told}] if told else []


def _line(row: Row) -> Json:
    currency = row.text("currency")
    price = {
        "unit": row.money("unit_price", currency),
        "total_after_discounts": row.money("line_total", currency),
        "tax": row.money("line_tax", currency),
    }
    same = ("product_id", "variant_id", "sku", "title", "kind", "image_url")
    engraved = row.pairs("personalisation") or []
    return {
        **{name: row.text(name) for name in same},
        "id": row.text("line_id"),
        "options": row.pairs("options"),
        "personalisation": [{**pair, "name": pair["name"] or "–"} for pair in engraved],
        "categories": row.words("categories"),
        "quantity": _told({"ordered": row.count("quantity") or 1, "removed": row.count("cancelled")}),
        "price": {name: {"shop": amount} for name, amount in price.items() if amount is not None},
        "flags": _told(
            {
                "preorder": row.flag("preorder"),
                "final_sale": row.flag("final_sale"),
                "personalised": True if engraved else None,
            }
        ),
    }


def _sent(row: Row) -> Sent:
    number = row.text("order_number")
    if number is None:
        raise BadCell("order_number", "is missing")
    tracking = {"carrier_raw": row.text("carrier"), "number": row.text("number"), "url": row.text("url")}
    members = _told(
        {"created_at": row.moment("shipped_at"), "tracking": [_told(tracking)] if any(tracking.values()) else None}
    )
    by_id = row.text("line_id")
    return Sent(
        row.line,
        _plain(number),
        row.text("parcel") or row.text("number"),
        members,
        "id" if by_id else "sku",
        by_id or row.text("sku"),
        row.count("quantity") or 1,
    )


def _parcels(sent: Sequence[Sent], lines: Sequence[Json], at: int, problems: list[Problem]) -> Iterator[Json]:
    """Rows of one parcel follow one another: those with the same name, or else with the same number."""
    for position, (name, group) in enumerate(groupby(sent, lambda row: row.parcel), 1):
        of_one = list(group)
        contents = [content for row in of_one if (content := _content(row, lines, at, problems))]
        yield {"id": name or str(position), **of_one[0].members, **({"lines": contents} if contents else {})}


def _content(row: Sent, lines: Sequence[Json], at: int, problems: list[Problem]) -> Json | None:
    """Which line of the order, and how many units of it; None for a row that does not say."""
    if row.wanted is None:
        return None
    found = next((line for line in lines if line.get(row.by) == row.wanted), None)
    if found is None:
        said = f"line {row.line} of the parcels' file names {row.wanted}, which the order does not have"
        problems.append(Problem(at, "", said))
        return None
    return {"line_id": found["id"], "quantity": row.quantity}


def _told(members: Mapping[str, Any]) -> Json:
    """What says something."""
    return {name: value for name, value in members.items() if value is not None and value not in ({}, [])}


def _plain(number: str) -> str:
    return number.strip().removeprefix("#")
