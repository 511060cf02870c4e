"""A confirmed edit reaches its platform once, or it is said plainly that it did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.editing import codes
from portal.editing.answers import Action, Code, EditState, Verdict
from portal.editing.commands import CancelLine, CancelWhole, Instructions, NewAddress, Quantity, Swap
from portal.editing.policy.rules import Fee, Policy, Rule
from portal.editing.private import EDIT_LOG_PRIVATE, EDIT_PRIVATE
from portal.kit.clock import ManualClock
from portal.platforms.neutral.parts import Amount
from tests.editing.play import NOTHING, STAFF, begun, units
from tests.support import model_platform, model_shop
from tests.support.context import rows
from tests.support.model_platform import Kind

SWAP = Swap(line="L1", variant="s", quantity=1)
ADDRESS = NewAddress(name="Ada Exemple", line1="9 quai Nord", city="Lyon", postcode="69002", country="FR")
KINDS: tuple[Kind, ...] = ("keyed", "versioned", "steps")


@pytest.mark.parametrize("kind", KINDS)
async def test_each_change_is_made_once_and_the_order_is_as_the_platform_has_it(
    any_context: Context, kind: Kind
) -> None:
    playing = await begun(any_context, kind)
    for command in (
        SWAP,
        Quantity(line="L2", quantity=3),
        ADDRESS,
        Instructions(text="Ring twice"),
        CancelLine(line="L1", quantity=1),
        CancelWhole(),
    ):
        edit = await playing.pushed(await playing.confirmed(command))
        assert (edit.state, edit.code) == (EditState.APPLIED, None), command
        told = playing.platform.call("order", order_id="1")
        assert (await playing.document()).version == told["version"]
    assert set(playing.platform.made.values()) == {1}
    order = playing.platform.orders["1"]
    assert order["cancelled"]
    assert order["refunded"] == order["paid"]
    assert (await playing.document()).cancelled_at is not None
    assert await playing.mails() == ["edit_made"] * 4 + ["order_cancelled"] * 2


async def test_a_swap_and_what_it_costs_are_what_was_shown(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.pushed(await playing.confirmed(Swap(line="L2", variant="s")))
    assert edit.quote is not None
    assert units(playing) == {"L1": 2, "L2": 0, "L3": 1}
    assert playing.platform.orders["1"]["refunded"] == -(edit.quote.due.shop or 0) == 300
    assert (await playing.document()).totals.total == edit.quote.after.total


async def test_what_is_due_is_paid_where_the_platform_says(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.pushed(await playing.confirmed(Swap(line="L1", variant="l")))
    assert (edit.state, edit.pay_url) == (EditState.APPLIED, "https://pay.example/1")


async def test_a_fee_is_kept_back(any_context: Context) -> None:
    playing = await begun(any_context)
    rule = Rule(Verdict.ALLOWED, fee=Fee(flat={"EUR": 250}))
    playing.policies.policy = Policy(dict.fromkeys(Action, rule))
    await playing.pushed(await playing.confirmed(CancelLine(line="L2", quantity=1)))
    order = playing.platform.orders["1"]
    assert (order["refunded"], order["fees"]) == (2050, 250)


async def test_it_is_not_sent_before_its_time(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    playing.calls.clear()
    assert (await playing.pushed(edit, wait=29)).state is EditState.PENDING
    assert playing.calls == []
    assert (await playing.pushed(edit, wait=1)).state is EditState.APPLIED


@pytest.mark.parametrize("kind", KINDS)
async def test_what_left_between_confirming_and_sending_is_not_touched(any_context: Context, kind: Kind) -> None:
    playing = await begun(any_context, kind)
    edit = await playing.confirmed(Swap(line="L1", variant="s", quantity=2))
    assert playing.platform.ship("1", "L1", 1)
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.SHIPPED)
    assert units(playing) == {"L1": 2, "L2": 1}
    assert (await playing.document()).lines[0].quantity.fulfilled == 1  # the page says what is
    assert await playing.mails() == ["edit_not_made"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_leaves_in_the_last_moment_is_not_touched(any_context: Context, kind: Kind) -> None:
    playing = await begun(any_context, kind)
    edit = await playing.confirmed(Swap(line="L1", variant="s", quantity=2))

    async def ship(name: str) -> None:
        if name in ("edit", "lines"):
            playing.platform.ship("1", "L1", 1)

    playing.before = ship
    edit = await playing.pushed(edit)
    while edit.state is EditState.SENDING:
        edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.SHIPPED)
    assert units(playing) == {"L1": 2, "L2": 1}


async def test_of_what_left_in_part_the_rest_can_still_be_changed(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    assert playing.platform.ship("1", "L1", 1)
    assert (await playing.pushed(edit)).state is EditState.APPLIED
    assert units(playing) == {"L1": 1, "L2": 1, "L3": 1}


async def test_the_time_limit_is_that_of_the_confirmation(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    window = clock.now() + timedelta(seconds=10) - clock.now().replace(hour=9)
    rule = Rule(Verdict.ALLOWED, window=window, afterwards=Verdict.NO)
    playing.policies.policy = Policy(dict.fromkeys(Action, rule))
    assert (await playing.pushed(await playing.confirmed(SWAP))).state is EditState.APPLIED


async def test_what_the_policy_forbids_by_then_is_not_made(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    playing.policies.policy = NOTHING
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, Code.POLICY)
    assert sum(playing.platform.made.values()) == 0


async def test_another_amount_than_was_agreed_to_is_never_taken(
    any_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(Swap(line="L1", variant="l"))
    monkeypatch.setitem(model_platform.PRICES, "l", 2400)
    dearer = Amount(shop=2400, buyer=2400)
    now = [replace(variant, price=dearer) if variant.id == "l" else variant for variant in model_shop.VARIANTS]
    monkeypatch.setattr(model_shop, "VARIANTS", now)
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.PRICE_CHANGED)
    assert sum(playing.platform.made.values()) == 0


async def test_an_order_that_was_changed_by_somebody_else_is_left_alone(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(Quantity(line="L1", quantity=3))
    playing.platform.call("edit", order_id="1", key="staff", version=1, refund=0, fee=0,
                          steps=[{"do": "set", "line": "L1", "units": 1}])  # fmt: skip
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.CHANGED)
    assert units(playing)["L1"] == 1


async def test_an_order_that_is_gone_is_said_to_be(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    del playing.platform.orders["1"]
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.GONE)


async def test_what_was_personal_for_sending_goes_when_it_is_settled(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.pushed(await playing.confirmed(ADDRESS))
    (row,) = await rows(any_context, select(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id == edit.id))
    assert row.before is None
    logged = await rows(any_context, select(EDIT_LOG_PRIVATE))
    assert [("3 rue des Lilas" in row.before, "9 quai Nord" in row.after) for row in logged] == [(True, True)]


async def test_whoever_works_at_the_shop_is_not_asked_for_the_policy_and_does_not_wait(
    any_context: Context,
) -> None:
    playing = await begun(any_context)
    playing.policies.policy = NOTHING
    edit = await playing.confirmed(CancelWhole(reason="sold_in_store"), STAFF)
    edit = await playing.pushed(edit, wait=0)
    assert (edit.state, edit.who) == (EditState.APPLIED, "staff")
    assert playing.platform.orders["1"]["reason"] == "sold_in_store"
    assert await playing.log() == [
        ("draft", "pending", "staff"),
        ("pending", "sending", "clock"),
        ("sending", "applied", "clock"),
    ]
    assert await playing.mails() == ["order_cancelled"]
