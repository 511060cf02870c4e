"""Edits as the tests make them: quoted, made once, or refused without a trace."""

from __future__ import annotations

from uuid import uuid4

from portal.platforms.changes import Applied, Change, Edit, NotApplied, Quote
from portal.platforms.neutral.parts import Address, Amount, NeutralOrder
from portal.platforms.shopify.shop import ShopifyShop
from tests.support.shopify.records import Order

LILLE = Address(name="Zoë Łukasz", line1="9 rue Neuve", line2="2e", postcode="59000", city="Lille", country="FR")


def edit(change: Change, fee: int = 0, **members: object) -> Edit:
    kept = Amount(shop=fee, buyer=fee) if fee else Amount()
    return Edit(str(uuid4()), change, kept, **members)  # type: ignore[arg-type] # by name


def both(amount: int) -> Amount:
    return Amount(shop=amount, buyer=amount)


async def seen(shop: ShopifyShop, order: Order) -> NeutralOrder:
    document = await shop.order(order.id)
    assert document is not None
    return document


async def quoted(shop: ShopifyShop, order: Order, wish: Edit) -> Quote:
    found = await shop.quote(await seen(shop, order), wish)
    assert isinstance(found, Quote), found
    return found


async def made(shop: ShopifyShop, order: Order, wish: Edit) -> Applied:
    before = await seen(shop, order)
    assert await shop.applied(before, wish) is None
    outcome = await shop.apply(before, wish)
    assert isinstance(outcome, Applied), outcome
    again = await shop.applied(before, wish)
    assert again == outcome
    assert await shop.apply(before, wish) == outcome  # asked again, nothing more happens
    return outcome


async def refused(shop: ShopifyShop, order: Order, wish: Edit) -> NotApplied:
    before, rev = await seen(shop, order), order.rev
    quote = await shop.quote(before, wish)
    outcome = await shop.apply(before, wish)
    assert isinstance(outcome, NotApplied), outcome
    assert quote == outcome or isinstance(quote, Quote)
    assert order.rev == rev
    assert await shop.applied(before, wish) is None
    return outcome


def units(order: Order) -> dict[str, int]:
    return {item.variant.title if item.variant else item.title: item.current for item in order.items}
