"""An edit session: Shopify reckons an edit step by step, and nothing is changed until the session is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.platforms.changes import CancelUnits, Edit, NotApplied, SetQuantity, SwapVariant
from portal.platforms.guards import cancelled
from portal.platforms.neutral.parts import Amount, Line, NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.amounts import Currencies
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.editing.sums import (
    ZERO,
    Reckoned,
    amount,
    currencies_of,
    decimal,
    flow,
    least,
    minus,
    negative,
    priced,
    reckoned,
)
from portal.platforms.shopify.fees import fee_title
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.shape import Node, nodes, part, tail, text

_FIRST: Final = 40


@dataclass(frozen=True, slots=True)
class Staged:
    """A session with every step of an edit made in it. `due`: what is to be paid because of it, or goes back."""

    session: str
    before: Reckoned
    after: Reckoned
    fee: Amount
    due: Amount


class _Refused(Exception):
    """Shopify, or what it tells, does not let a step be made."""

    def __init__(self, outcome: NotApplied) -> None:
        super().__init__(outcome.said)
        self.outcome = outcome


async def staged(admin: Admin, order: NeutralOrder, edit: Edit) -> Staged | NotApplied:
    """Make the edit in a session of its own. Raises ShopError."""
    try:
        session = await _Session.begin(admin, order)
        await session.change(edit)
        return await session.finish(edit)
    except _Refused as refused:
        return refused.outcome


class _Session:
    """The steps so far. `sums` are those after the last one."""

    def __init__(self, admin: Admin, order: NeutralOrder, own: str, lines: Sequence[Node], sums: Reckoned) -> None:
        self.admin, self.order, self.own, self.lines = admin, order, own, lines
        self.before = self.sums = sums
        self.currencies: Currencies = currencies_of(order)

    @classmethod
    async def begin(cls, admin: Admin, order: NeutralOrder) -> _Session:
        """A new session on the order as it is now."""
        given = (await admin.ask(editing.BEGIN, id=order.source.order_id, first=_FIRST)).data
        payload = part(given, "orderEditBegin")
        calculated = _calculated(payload)
        lines = [node async for page in _pages(admin, calculated) for node in page]
        return cls(admin, order, text(calculated, "id") or "", lines, reckoned(calculated, currencies_of(order)))

    async def change(self, edit: Edit) -> None:
        """The steps of the change."""
        match edit.change:
            case SwapVariant(line_id, variant_id, quantity):
                await self._swap(_line(self.order, line_id), variant_id, quantity)
            case SetQuantity(line_id, quantity):
                line = _line(self.order, line_id)
                await self._take(line, line.quantity.current - quantity)
            case CancelUnits():
                for line_id, quantity in cancelled(edit.change).items():
                    await self._take(_line(self.order, line_id), quantity)
            case _:
                raise _Refused(NotApplied("unsupported"))

    async def finish(self, edit: Edit) -> Staged:
        """Keep the fee back of what would be paid back, as an item of its own; then it is all reckoned."""
        due = flow(self.before.outstanding, self.sums.outstanding)
        fee = least(priced(edit.fee, self.before.total), negative(due))
        if fee.buyer and self.order.currency.buyer:
            title = fee_title(self.order.locale)
            price = {"amount": decimal(fee.buyer, self.order.currency.buyer), "currencyCode": self.order.currency.buyer}
            await self._step(editing.ADD_FEE, "orderEditAddCustomItem", title=title, price=price)
            due = flow(self.before.outstanding, self.sums.outstanding)
        else:
            fee = ZERO
        return Staged(self.own, self.before, self.sums, fee, due)

    async def _swap(self, line: Line, variant_id: str, quantity: int) -> None:
        """Properties do not follow to the new line: what is made for somebody cannot be swapped from here."""
        if line.personalisation:
            raise _Refused(NotApplied("unsupported", "the line is personalised, and that would be lost"))
        before = self.sums
        await self._take(line, quantity)
        taken = minus(before.lines, self.sums.lines)
        payload = await self._step(editing.ADD_VARIANT, "orderEditAddVariant", variant=variant_id, quantity=quantity)
        added = part(payload, "calculatedLineItem")
        await self._discount(
            text(added, "id"), line, quantity, taken, amount(added, "originalUnitPriceSet", self.currencies)
        )

    async def _discount(self, added: str | None, line: Line, quantity: int, taken: Amount, unit: Amount) -> None:
        """The new units get the discount of the old ones, by its share of the price. Where Shopify does not let us, the
        quote says what they cost without."""
        list_price, fresh = line.price.unit.buyer, unit.buyer
        if added is None or not list_price or not fresh or taken.buyer is None:
            return
        old, new = list_price * quantity, fresh * quantity
        off = new - (2 * new * taken.buyer + old) // (2 * old)
        if off <= 0:
            return
        discount = {"description": "As before", "percentValue": min(100.0, off / new * 100)}
        given = await self.admin.ask(editing.ADD_DISCOUNT, id=self.own, line=added, discount=discount)
        payload = part(given.data, "orderEditAddLineItemDiscount")
        if not said_in(payload):
            self.sums = reckoned(_calculated(payload), self.currencies)

    async def _take(self, line: Line, units: int) -> None:
        """So many units fewer of a line; negative: more."""
        node = self._node(line)
        quantity, editable = node.get("quantity"), node.get("editableQuantity")
        if not isinstance(quantity, int) or not isinstance(editable, int):
            raise _Refused(NotApplied("unsupported", "the line is not in the edit session"))
        if editable < max(units, 1) or quantity < units:
            raise _Refused(NotApplied("shipped", f"{editable} units of the line can still be edited"))
        wanted = {"line": text(node, "id"), "quantity": quantity - units}
        await self._step(editing.SET_QUANTITY, "orderEditSetQuantity", **wanted)

    def _node(self, line: Line) -> Node:
        """The line as the session has it: under the same number, else as the only line of its variant."""
        same = [node for node in self.lines if tail(text(node, "id")) == tail(line.id)]
        alike = [
            node for node in self.lines if line.variant_id and text(part(node, "variant"), "id") == line.variant_id
        ]
        for found in (same, alike):
            if len(found) == 1:
                return found[0]
        raise _Refused(NotApplied("unsupported", "the line cannot be told from others in the edit session"))

    async def _step(self, operation: str, name: str, **variables: Any) -> Node:
        payload = part((await self.admin.ask(operation, id=self.own, **variables)).data, name)
        self.sums = reckoned(_calculated(payload), self.currencies)
        return payload


def _calculated(payload: Mapping[str, Any]) -> Node:
    """The calculated order of a step that was made. Raises _Refused."""
    said = said_in(payload)
    calculated = part(payload, "calculatedOrder")
    if said or not calculated:
        raise _Refused(because(said or "no calculated order"))
    return calculated


async def _pages(admin: Admin, calculated: Node) -> Any:
    listed = part(calculated, "lineItems")
    while True:
        yield nodes(listed, "nodes")
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return
        answer = await admin.ask(editing.MORE_CALCULATED, id=text(calculated, "id"), first=_FIRST, after=after)
        listed = part(part(answer.data, "node"), "lineItems")


def _line(order: NeutralOrder, line_id: str) -> Line:
    found = next((line for line in order.lines if line.id == line_id), None)
    if found is None:
        raise _Refused(NotApplied("changed", "the order has no such line any more"))
    return found
