"""Makes an edit in a shop, once.

WooCommerce guards nothing: it takes units out of an order that has been sent, and knows no version. So everything is
read anew right before the first write, the order has to be as it was seen, and what was written bears the edit's key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.platforms.asking import json_of
from portal.platforms.changes import Applied, Begun, Edit, NotApplied, Quote, SwapVariant, Variant
from portal.platforms.guards import refusal
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.pricing import quote as reckoned
from portal.platforms.repricing import units_after
from portal.platforms.woocommerce.amounts import ZERO, amount, decimal, purse_of
from portal.platforms.woocommerce.api import Api, Refused
from portal.platforms.woocommerce.edits import records_of
from portal.platforms.woocommerce.gathering import gathered
from portal.platforms.woocommerce.ledger import EDIT, edit_of
from portal.platforms.woocommerce.parcels import packed_units
from portal.platforms.woocommerce.planning import Plan, cancelling, is_whole, not_payable, plan_of, repriced_there
from portal.platforms.woocommerce.refunding import part
from portal.platforms.woocommerce.shape import Node, ident, meta_value, nodes, text, yes
from portal.platforms.woocommerce.variants import variants_of

Json = dict[str, Any]
Reader = Callable[[Node], NeutralOrder]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where edits of one shop are made: its API, and how its orders are read."""

    api: Api
    read: Reader

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit comes to."""
        return _quoted(order, edit, await self._variant(order, edit))

    async def apply(self, seen: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make it, or go on with it."""
        body = await gathered(self.api, seen.source.order_id)
        if body is None:
            return NotApplied("cancelled", "the shop has deleted the order")
        done = progress(body, seen, edit)
        if isinstance(done, Applied):
            return done
        if isinstance(done, Begun):
            return await self._finish(body, seen, edit)
        return await self._make(body, seen, edit)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made."""
        body = await gathered(self.api, before.source.order_id)
        return None if body is None else progress(body, before, edit)

    async def _make(self, body: Json, seen: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        order = self.read(body)
        variant = await self._variant(order, edit)
        refused = refusal(order, edit, variant)
        if refused is not None:
            return refused
        if _is_another(seen, order):
            return NotApplied("changed")
        quote = _quoted(order, edit, variant)
        if isinstance(quote, NotApplied):
            return quote
        plan = plan_of(body, order, edit, quote, variant, self.api.clock.now())
        return await self._carry_out(body, order, edit, plan)

    async def _carry_out(self, body: Json, order: NeutralOrder, edit: Edit, plan: Plan) -> Applied | NotApplied:
        if plan.refund is not None and (refused := await self._refund(body, plan.refund)) is not None:
            return refused
        if plan.put is not None and (refused := await self._put(order, edit, plan.put)) is not None:
            return refused
        return await self._finish(None, order, edit)

    async def _finish(self, body: Json | None, before: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Whatever is still to be done of an edit that has begun, judged by what the order says now."""
        order_id = before.source.order_id
        body = body or await gathered(self.api, order_id)
        if body is None:
            return NotApplied("cancelled", "the shop has deleted the order")
        record = next((record for record in records_of(body) if record.key == edit.key), None)
        if record is not None and record.refund is not None and _refund_of(body, edit) is None:
            refused = await self._refund(body, _on_new_line(body, record.refund, edit), by_hand_at_last=True)
            if refused is not None:
                return refused
        elif record is None and is_whole(before, edit) and _refund_of(body, edit) is not None:
            refused = await self._put(before, edit, cancelling(body, before, edit, self.api.clock.now()))
            if refused is not None:
                return refused
        else:
            return await self._told(body, before, edit)
        return await self._finish(None, before, edit)

    async def _told(self, body: Json, before: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        done = progress(body, before, edit)
        if not isinstance(done, Applied):
            raise ShopError("answer", "The shop took the change and did not keep the mark by which it is found again.")
        if overtaken(body, self.read(body), units_after(before, edit.change)):
            await self._note(body, "Units that were just taken out of this order were packed at the same moment.")
        return done

    async def _put(self, order: NeutralOrder, edit: Edit, change: Json) -> NotApplied | None:
        try:
            await self.api.ask("PUT", f"orders/{order.source.order_id}", (), change)
        except Refused as refused:
            if isinstance(edit.change, SwapVariant) and "product" in refused.code:
                return NotApplied("unavailable", refused.message)
            return NotApplied("refused", refused.message or refused.code)
        return None

    async def _refund(self, body: Json, refund: Json, *, by_hand_at_last: bool = False) -> NotApplied | None:
        """Pay back by the way of payment, where it can; else the shop pays back by hand, as its own page of refunds
        says. `by_hand_at_last`: also when the way of payment fails."""
        moves = bool(decimal(refund["amount"])) and await self._moves_money(body)
        path = f"orders/{ident(body, 'id')}/refunds"
        try:
            await self.api.ask("POST", path, (), {**refund, "api_refund": moves})
        except Refused as refused:
            if moves and by_hand_at_last:
                return await self._refund(body | {"payment_method": ""}, refund)
            return NotApplied("payment", refused.message or refused.code)
        return None

    async def _moves_money(self, body: Json) -> bool:
        method = text(body, "payment_method")
        if method is None:
            return False
        try:
            gateway = json_of(await self.api.get(f"payment_gateways/{method}"))
        except Refused:
            return False
        supports = gateway.get("method_supports") if isinstance(gateway, dict) else None
        return isinstance(supports, list) and "refunds" in supports

    async def _note(self, body: Json, words: str) -> None:
        """A word to the shop's staff. It is not worth failing for: the edit is made."""
        with contextlib.suppress(ShopError, Refused):
            note = {"note": f"Jalon: {words}", "customer_note": False}
            await self.api.ask("POST", f"orders/{ident(body, 'id')}/notes", (), note)

    async def _variant(self, order: NeutralOrder, edit: Edit) -> Variant | None:
        if not isinstance(edit.change, SwapVariant):
            return None
        wanted = edit.change.variant_id
        return next((v for v in await variants_of(self.api, order, edit.change.line_id) if v.id == wanted), None)


def progress(body: Node, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
    """How far the edit is, by what the order remembers of it."""
    record = next((record for record in records_of(body) if record.key == edit.key), None)
    refund = _refund_of(body, edit)
    if record is None and refund is None:
        return None
    if record is None and is_whole(before, edit):
        return Begun()
    if record is not None and record.refund is not None and refund is None:
        return Begun()
    pay = text(body, "payment_url") if yes(body.get("needs_payment")) else None
    return Applied(ident(refund, "id") if refund else None, pay)


def overtaken(body: Node, after: NeutralOrder, touched: Iterable[str]) -> bool:
    """Whether more units of a touched line have been packed than are wanted of it: between the last look and the
    write, since they had not been then."""
    packed = packed_units(body)
    current = {line.id: line.quantity.current for line in after.lines}
    return any(packed.get(line, 0) > current.get(line, 0) for line in touched)


def _quoted(order: NeutralOrder, edit: Edit, variant: Variant | None) -> Quote | NotApplied:
    if _is_bundle(order, edit):
        return NotApplied("unsupported", "a bundle is changed as a whole")
    found = reckoned(order, edit, variant)
    if isinstance(found, NotApplied):
        return found
    exact = found.exact and not repriced_there(order, edit)
    return not_payable(order, edit, found) or replace(found, exact=exact)


def _is_another(seen: NeutralOrder, now: NeutralOrder) -> bool:
    """Whether the order is not as it was seen. Its date of change alone does not tell: WooCommerce does not always
    move it."""
    return _face(seen) != _face(now)


def _face(order: NeutralOrder) -> Sequence[object]:
    lines = [(line.id, line.quantity, line.price, line.variant_id) for line in order.lines]
    parcels = [(parcel.id, parcel.lines, parcel.state) for parcel in order.parcels]
    ways = [(delivery.id, delivery.state, delivery.instructions) for delivery in order.deliveries]
    changes = [adjustment.id for adjustment in order.adjustments]
    sums = (order.totals.total, order.totals.refunded, order.totals.outstanding)
    ends = (order.version, order.state.payment, order.cancelled_at is None, order.closed_at is None)
    return (lines, parcels, ways, changes, sums, ends, order.address.shipping)


def _is_bundle(order: NeutralOrder, edit: Edit) -> bool:
    touched = getattr(edit.change, "line_id", None)
    lines = {touched} if touched else {line for line, _ in getattr(edit.change, "units", ())}
    parents = {line.parent_id for line in order.lines if line.parent_id}
    return any(line.id in lines and (line.parent_id or line.id in parents) for line in order.lines)


def _refund_of(body: Node, edit: Edit) -> Node | None:
    return next((refund for refund in nodes(body, "refunds") if text(edit_of(refund), "key") == edit.key), None)


def _on_new_line(body: Node, told: Node, edit: Edit) -> Json:
    """The refund that a swap still has to make, on the line that it made."""
    purse = purse_of(body)
    net, tax = (purse.minor(amount(told, name) or ZERO) or 0 for name in ("net", "tax"))
    mine = [line for line in nodes(body, "line_items") if meta_value(line, EDIT) == edit.key]
    lines = [part(line, 0, net, tax, purse) for line in mine[:1]]
    return {**{name: value for name, value in told.items() if name not in ("net", "tax")}, "line_items": lines}
