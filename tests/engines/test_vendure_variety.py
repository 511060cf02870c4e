"""Orders of every kind on a real Vendure: what the portal reads is exact, and so are quotes."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    CancelUnits,
    Change,
    NotApplied,
    Quote,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.units import editable_units
from portal.platforms.vendure.shape import in_minor
from tests.engines.connected import connected
from tests.engines.sides import edit_of as edit, line_of
from tests.engines.vendure_merchant import VendureMerchant
from tests.engines.vendure_stock import COUPON, MARKETS

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

WANTED = {"TEE-S-RED": 3, "TEE-L-SAGE": 1, "MUG": 2}
FEES = {"EUR": 150, "JPY": 200, "KWD": 1250, "USD": 199}


def adds_up(order: NeutralOrder, shop: VendureMerchant) -> None:
    """The document's sums are the engine's, and come to one another."""
    seen = shop.seen(order.source.order_id)
    currency = order.currency.shop or ""
    totals = order.totals
    told = [in_minor(units, currency) for units in (seen.total, seen.refunded, seen.outstanding)]
    assert [totals.total.shop, totals.refunded.shop] == told[:2]
    assert seen.cancelled or totals.outstanding.shop == told[2]
    parts = [totals.lines, totals.shipping, totals.fees, *(() if order.taxes_included else (totals.tax,))]
    assert abs(sum(part.shop or 0 for part in parts) - (totals.total.shop or 0)) <= (
        len(parts) if currency == "JPY" else 0
    )
    lines = [line.price.total_after_discounts.shop or 0 for line in order.lines]
    assert abs(sum(lines) - (totals.lines.shop or 0)) <= (len(lines) if currency == "JPY" else 0)
    for line in order.lines:
        quantity = line.quantity
        assert quantity.ordered == quantity.current + quantity.refunded + quantity.removed


@pytest.mark.parametrize("coupon", [None, COUPON], ids=["", "coupon"])
@pytest.mark.parametrize("channel", MARKETS)
async def test_every_currency_with_taxes_and_without(
    vendure_shop: VendureMerchant, channel: str, coupon: str | None
) -> None:
    market = MARKETS[channel]
    how: dict[str, Any] = {"coupon": coupon} if coupon else {}
    identity = vendure_shop.order_in(channel, WANTED, **how)
    async with connected(vendure_shop.in_channel(channel)) as portal:
        order = await portal.order(identity)
        assert (order.currency.shop, order.taxes_included) == (market.currency, market.gross)
        adds_up(order, vendure_shop)
        assert bool(order.totals.discount.shop) == bool(coupon)
        for change in (
            CancelUnits(((line_of(order, "MUG"), 1),)),
            SwapVariant(line_of(order, "TEE-S-RED"), vendure_shop.engine.stocked.variants["TEE-L-RED"], 2),
            CancelUnits(((line_of(order, "TEE-S-RED"), 1), (line_of(order, "TEE-L-SAGE"), 1))),
        ):
            order = await exactly(portal, vendure_shop, order, change, FEES[market.currency])
            if order.totals.outstanding.shop:
                vendure_shop.settle(identity)
                order = await portal.order(identity)


async def exactly(portal: Any, shop: VendureMerchant, order: NeutralOrder, change: Change, fee: int) -> NeutralOrder:
    """The edit comes to what was quoted, to the last unit."""
    wanted = edit(change, fee)
    quoted = await portal.quote(order, wanted)
    assert isinstance(quoted, Quote), quoted
    assert isinstance(await portal.apply(order, wanted), Applied)
    after: NeutralOrder = await portal.order(order.source.order_id)
    adds_up(after, shop)
    for name in ("lines", "shipping", "tax", "discount", "fees", "total"):
        assert getattr(after.totals, name) == getattr(quoted.after, name), name
    before = (order.totals.outstanding.shop or 0) - (order.totals.refunded.shop or 0)
    now = (after.totals.outstanding.shop or 0) - (after.totals.refunded.shop or 0)
    assert now - before == quoted.due.shop
    return after


async def test_the_units_of_many_parcels(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.place(WANTED)
    vendure_shop.ship(identity, {"TEE-S-RED": 1, "MUG": 1}, "6A00000000101")
    second = vendure_shop.ship(identity, {"TEE-S-RED": 1}, "6A00000000102")
    vendure_shop.pack(identity, {"TEE-L-SAGE": 1})
    given_up = vendure_shop.pack(identity, {"MUG": 1})
    vendure_shop.give_up(given_up)
    vendure_shop.deliver(identity, second)
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
    adds_up(order, vendure_shop)
    left = {line.sku: editable_units(order)[line.id] for line in order.lines}
    assert left == {"TEE-S-RED": 1, "TEE-L-SAGE": 0, "MUG": 1}
    assert [parcel.status for parcel in order.parcels] == ["handed_over", "delivered", "preparing", "cancelled"]
    assert all(event.at for parcel in order.parcels for event in parcel.events)
    assert order.parcels[1].delivered_at is not None


async def test_what_staff_did_by_hand_is_read(vendure_shop: VendureMerchant) -> None:
    """A surcharge, fewer units, a refund that nothing was given for, and one that the bank refused."""
    identity = vendure_shop.place(WANTED)
    vendure_shop.modify(identity, {"MUG": 1}, refund=2160)
    vendure_shop.refund(identity, 500)
    vendure_shop.refund(identity, 1313)
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
    adds_up(order, vendure_shop)
    assert order.totals.refunded.shop == 2660
    assert order.totals.outstanding.shop == 500
    assert [(a.type, a.status, a.amount.shop, a.by) for a in order.adjustments] == [
        ("cancel", "completed", -2160, "staff"),
        ("refund", "completed", -500, "staff"),
        ("refund", "failed", -1313, "staff"),
    ]


async def test_what_is_engraved_goes_with_the_other_size(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.order_in("gross", {"TEE-S-RED": 2}, engraving="Für Zoé")
    async with connected(vendure_shop.in_channel("gross")) as portal:
        order = await portal.order(identity)
        assert order.lines[0].personalisation[0].value == "Für Zoé"
        assert order.lines[0].flags.personalised
        other = vendure_shop.engine.stocked.variants["TEE-M-RED"]
        for _ in range(2):  # the second time there is a line for it
            order = await exactly(portal, vendure_shop, order, SwapVariant(order.lines[0].id, other, 1), 0)
    assert [(line.sku, line.quantity.current, line.personalisation[0].value) for line in order.lines] == [
        ("TEE-S-RED", 0, "Für Zoé"),
        ("TEE-M-RED", 2, "Für Zoé"),
    ]


async def test_what_is_not_paid_yet(vendure_shop: VendureMerchant) -> None:
    """An authorised payment cannot go back in part; it is let go with the whole order."""
    identity = vendure_shop.place({"TEE-S-RED": 2}, paid=False)
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
        assert order.state.payment == "authorized"
        fewer = edit(CancelUnits(((order.lines[0].id, 1),)))
        for ask in (portal.quote, portal.apply):
            refused = await ask(order, fewer)
            assert isinstance(refused, NotApplied)
            assert refused.why == "payment"
        assert vendure_shop.told(identity)["state"] == "PaymentAuthorized"
        same = SwapVariant(order.lines[0].id, vendure_shop.engine.stocked.variants["TEE-M-RED"], 1)
        order = await exactly(portal, vendure_shop, order, same, 0)
        assert vendure_shop.told(identity)["state"] == "PaymentAuthorized"
        whole = edit(CancelOrder("customer"), fee=500)
        quoted = await portal.quote(order, whole)
        assert (quoted.due.shop, quoted.fee.shop) == (0, 0)
        assert isinstance(await portal.apply(order, whole), Applied)
        order = await portal.order(identity)
    assert vendure_shop.told(identity)["payments"][0]["state"] == "Cancelled"
    assert (order.cancel_reason, order.state.payment, order.totals.refunded.shop) == ("customer", "voided", 0)


async def test_what_goes_back_is_shared_over_the_payments(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.place({"MUG": 1, "TEE-S-RED": 1})
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
        order = await exactly(portal, vendure_shop, order, SetQuantity(line_of(order, "MUG"), 4), 0)
        assert order.deliveries[0].state == "on_hold"
        paid = await portal.applied(order, edit(CancelOrder()))
        assert paid is None
        vendure_shop.settle(identity)
        order = await portal.order(identity)
        four = CancelUnits(((line_of(order, "MUG"), 4),))
        order = await exactly(portal, vendure_shop, order, four, 0)
        assert order.totals.refunded.shop == 8640
        whole = await exactly_cancelled(portal, order, fee=100)
    adds_up(whole, vendure_shop)
    assert whole.totals.refunded.shop == 12228 - 100
    payments = vendure_shop.told(identity)["payments"]
    assert [sum(refund["total"] for refund in payment["refunds"]) for payment in payments] == [5748, 6380]


async def exactly_cancelled(portal: Any, order: NeutralOrder, fee: int) -> NeutralOrder:
    wanted = edit(CancelOrder(), fee)
    quoted = await portal.quote(order, wanted)
    assert isinstance(await portal.apply(order, wanted), Applied)
    after: NeutralOrder = await portal.order(order.source.order_id)
    back = (after.totals.refunded.shop or 0) - (order.totals.refunded.shop or 0)
    assert (quoted.due.shop, quoted.fee.shop) == (-back, fee)
    return after


async def test_what_cannot_be_had_is_refused(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.place({"TEE-S-RED": 3})
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
        line = order.lines[0].id
        scarce = next(v for v in await portal.variants(order, line) if v.title.endswith("M Sage"))
        assert scarce.available == 2
        for change, why in (
            (SwapVariant(line, scarce.id, 3), "unavailable"),
            (SwapVariant(line, vendure_shop.engine.stocked.variants["MUG"], 1), "unavailable"),
            (SwapVariant(line, "9999", 1), "unavailable"),
            (SetQuantity(line, 2000), "unavailable"),
            (CancelUnits((("9999", 1),)), "changed"),
            (CancelUnits(((line, 4),)), "changed"),
        ):
            for ask in (portal.quote, portal.apply):
                refused = await ask(order, edit(change))
                assert isinstance(refused, NotApplied), (change, refused)
                assert refused.why == why, (change, refused)
        assert vendure_shop.told(identity)["state"] == "PaymentSettled"
        assert (await portal.order(identity)).model_dump() == order.model_dump()


async def test_more_is_refused_where_it_could_not_be_paid(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.place({"TEE-S-RED": 1})
    account = vendure_shop.without("pay_url")
    async with connected(account) as portal:
        order = await portal.order(identity)
        for ask in (portal.quote, portal.apply):
            refused = await ask(order, edit(SetQuantity(order.lines[0].id, 2)))
            assert isinstance(refused, NotApplied)
            assert refused.why == "payment"
    async with connected(vendure_shop.account) as portal:
        done = await portal.apply(order, edit(SetQuantity(order.lines[0].id, 2)))
        assert done.pay_url == f"https://atelier-lune.example/pay/{order.number}"


async def test_a_refund_that_the_bank_refuses_is_gone_on_with(vendure_shop: VendureMerchant) -> None:
    """13.13 is what it refuses. The order is cancelled by then: the edit is begun, and not made."""
    identity = vendure_shop.order_in("gross", {"MUG": 1})
    async with connected(vendure_shop.in_channel("gross")) as portal:
        order = await portal.order(identity)
        wanted = edit(CancelOrder(), fee=1199 + 490 - 1313)
        assert (await portal.quote(order, wanted)).due.shop == -1313
        for _ in range(2):
            with pytest.raises(ShopError, match="could not go back"):
                await portal.apply(order, wanted)
            assert isinstance(await portal.applied(order, wanted), Begun)
    assert vendure_shop.seen(identity).refunded == 0


@pytest.mark.parametrize(("ship", "method"), [("pickup", "pickup"), ("digital", "digital")])
async def test_what_is_not_sent(vendure_shop: VendureMerchant, ship: str, method: str) -> None:
    identity = vendure_shop.order_in("gross", {"MUG": 1}, ship=ship, phone=None)
    async with connected(vendure_shop.in_channel("gross")) as portal:
        order = await portal.order(identity)
    adds_up(order, vendure_shop)
    assert [delivery.method for delivery in order.deliveries] == [method]
    assert order.contact.phone is None
    assert order.lines[0].requires_shipping == (method == "pickup")
