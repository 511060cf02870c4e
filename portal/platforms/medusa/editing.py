"""Changing units of an order's lines: quoted and made in a session of Medusa's, with its own taxes and promotions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SetQuantity,
    Sums,
    SwapVariant,
    Variant,
)
from portal.platforms.guards import cancelled, refusal
from portal.platforms.live import ShopError
from portal.platforms.medusa.amounts import Money, currency_of
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.lines import are_taxed_inside
from portal.platforms.medusa.promotions import ENDED, carry_over, have_ended
from portal.platforms.medusa.reading import body_of, changes_of, neutral
from portal.platforms.medusa.sessions import OPEN, Session, note_of, of_note, session, take_back
from portal.platforms.medusa.settling import Owed, applied as outcome, due, is_authorized_only, owed, settle, standing
from portal.platforms.medusa.shape import NOTHING, Node, count, nodes, part, text
from portal.platforms.medusa.totals import totals_of
from portal.platforms.neutral.parts import Amount, NeutralOrder

UnitChange = SwapVariant | SetQuantity | CancelUnits
PROMISED: Final = NotApplied("payment", "The payment is not captured yet: Medusa would let go of it with the edit.")


@dataclass(frozen=True, slots=True)
class Editor:
    """One shop. `storefront`: where its customers pay."""

    api: Api
    shop: str
    storefront: str | None = None

    async def quote(self, order: NeutralOrder, edit: Edit, variant: Variant | None) -> Quote | NotApplied:
        """What Medusa reckons; its session is taken back at once."""
        order_id = order.source.order_id
        try:
            async with session(self.api, order_id, note_of(edit.key)) as opened:
                body = await self.read(order_id)
                refused = self._refusal(body, edit, variant)
                return refused or _quoted(part(body, "order"), await self._fill(opened, order, body, edit), edit)
        except Refused as refused_:
            return refused_.outcome()

    async def apply(self, before: NeutralOrder, edit: Edit, variant: Variant | None) -> Applied | NotApplied:
        """Make it, or go on with what was made of it."""
        order_id, note = before.source.order_id, note_of(edit.key)
        made = of_note(await changes_of(self.api, order_id), note)
        if made is None or made.get("status") != "confirmed":
            refused = await self._confirm(before, edit, variant)
            if refused is not None:
                return refused
        order = part(await self.read(order_id), "order")
        await settle(self.api, before, edit, order)
        made = of_note(await changes_of(self.api, order_id), note) or NOTHING
        return outcome(text(made, "id"), part(await self.read(order_id), "order"), self.storefront)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """How far it came. What was not confirmed is taken back."""
        order_id = before.source.order_id
        found = of_note(await changes_of(self.api, order_id), note_of(edit.key))
        if found is None or found.get("status") != "confirmed":
            await self.take_back_own(order_id, found)
            return None
        order = part(await self.read(order_id), "order")
        if owed(before, edit, order) != Owed(0, 0):
            return Begun()
        return outcome(text(found, "id"), order, self.storefront)

    async def take_back_own(self, order_id: str, change: Node | None) -> None:
        """End a session of ours that a crash left open."""
        if change is not None and change.get("status") in OPEN:
            with suppress(Refused):  # it ended meanwhile
                await take_back(self.api, order_id)

    async def read(self, order_id: str) -> Node:
        """The order as it is. Raises ShopError when it is gone."""
        body = await body_of(self.api, order_id)
        if body is None:
            raise ShopError("answer", "Medusa has this order no more.")
        return body

    async def _confirm(self, before: NeutralOrder, edit: Edit, variant: Variant | None) -> NotApplied | None:
        """While the session is open nothing of the order can be packed: what is read inside it still holds when it is
        confirmed."""
        order_id = before.source.order_id
        path = f"/admin/order-edits/{escaped(order_id)}"
        try:
            async with session(self.api, order_id, note_of(edit.key)) as opened:
                body = await self.read(order_id)
                refused = self._refusal(body, edit, variant)
                if refused is not None:
                    return refused
                await self._fill(opened, before, body, edit)
                await self.api.post(f"{path}/request", {"no_notification": not edit.tell_customer})
                await self._make(opened, path)
        except Refused as refused_:
            return refused_.outcome()
        return None

    async def _make(self, opened: Session, path: str) -> None:
        opened.made = True
        try:
            await self.api.post(f"{path}/confirm")
        except Refused:
            opened.made = False  # Medusa says that it did not, for want of stock for one
            raise

    def _refusal(self, body: Node, edit: Edit, variant: Variant | None) -> NotApplied | None:
        """Why the order does not allow the edit, as it is now."""
        order = part(body, "order")
        refused = refusal(neutral(body, self.shop), edit, variant)
        if refused is not None:
            return refused
        if is_authorized_only(order):
            return PROMISED
        return ENDED if have_ended(order, self.api.wire.clock.now()) else None

    async def _fill(self, opened: Session, order: NeutralOrder, body: Node, edit: Edit) -> Node:
        """Put the change into the open session; returns the order as it would be."""
        await carry_over(self.api, part(body, "order"), opened.change)
        path = f"/admin/order-edits/{escaped(order.source.order_id)}/items"
        items = {text(item, "id"): item for item in nodes(part(body, "order"), "items")}
        answer: Node = NOTHING
        for line, more in _by_line(order, edit):
            quantity = (count(items.get(line, NOTHING), "quantity") or 0) + more
            answer = await self.api.post(f"{path}/item/{escaped(line)}", {"quantity": quantity})
        if isinstance(edit.change, SwapVariant):
            answer = await self.api.post(path, {"items": [_fresh(edit.change, items)]})
        return part(answer, "order_preview")


def _by_line(order: NeutralOrder, edit: Edit) -> Iterator[tuple[str, int]]:
    """(line id, units more or less)."""
    match edit.change:
        case SwapVariant(line_id, _, quantity):
            yield line_id, -quantity
        case SetQuantity(line_id, quantity):
            current = next((line.quantity.current for line in order.lines if line.id == line_id), 0)
            yield line_id, quantity - current
        case CancelUnits() as change:
            yield from ((line, -quantity) for line, quantity in cancelled(change).items())


def _fresh(change: SwapVariant, items: Mapping[str | None, Node]) -> Node:
    """The line that comes: what its customer had written on the old one goes with it."""
    metadata = part(items.get(change.line_id, NOTHING), "metadata")
    return {"variant_id": change.variant_id, "quantity": change.quantity, "metadata": dict(metadata)}


def _quoted(order: Node, preview: Node, edit: Edit) -> Quote:
    money = Money(currency_of(order))
    before, after = sums(order, order, money), sums(preview, order, money)
    now, then = standing(order, money), standing(preview, money)
    back = -min(0, due(now.costs, then.costs, now.paid))
    fee = min(max(0, edit.fee.shop or 0), back)
    return Quote(
        before=before,
        after=replace(after, fees=_more(after.fees, fee), total=_more(after.total, fee)),
        fee=_both(fee),
        due=_both(due(now.costs, then.costs + fee, now.paid)),
        exact=True,
    )


def sums(preview: Node, order: Node, money: Money) -> Sums:
    """The sums of an order, or of what it would be."""
    found = totals_of(preview, money, taxed_inside=are_taxed_inside(order) is True)
    return Sums(
        **{name: _both(found[name]["shop"]) for name in ("lines", "shipping", "tax", "discount", "fees", "total")}
    )


def _more(amount: Amount, fee: int) -> Amount:
    return _both(None if amount.shop is None else amount.shop + fee)


def _both(amount: int | None) -> Amount:
    """Medusa's orders have one currency."""
    return Amount(shop=amount, buyer=amount)
