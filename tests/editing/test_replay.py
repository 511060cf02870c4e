"""A policy tried on what is stored: what customers asked the portal for counts once, what staff did does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.context import Context
from portal.editing.answers import Action, Verdict
from portal.editing.commands import CancelLine, Instructions, Swap
from portal.editing.comparing import REALLY, Case
from portal.editing.replay import Trial, able, replay
from portal.orders.sync import import_order
from portal.platforms.registry import connectable
from tests.editing.play import ADA, EVERYTHING, NOTHING, STAFF, begun
from tests.support.context import order


def ignore(_done: int, _total: int) -> None:
    """Nobody waits."""


async def test_what_customers_confirmed_is_asked_again_at_its_moment(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(Swap(line="L1", variant="s", quantity=1), ADA)
    await playing.pushed(edit)
    await playing.confirmed(Instructions(text="Ring"), STAFF)
    told: list[Case] = []
    now = any_context.clock.now()
    trial = Trial(NOTHING, EVERYTHING, now - timedelta(days=9), {"5m": timedelta(minutes=5)}, now)
    tally = await replay(any_context.db, trial, told.append, ignore)
    (real,) = [case for case in told if case.question.group == REALLY]
    assert (real.question.action, real.question.at) == (Action.SWAP, edit.confirmed_at)
    assert real.would.verdict is Verdict.NO
    assert tally.orders == 1
    assert sum(tally.would["5m", Action.ADDRESS].values()) == 1


async def test_a_draft_was_no_wish(any_context: Context) -> None:
    playing = await begun(any_context)
    await playing.previewed(CancelLine(line="L1", quantity=1))
    now = any_context.clock.now()
    trial = Trial(NOTHING, EVERYTHING, now - timedelta(days=9), {}, now)
    assert (await replay(any_context.db, trial, lambda _: None, ignore)).would == {}


async def test_orders_are_read_some_at_a_time_and_all_of_them(any_context: Context) -> None:
    for number in range(205):
        await import_order(any_context, order(source={"order_id": str(number)}, placed_at="2026-11-18T09:00:00Z"))
    steps: list[tuple[int, int]] = []
    now = datetime(2026, 11, 20, tzinfo=UTC)
    trial = Trial(NOTHING, NOTHING, now - timedelta(days=9), {"1h": timedelta(hours=1)}, now)
    tally = await replay(any_context.db, trial, lambda _: None, lambda done, total: steps.append((done, total)))
    assert steps == [(200, 205), (205, 205)]
    assert tally.would["1h", Action.SWAP] == {Verdict.NO: 205}


def test_what_a_platform_lets_us_do_is_in_its_manifest() -> None:
    assert able("nowhere") == frozenset()
    assert all(able(slug) for slug in connectable())
