"""An order with all that belongs to it: PrestaShop keeps each thing under an address of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from portal.platforms.neutral.money import MoneyError, currency_code
from portal.platforms.prestashop.shape import NOTHING, Node, amount, ident, text
from portal.platforms.prestashop.words import Standing

Table = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a shop's data is to be read: its name, the zone that its clock is in, what its states mean, the carriers that
    are the shop itself, the number of its own currency."""

    shop: str | None = None
    zone: tzinfo | None = None
    states: Mapping[str, Standing] = field(default_factory=dict)
    fetched: frozenset[str] = frozenset()
    own_currency: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One order and what was read with it. Tables are by id; what could not be read is not in them."""

    order: Node
    details: tuple[Node, ...] = ()
    parcels: tuple[Node, ...] = ()
    slips: tuple[Node, ...] = ()
    customer: Node = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)

    def of(self, resource: str, number: str | None) -> Node:
        """A row of a table; an empty one where it was not read."""
        return self.tables.get(resource, {}).get(number or "", NOTHING)

    def linked(self, resource: str, name: str) -> Node:
        """The row that the order names under `name`."""
        return self.of(resource, ident(self.order, name))

    @property
    def language(self) -> str | None:
        """The number of the customer's language."""
        return ident(self.order, "id_lang")

    def currencies(self, reading: Reading) -> tuple[str | None, str | None]:
        """The codes of the shop's currency and of the buyer's. Where the order was not converted, they are one."""
        buyer = _code(self.linked("currencies", "id_currency"))
        rate = amount(self.order, "conversion_rate")
        if rate is None or rate == 1 or reading.own_currency == ident(self.order, "id_currency"):
            return buyer, buyer
        return _code(self.of("currencies", reading.own_currency)), buyer


def table(rows: Iterable[Node]) -> Table:
    """Rows by their ids."""
    return {key: row for row in rows if (key := ident(row, "id"))}


def _code(currency: Node) -> str | None:
    try:
        return currency_code(text(currency, "iso_code") or "")
    except MoneyError:
        return None
