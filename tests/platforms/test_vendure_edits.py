"""Edits on a played Vendure, whose documents are executed against the real one's schema: what is asked, in which order,
and what its answers mean. tests/engines does the same on a real one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from graphql import GraphQLError

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    CancelUnits,
    Change,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import Account, ShopError
from portal.platforms.neutral.parts import Address
from tests.engines.connected import Scissors, connected
from tests.engines.sides import edit_of
from tests.support.vendure import PASSWORD, PlayedVendure, error, playing_vendure

HOME = Address(name="Inès Ferrand", line1="9 rue Neuve", postcode="69001", city="Lyon", country="FR")


@pytest.fixture
def shop() -> Iterator[tuple[PlayedVendure, str]]:
    """A played Vendure and its address."""
    with playing_vendure() as found:
        yield found


def account(url: str, **more: str) -> Account:
    return Account("vendure", {"url": url, "username": "portal", "password": PASSWORD, **more})


@pytest.fixture
async def portal(shop: tuple[PlayedVendure, str]) -> AsyncIterator[Any]:
    """The portal's way to it."""
    async with connected(account(shop[1], pay_url="https://shop.example/pay/{code}")) as found:
        yield found


@pytest.fixture
def vendure(shop: tuple[PlayedVendure, str]) -> PlayedVendure:
    """Its own side."""
    return shop[0]


def lines(vendure: PlayedVendure, order: str) -> dict[str, int]:
    return {line["productVariant"]["id"]: line["quantity"] for line in vendure.orders[order]["lines"]}


async def test_a_swap_asks_for_as_little_as_it_can(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 2})
    order = await portal.order(identity)
    wanted = edit_of(SwapVariant(order.lines[0].id, "l", 1))
    quoted = await portal.quote(order, wanted)
    assert isinstance(quoted, Quote)
    assert (quoted.due.shop, quoted.exact) == (400, True)
    vendure.asked.clear()
    done = await portal.apply(order, wanted)
    assert done == Applied(done.reference, f"https://shop.example/pay/{order.number}")
    asked = ["ReadOrder", "Variants", "Enter", "Variants", "DryRun", "Modify", "Leave"]
    assert vendure.asked == asked
    assert lines(vendure, identity) == {"m": 1, "l": 1}
    assert vendure.orders[identity]["state"] == "ArrangingAdditionalPayment"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (SetAddress(HOME), "PaymentSettled"),
        (CancelUnits((("#0", 1),)), "PaymentSettled"),
        (SetQuantity("#0", 3), "ArrangingAdditionalPayment"),
        (SetInstructions("Ring twice"), "PaymentSettled"),
        (SetInstructions(None), "PaymentSettled"),
        (CancelOrder(), "Cancelled"),
    ],
    ids=["address", "fewer", "more", "instructions", "no instructions", "whole"],
)
async def test_each_change_is_made_and_found_again(
    portal: Any, vendure: PlayedVendure, change: Change, state: str
) -> None:
    identity = vendure.place({"m": 2, "l": 1})
    order = await portal.order(identity)
    wanted = edit_of(_with_line(change, order.lines[0].id), fee=100)
    assert await portal.applied(order, wanted) is None
    quoted = await portal.quote(order, wanted)
    assert isinstance(await portal.apply(order, wanted), Applied)
    assert vendure.orders[identity]["state"] == state
    assert isinstance(await portal.applied(order, wanted), Applied)
    after = await portal.order(identity)
    paid = sum(refund["total"] for payment in vendure.orders[identity]["payments"] for refund in payment["refunds"])
    owed = (after.totals.outstanding.shop or 0) if state.startswith("Arr") else 0
    assert quoted.due.shop == owed - paid


def _with_line(change: Change, line: str) -> Change:
    match change:
        case SetQuantity():
            return SetQuantity(line, change.quantity)
        case CancelUnits():
            return CancelUnits(tuple((line, quantity) for _, quantity in change.units))
        case _:
            return change


async def test_it_survives_dying_anywhere(shop: tuple[PlayedVendure, str]) -> None:
    vendure, url = shop
    for change in (CancelUnits((("#0", 1),)), SetAddress(HOME), CancelOrder(), SetQuantity("#0", 3)):
        at, died = 2, True
        while died:
            identity = vendure.place({"m": 2})
            async with connected(account(url, pay_url="https://shop.example/{code}")) as portal:
                order = await portal.order(identity)
            wanted = edit_of(_with_line(change, order.lines[0].id), fee=100)
            scissors = Scissors(at, "after")
            async with connected(account(url, pay_url="https://shop.example/{code}"), scissors) as portal:
                with suppress(ShopError):
                    await portal.apply(order, wanted)
            died = scissors.has_cut()
            async with connected(account(url, pay_url="https://shop.example/{code}")) as portal:
                found = await portal.applied(order, wanted)
                if not isinstance(found, Applied):
                    assert isinstance(await portal.apply(order, wanted), Applied)
                assert isinstance(await portal.applied(order, wanted), Applied)
            told = vendure.orders[identity]
            assert told["state"] != "Modifying"
            assert len(told["modifications"]) == (0 if isinstance(change, CancelOrder) else 1), at
            assert sum(len(payment["refunds"]) for payment in told["payments"]) <= 1
            at += 1


@pytest.mark.parametrize("state", ["Pending", "Shipped"])
@pytest.mark.parametrize("moment", ["Enter", "DryRun", "Modify"])
@pytest.mark.parametrize("change", [SwapVariant("#0", "s", 1), CancelUnits((("#0", 1),))], ids=["swap", "fewer"])
async def test_a_parcel_that_is_quicker(
    portal: Any, vendure: PlayedVendure, change: Change, moment: str, state: str
) -> None:
    """Without the plugin, one that is prepared in the last moment can only be taken back where no money moved."""
    identity = vendure.place({"m": 1, "l": 1})
    order = await portal.order(identity)
    line = order.lines[0].id
    wanted = edit_of(SwapVariant(line, "s", 1) if isinstance(change, SwapVariant) else CancelUnits(((line, 1),)))

    def pack(name: str) -> None:
        if name == moment and not vendure.orders[identity]["fulfillments"]:
            vendure.pack(identity, {line: 1}, state)

    vendure.before = pack
    if (moment, state) == ("Modify", "Pending") and isinstance(change, CancelUnits):
        for _ in range(2):
            with pytest.raises(ShopError, match="look at"):
                await portal.apply(order, wanted)
        assert await portal.applied(order, wanted) == Begun()
        return
    assert await portal.apply(order, wanted) == NotApplied("shipped")
    assert lines(vendure, identity)["m"] == 1
    assert vendure.orders[identity]["state"] == ("PartiallyShipped" if state == "Shipped" else "PaymentSettled")
    assert await portal.applied(order, wanted) is None


async def test_what_others_have_open_is_left_alone(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 2})
    order = await portal.order(identity)
    wanted = edit_of(CancelUnits(((order.lines[0].id, 1),)))
    vendure.orders[identity]["state"] = "Modifying"
    for ask in (portal.quote, portal.apply):
        assert await ask(order, wanted) == NotApplied("busy")
    vendure.orders[identity]["state"] = "ArrangingAdditionalPayment"
    for ask in (portal.quote, portal.apply):
        assert (await ask(order, wanted)).why == "payment"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("InsufficientStockError", "unavailable"),
        ("OrderLimitError", "unavailable"),
        ("CouponCodeExpiredError", "refused"),
        ("RefundPaymentIdMissingError", "payment"),
        ("NoChangesSpecifiedError", "changed"),
    ],
)
async def test_refusals_are_told_apart_and_the_order_is_put_back(
    portal: Any, vendure: PlayedVendure, kind: str, why: str
) -> None:
    identity = vendure.place({"m": 2})
    order = await portal.order(identity)
    wanted = edit_of(CancelUnits(((order.lines[0].id, 1),)))
    told = error(kind, quantityAvailable=0, maxItems=1)
    for ask in (portal.quote, portal.apply):
        vendure.faults["modifyOrder"] = [told]
        refused = await ask(order, wanted)
        assert isinstance(refused, NotApplied)
        assert refused.why == why
        assert vendure.orders[identity]["state"] == "PaymentSettled"
    assert lines(vendure, identity) == {"m": 2}


async def test_what_the_plugin_throws_is_a_parcel(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 2})
    order = await portal.order(identity)
    thrown = GraphQLError("JALON_UNITS_IN_A_PARCEL", extensions={"code": "USER_INPUT_ERROR"})
    vendure.faults["modifyOrder"] = [thrown]
    refused = await portal.apply(order, edit_of(CancelUnits(((order.lines[0].id, 1),))))
    assert refused.why == "shipped"
    assert vendure.orders[identity]["state"] == "PaymentSettled"


async def test_a_session_that_is_over_is_begun_anew(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 1})
    assert (await portal.order(identity)).number
    vendure.faults["order"] = [GraphQLError("no", extensions={"code": "FORBIDDEN"})]
    assert (await portal.order(identity)).number
    assert vendure.asked == ["Login", "ReadOrder", "ReadOrder", "Login", "ReadOrder"]


async def test_credentials_that_are_wrong_are_said_to_be(shop: tuple[PlayedVendure, str]) -> None:
    wrong = Account("vendure", {"url": shop[1], "username": "portal", "password": "guessed"})
    async with connected(wrong) as portal:
        with pytest.raises(ShopError, match="user name and password") as told:
            await portal.order("1")
        assert told.value.kind == "credentials"
        (finding,) = await portal.check(None)
        assert (finding.ok, finding.grave) == (False, True)


async def test_what_is_missing_is_named(portal: Any, vendure: PlayedVendure) -> None:
    vendure.place({"m": 1})
    vendure.permissions = {"read"}
    found = {finding.what: finding for finding in await portal.check("https://portal.example/hook")}
    assert found["Orders can be read"].ok
    assert "UpdateOrder" in found["Orders can be changed"].fix
    assert not found["The plugin is there"].ok


async def test_parcels_are_reported_once(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 3})
    order = await portal.order(identity)
    line = order.lines[0].id
    for _ in range(2):
        assert isinstance(await portal.ship(order, "key-1", [(line, 1)], "Colissimo", "6A7"), Applied)
    assert isinstance(await portal.ship(order, "key-2", [(line, 1)], "Colissimo", "6A7"), Applied)
    assert [f["state"] for f in vendure.orders[identity]["fulfillments"]] == ["Shipped", "Shipped"]
    assert (await portal.ship(order, "key-3", [(line, 2)], None, None)).why == "shipped"
    parcel = vendure.orders[identity]["fulfillments"][0]["id"]
    for _ in range(2):
        assert isinstance(await portal.delivered(order, "key-4", parcel), Applied)
    assert (await portal.delivered(order, "key-5", "999")).why == "changed"


async def test_what_is_collected(portal: Any, vendure: PlayedVendure) -> None:
    identity = vendure.place({"m": 1}, method="Click & Collect")
    order = await portal.order(identity)
    (delivery,) = order.deliveries
    assert (await portal.collected(order, "key-0", delivery.id)).why == "changed"
    for _ in range(2):
        assert isinstance(await portal.ready(order, "key-1", delivery.id), Applied)
    assert (await portal.order(identity)).deliveries[0].pickup.ready_at is not None
    assert isinstance(await portal.collected(order, "key-2", delivery.id), Applied)
    assert (await portal.order(identity)).deliveries[0].pickup.collected_at is not None


@pytest.mark.parametrize(
    ("given", "api"),
    [
        ({}, "https://shop.example"),
        ({"username": "a"}, "https://shop.example"),
        ({"api_key": "k"}, None),
        ({"api_key": "k"}, "ftp://shop.example"),
        ({"api_key": "k", "line_fields": "a b"}, "https://shop.example"),
        ({"api_key": "k", "pay_url": "https://shop.example/pay"}, "https://shop.example"),
        ({"api_key": "k", "instructions_field": "a,b"}, "https://shop.example"),
    ],
)
async def test_settings_that_cannot_be_right_are_refused(given: dict[str, str], api: str | None) -> None:
    with pytest.raises(ShopError) as told:
        async with connected(Account("vendure", given, api)):
            pass
    assert told.value.kind == "credentials"
