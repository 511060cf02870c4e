"""What a real Medusa makes of edits: money in every currency, discounts, payments that are only promised, sessions of
others, parcels that leave in between, and a wire that breaks after each request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import Address, NeutralOrder
from tests.engines.connected import Scissors, connected
from tests.engines.medusa_merchant import MedusaMerchant
from tests.engines.sides import Sides, edit_of, line_of, told

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

SHIRTS = {"TEE-S-RED": 3, "MUG": 1}
ELSEWHERE = Address(name="Zoé Lambert", line1="9 quai Perrache", postcode="69002", city="Lyon", country="FR")
READ = 1  # requests of reading an order that nothing was done to
Make = Callable[[NeutralOrder], Change]


def one_shirt_less(order: NeutralOrder) -> Change:
    return CancelUnits(((line_of(order, "TEE-S-RED"), 1),))


def large_shirt(shop: MedusaMerchant) -> Make:
    return lambda order: SwapVariant(line_of(order, "TEE-S-RED"), shop.stocked.variants["TEE-L-RED"], 1)


async def quoted_and_made(sides: Sides, order_id: str, make: Make, fee: int = 0) -> Quote:
    """The edit comes to what was quoted, to the last unit of money, and is found by its key."""
    before = await sides.order(order_id)
    edit = edit_of(make(before), fee)
    quote = await sides.editable.quote(before, edit)
    assert isinstance(quote, Quote), quote
    assert told(await sides.order(order_id)) == told(before)
    assert isinstance(await sides.editable.apply(before, edit), Applied)
    after = await sides.order(order_id)
    for name in ("lines", "shipping", "tax", "discount", "fees", "total"):
        assert getattr(after.totals, name) == getattr(quote.after, name), name
    paid = (after.totals.outstanding.shop or 0) - (before.totals.outstanding.shop or 0)
    returned = (after.totals.refunded.shop or 0) - (before.totals.refunded.shop or 0)
    assert quote.due.shop == paid - returned
    assert isinstance(await sides.editable.applied(before, edit), Applied)
    return quote


@pytest.mark.parametrize(("currency", "back", "more"), [("jpy", 3175, 330), ("kwd", 7000, 500), ("usd", 3091, 214)])
async def test_money_is_exact_in_every_currency(
    medusa_shop: MedusaMerchant, currency: str, back: int, more: int
) -> None:
    """Yen without cents, dinars with a thousand, and a tax of 7.25 % that Medusa does not round."""
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.order_in(currency, SHIRTS)
        less = await quoted_and_made(sides, order_id, one_shirt_less, fee=125)
        assert (less.due.shop, less.fee.shop) == (-back, 125)
        dearer = await quoted_and_made(sides, order_id, large_shirt(medusa_shop))
        assert dearer.due.shop == more


async def test_a_discount_stays_a_discount(medusa_shop: MedusaMerchant) -> None:
    """10 % off: a shirt goes back for what was paid for it, and the one that comes is 10 % off too. Once the promotion
    has ended Medusa would take the whole discount away: that is the shop's to decide."""
    promotion = medusa_shop.promote("TEN", 10)
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.order_in("eur", SHIRTS, promotion="TEN")
        assert (await quoted_and_made(sides, order_id, one_shirt_less)).due.shop == -2700
        assert (await quoted_and_made(sides, order_id, large_shirt(medusa_shop))).due.shop == 270
        medusa_shop.end(promotion)
        before = await sides.order(order_id)
        refused = await sides.edit(order_id, one_shirt_less(before))
        assert isinstance(refused, NotApplied)
        assert refused.why == "unsupported"
        assert told(await sides.order(order_id)) == told(before)


async def test_a_payment_that_is_only_promised_is_not_let_go_of(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place(SHIRTS, paid=False)
        order = await shop.order(order_id)
        assert (order.state.payment, order.totals.outstanding.shop) == ("authorized", 0)
        for answer in (
            await shop.quote(order, edit_of(one_shirt_less(order))),
            await sides.edit(order_id, one_shirt_less(order)),
        ):
            assert isinstance(answer, NotApplied)
            assert answer.why == "payment"
        assert isinstance(await sides.edit(order_id, SetAddress(ELSEWHERE)), Applied)
        medusa_shop.capture(order_id)  # the promise still holds
        assert (await sides.order(order_id)).state.payment == "paid"


async def test_a_whole_order_is_cancelled_and_paid_back(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place(SHIRTS)
        order = await sides.order(order_id)
        with_fee = await shop.quote(order, edit_of(CancelOrder(), fee=500))
        assert isinstance(with_fee, NotApplied)
        everything = CancelUnits(tuple((line.id, line.quantity.current) for line in order.lines))
        quote = await shop.quote(order, edit_of(everything))
        assert isinstance(quote, Quote)
        assert quote.due.shop == -11748  # with what sending cost
        edit = edit_of(CancelOrder())
        assert await shop.applied(order, edit) is None
        assert isinstance(await shop.apply(order, edit), Applied)
        assert isinstance(await shop.applied(order, edit), Applied)
        after = await sides.order(order_id)
        assert (after.cancelled_at is not None, after.totals.refunded.shop) == (True, 11748)
        again = await sides.edit(order_id, CancelOrder())
        assert again == NotApplied("cancelled")


async def test_instructions_are_written_and_taken_away(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place({"MUG": 1})
        for words in ("Leave it with Ms Özil", None):
            before, edit = await sides.order(order_id), edit_of(SetInstructions(words))
            assert await shop.applied(before, edit) is None
            assert isinstance(await shop.apply(before, edit), Applied)
            assert isinstance(await shop.applied(before, edit), Applied)
            assert [delivery.instructions for delivery in (await sides.order(order_id)).deliveries] == [words]


async def test_what_cannot_be_had_is_said(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place(SHIRTS)
        order = await sides.order(order_id)
        for change in (
            SetQuantity(line_of(order, "TEE-S-RED"), 5000),
            SwapVariant(line_of(order, "TEE-S-RED"), medusa_shop.stocked.variants["MUG"], 1),
            SwapVariant(line_of(order, "TEE-S-RED"), "variant_that_is_none", 1),
        ):
            answer = await sides.edit(order_id, change)
            assert isinstance(answer, NotApplied)
            assert answer.why == "unavailable"
        assert await sides.edit(order_id, SetAddress(ELSEWHERE.model_copy(update={"country": "DE"}))) == NotApplied(
            "unsupported", "the address is in another country"
        )
        assert medusa_shop.open_edits(order_id) == []


async def test_somebody_at_the_shop_who_edits_is_not_disturbed(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place(SHIRTS)
        medusa_shop.begin_edit(order_id)
        order = await sides.order(order_id)
        quote = await shop.quote(order, edit_of(one_shirt_less(order)))
        assert isinstance(quote, NotApplied)
        for change in (one_shirt_less(order), SetAddress(ELSEWHERE), CancelOrder()):
            answer = await sides.edit(order_id, change)
            assert isinstance(answer, NotApplied)
            assert (quote.why, answer.why) == ("busy", "busy")
        assert len(medusa_shop.open_edits(order_id)) == 1
        medusa_shop.end_edit(order_id)
        assert isinstance(await sides.edit(order_id, one_shirt_less(order)), Applied)


async def test_an_edit_that_a_crash_left_open_is_taken_back_by_the_next(medusa_shop: MedusaMerchant) -> None:
    """A quote of another edit: nobody will ask after it by its key."""
    order_id = medusa_shop.place(SHIRTS)
    async with connected(medusa_shop.account, Scissors(3, "after")) as cut:
        order = await cut.order(order_id)
        with pytest.raises(ShopError):
            await cut.quote(order, edit_of(one_shirt_less(order)))
    assert len(medusa_shop.open_edits(order_id)) == 1
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order = await sides.order(order_id)
        young = await sides.edit(order_id, one_shirt_less(order))
        assert isinstance(young, NotApplied)  # it may still be at work
        assert young.why == "busy"
        medusa_shop.age_open_edits(order_id)
        assert isinstance(await sides.edit(order_id, one_shirt_less(order)), Applied)
    assert medusa_shop.open_edits(order_id) == []


async def writes_of(shop: MedusaMerchant, make: Make, fee: int) -> list[int]:
    """Which of the requests of an edit write something; what a wire cut elsewhere leaves is what one of these left."""
    found: list[int] = []
    order_id = shop.place(SHIRTS)
    async with connected(shop.account, between=lambda n, body: found.append(n) if body else None) as counted:
        before = await counted.order(order_id)
        found.clear()
        assert isinstance(await counted.apply(before, edit_of(make(before), fee)), Applied)
    return [number - READ for number in found]


async def made_whatever_breaks(shop: MedusaMerchant, edit: Edit, before: NeutralOrder, cut: int) -> None:
    """Make an edit over a wire that breaks after so many requests, then go on as the portal does until it is made."""
    async with connected(shop.account, Scissors(cut, "after")) as broken:
        with pytest.raises(ShopError):
            await broken.apply(before, edit)
    async with connected(shop.account) as whole:
        found = await whole.applied(before, edit)
        if not isinstance(found, Applied):
            order = before if found is not None else await whole.order(before.source.order_id)
            assert isinstance(await whole.apply(order, edit), Applied)
        assert isinstance(await whole.applied(before, edit), Applied)


@pytest.mark.parametrize("kind", ["cancel units with a fee", "swap", "address", "cancel"])
async def test_a_wire_that_breaks_anywhere_leaves_nothing_half_made_and_nothing_made_twice(
    medusa_shop: MedusaMerchant, kind: str
) -> None:
    makes: dict[str, tuple[Make, int]] = {
        "cancel units with a fee": (one_shirt_less, 500),
        "swap": (large_shirt(medusa_shop), 0),
        "address": (lambda _: SetAddress(ELSEWHERE), 0),
        "cancel": (lambda _: CancelOrder(), 0),
    }
    make, fee = makes[kind]
    writes = await writes_of(medusa_shop, make, fee)
    assert len(writes) >= 2
    ended: list[Any] = []
    for cut in writes:
        order_id = medusa_shop.place(SHIRTS)
        async with connected(medusa_shop.account) as shop:
            before = await shop.order(order_id)
        await made_whatever_breaks(medusa_shop, edit_of(make(before), fee), before, cut)
        ended.append(medusa_shop.seen(order_id))
        assert medusa_shop.open_edits(order_id) == []
    assert [seen for seen in ended if seen != ended[0]] == []
    assert ended[0] != medusa_shop.seen(medusa_shop.place(SHIRTS))


async def test_a_parcel_that_leaves_at_any_moment_of_an_edit_wins_or_waits(medusa_shop: MedusaMerchant) -> None:
    """The warehouse packs all shirts before each write in turn: either it was first and the edit is refused, or Medusa
    makes it wait and the edit is made."""
    outcomes = []
    for moment in await writes_of(medusa_shop, one_shirt_less, 0):
        order_id = medusa_shop.place(SHIRTS)

        def pack(count: int, _: bytes, order: str = order_id, at: int = moment) -> None:
            if count == at:
                with suppress(AssertionError):  # Medusa refuses while an edit is open
                    medusa_shop.ship(order, {"TEE-S-RED": 3}, "6A12345678901")

        async with connected(medusa_shop.account) as shop:
            before = await shop.order(order_id)
        async with connected(medusa_shop.account, between=pack) as racing:
            answer = await racing.apply(before, edit_of(one_shirt_less(before)))
        seen, made = medusa_shop.seen(order_id), isinstance(answer, Applied)
        assert seen.units["TEE-S-RED"] == (2 if made else 3)
        assert seen.shipped.get("TEE-S-RED", 0) == (0 if made else 3)
        outcomes.append(made)
    assert outcomes == [False, *(True for _ in outcomes[1:])]
