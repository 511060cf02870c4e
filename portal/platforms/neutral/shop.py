"""The native shop: orders that are kept here and nowhere else, changed in our own book.

What a change makes of a document is worked out by pure modules; here it is put in the place of the document that was
read, or refused when that is another one by now. Nothing is asked of any network.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms.changes import Applied, Can, Edit, NotApplied, Quote, SwapVariant, Variant
from portal.platforms.live import Account, Book, Finding, Manifest, Page, ShopError, Wire
from portal.platforms.neutral import handing, holding
from portal.platforms.neutral.amend import amended, made
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.pricing import quote

MANIFEST: Final = Manifest(
    slug="neutral",
    label="Orders kept here",
    credentials=(
        Credential("shop", "The shop whose orders are kept here: their `source.shop`", secret=False),
        Credential("keep_shipping", "`yes`: shipping is not refunded with a whole order", required=False, secret=False),
    ),
    can=frozenset(Can) - {Can.RETURN, Can.EVENTS},
    docs="docs/native-shop.md",
    kept_here=True,
)
_YES: Final = frozenset({"yes", "true", "1"})
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another one
_TRIES: Final = 3

Change = Callable[[NeutralOrder], NeutralOrder | NotApplied]


class Native:
    """Opens the shop."""

    manifest = MANIFEST

    def open(self, account: Account, wire: Wire) -> NativeShop:
        """See `Live.open`."""
        if wire.book is None:
            raise ShopError("credentials", "There is no book of orders to keep them in.")
        keep = account.credentials.get("keep_shipping", "").strip().lower() in _YES
        return NativeShop(account.credentials["shop"].strip(), wire.book, wire.clock.now, keep)


@dataclass(frozen=True, slots=True)
class NativeShop:
    """One shop's orders in the book. `now` tells the time."""

    name: str
    book: Book
    now: Callable[[], datetime]
    keep_shipping: bool = False
    manifest: Manifest = MANIFEST

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:  # noqa: ARG002 - nobody delivers anything to it
        """See `Shop.check`."""
        return [Finding(f"Orders of {self.name} are kept here", ok=True)]

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `Shop.order`."""
        return await self.book.find(self.name, order_id)

    async def page(self, since: datetime | None, cursor: str | None) -> Page:  # noqa: ARG002 - they are here already
        """See `Shop.page`: nothing is to be fetched."""
        return Page((), None)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """See `Editable.variants`."""
        line = next((line for line in order.lines if line.id == line_id), None)
        if line is None or line.product_id is None:
            return ()
        found = await self.book.variants(self.name, line.product_id, order.currency.shop)
        return [_in_both(order, variant) for variant in found if variant.id != line.variant_id]

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """See `Editable.quote`."""
        return quote(order, edit, await self._wanted(order, edit), keep_shipping=self.keep_shipping)

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """See `Editable.apply`."""
        now = await self.order(order.source.order_id)
        if now is None:
            return NotApplied("changed", "the order is not here any more")
        if made(now, edit.key):
            return Applied(edit.key, now.links.pay_outstanding)
        variant = await self._wanted(now, edit)
        changed = amended(now, edit, self.now(), variant, keep_shipping=self.keep_shipping)
        if isinstance(changed, NotApplied):
            return changed
        if now != order or not await self.book.replace(now, changed):
            return NotApplied("changed")
        return Applied(edit.key, changed.links.pay_outstanding)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | None:
        """See `Editable.applied`."""
        now = await self.order(before.source.order_id)
        return Applied(edit.key, now.links.pay_outstanding) if now is not None and made(now, edit.key) else None

    async def hold(self, order_id: str, key: str) -> bool:
        """See `Holds.hold`."""
        for _ in range(_TRIES):
            order = await self.order(order_id)
            held = holding.held(order, key, self.now()) if order is not None else None
            if order is None or held is None:
                return False
            if held is order or await self.book.replace(order, held):
                return True
        return False

    async def release(self, order_id: str, key: str) -> None:
        """See `Holds.release`."""
        while (order := await self.order(order_id)) is not None:
            free = holding.released(order, key, self.now())
            if free is order or await self.book.replace(order, free):
                return

    async def preparing(self, order: NeutralOrder, key: str) -> Applied | NotApplied:
        """See `Prepares.preparing`."""
        return await self._do(order, key, lambda now: handing.preparing(now, self.now()))

    async def settled(self, order: NeutralOrder, key: str) -> Applied | NotApplied:
        """See `Prepares.settled`."""
        return await self._do(order, key, lambda now: handing.settled(now, self.now()))

    async def ship(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], carrier: str | None, number: str | None
    ) -> Applied | NotApplied:
        """See `Ships.ship`."""
        wanted = Counter[str]()
        for line, quantity in units:
            wanted[line] += quantity
        tracking = handing.tracking_of(carrier, number)
        return await self._do(order, key, lambda now: handing.shipped(now, key, wanted, tracking, self.now()))

    async def ready(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """See `Ships.ready`."""
        code = new_code()
        return await self._do(order, key, lambda now: handing.ready(now, delivery_id, code, self.now()))

    async def collected(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """See `Ships.collected`."""
        return await self._do(order, key, lambda now: handing.collected(now, delivery_id, self.now()))

    async def delivered(self, order: NeutralOrder, key: str, parcel_id: str) -> Applied | NotApplied:
        """See `Ships.delivered`."""
        return await self._do(order, key, lambda now: handing.delivered(now, parcel_id, self.now()))

    async def _do(self, order: NeutralOrder, key: str, change: Change) -> Applied | NotApplied:
        """What the shop says of the order as it is now: it holds for that one too, or is refused."""
        for _ in range(_TRIES):
            now = await self.order(order.source.order_id)
            if now is None:
                return NotApplied("changed", "the order is not here any more")
            changed = change(now)
            if isinstance(changed, NotApplied):
                return changed
            if changed is now or await self.book.replace(now, changed):
                return Applied(key)
        return NotApplied("busy", "the order is being changed again and again")

    async def _wanted(self, order: NeutralOrder, edit: Edit) -> Variant | None:
        if not isinstance(edit.change, SwapVariant):
            return None
        found = await self.variants(order, edit.change.line_id)
        return next((variant for variant in found if variant.id == edit.change.variant_id), None)


def new_code() -> str:
    """A code to collect an order with, as it is read aloud: 40 random bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _in_both(order: NeutralOrder, variant: Variant) -> Variant:
    """The variant with its price in both currencies, where they are one."""
    if order.currency.shop != order.currency.buyer or variant.price.shop is None:
        return variant
    price = Amount(shop=variant.price.shop, buyer=variant.price.shop)
    return Variant(variant.id, variant.title, variant.options, price, variant.available)


LIVE: Final = Native()
