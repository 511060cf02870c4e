"""What one connected Vendure is worked with: its API, and what the account says of it. Reads single orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.platforms.live import ShopError
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.vendure import operations
from portal.platforms.vendure.api import Api
from portal.platforms.vendure.order import From, order_of
from portal.platforms.vendure.shape import PRECISION, Node, number, part, text


@dataclass(frozen=True, slots=True)
class Desk:
    """One connected shop. `instructions` and `line_fields` are custom fields of its orders and of their lines;
    `pay_url` is where customers pay what an order lacks, with {code} for the order's."""

    api: Api
    name: str
    instructions: str | None = None
    line_fields: tuple[str, ...] = ()
    pay_url: str | None = None

    @property
    def fields(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The custom fields of orders and of lines that are asked for."""
        return ((self.instructions,) if self.instructions else ()), self.line_fields

    def document(self, order: Node, root: Node) -> NeutralOrder:
        """An order as the portal stores it. Raises ShopError for one that is none."""
        try:
            return order_of(order, From(self.name, root, self.instructions))
        except InvalidOrder as wrong:
            raise ShopError("answer", "An order of Vendure's could not be read.") from wrong


@dataclass(frozen=True, slots=True)
class Found:
    """An order as Vendure has it. `precision`: how many decimals its amounts have."""

    raw: Node = field(repr=False)
    document: NeutralOrder = field(repr=False)
    precision: int = PRECISION

    @property
    def id(self) -> str:
        """Vendure's id of it."""
        return text(self.raw, "id") or ""

    @property
    def state(self) -> str:
        """Vendure's word for where it stands."""
        return text(self.raw, "state") or ""


async def find(desk: Desk, order_id: str) -> Found | None:
    """The order as it is now; None for what is no order, or not one yet. Raises ShopError."""
    data = await desk.api.ask(operations.read_order(*desk.fields), id=order_id)
    raw = part(data, "order")
    if not text(raw, "id") or not text(raw, "orderPlacedAt"):
        return None
    return Found(raw, desk.document(raw, data), precision_of(data))


def again(desk: Desk, before: Found, raw: Node) -> Found:
    """The same order as an answer to a mutation has it."""
    root = {"globalSettings": {"serverConfig": {"moneyStrategyPrecision": before.precision}}}
    return Found(raw, desk.document(raw, root), before.precision)


def precision_of(root: Mapping[str, object]) -> int:
    """How many decimals the server's amounts have."""
    return number(part(part(root, "globalSettings"), "serverConfig"), "moneyStrategyPrecision") or PRECISION
