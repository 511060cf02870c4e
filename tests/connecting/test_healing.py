"""Whatever becomes of deliveries, lost, doubled, late or out of order: after a sweep we have what the platform has."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlalchemy import select

from portal import schema
from portal.connecting.private import ORDER_NEWS
from portal.connecting.reconciling import reconcile
from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.platforms.neutral import as_stated
from portal.worker import run_due
from tests.machine.postgres import Cluster
from tests.support.added import added
from tests.support.context import NOW, rows, settings_on
from tests.support.platforms.teashop import order_of
from tests.support.shops import deliver, work
from tests.support.teashop import DOMAIN, Fault, TeashopServer, playing_teashop
from tests.support.web import Site, site

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens: at the platform to the order that `which` means, or to us."""

    kind: str
    which: int = 0
    fate: int = 1  # how often the delivery comes, 0: never
    late: int = 0  # after how many further acts


HAPPENINGS = ("place", "change", "send", "cancel", "delete", "delete aloud", "put back")
OURS = ("work", "reconcile", "wait", "trouble")
TOLD = [
    [Act("delete", 1, fate=0), Act("reconcile"), Act("put back")],  # goes in silence and comes back
    [Act("delete aloud", 1), Act("wait"), Act("work"), Act("put back"), Act("change", 1, fate=0)],
    [Act("delete", 2), Act("place", 9, fate=0), Act("trouble"), Act("reconcile")],
    [Act("change", 0, fate=3, late=4), Act("cancel", 0, fate=0), Act("work"), Act("work"), Act("wait"), Act("work")],
    [Act("place", number, fate=0) for number in range(9)],
]
BEGINNING = [*(Act("place", number) for number in range(4)), Act("wait"), Act("work"), Act("work")]
ACTS = st.builds(
    Act,
    kind=st.sampled_from(HAPPENINGS * 2 + OURS),
    which=st.integers(0, 5),
    fate=st.sampled_from([0, 0, 1, 1, 2, 3]),
    late=st.integers(0, 6),
)


class Play:
    """A story as it is played: `waiting` are deliveries that are still to come, with when."""

    def __init__(self, here: Site, teashop: TeashopServer, clock: ManualClock) -> None:
        self._here, self._teashop, self._clock = here, teashop, clock
        self._waiting: list[tuple[int, Any]] = []
        self._removed: dict[str, dict[str, Any]] = {}

    async def act(self, number: int, act: Act) -> None:
        """One act, and the deliveries that come after it."""
        self._clock.advance(timedelta(seconds=7))
        if act.kind in OURS:
            await self._ours(act.kind)
        else:
            self._happen(act)
        for delivery in self._teashop.deliveries:
            self._waiting += [(number + act.late, delivery)] * act.fate
        self._teashop.deliveries.clear()
        due = [delivery for when, delivery in reversed(self._waiting) if when <= number]
        self._waiting = [(when, delivery) for when, delivery in self._waiting if when > number]
        for delivery in due:
            assert (await deliver(self._here, delivery)).status == 200

    def _happen(self, act: Act) -> None:
        shop, ids = self._teashop, sorted(self._teashop.orders)
        chosen = ids[act.which % len(ids)] if ids else None
        if act.kind == "place" or chosen is None:
            shop.place(note=f"placed {act.which}")
        elif act.kind == "change":
            shop.change(chosen, note=f"changed {act.which}", total=1000 + act.which)
        elif act.kind == "send":
            shop.send_out(chosen, f"6A1234567890{act.which}")
        elif act.kind == "cancel":
            shop.change(chosen, status="cancelled")
        elif act.kind == "put back" and self._removed:
            order_id, order = self._removed.popitem()
            shop.orders[order_id] = order
        elif act.kind.startswith("delete"):
            self._removed[chosen] = shop.orders[chosen]
            shop.delete(chosen, silently=act.kind == "delete")

    async def _ours(self, kind: str) -> None:
        if kind == "work":
            await run_due(self._here.context)
        elif kind == "reconcile":
            await reconcile(self._here.context, {})
        elif kind == "wait":
            self._clock.advance(timedelta(minutes=3))
        elif kind == "trouble":
            self._teashop.faults.extend(_faults())


def _faults() -> list[Fault]:
    return [Fault(500), Fault(429, {"Retry-After": "2"})]


async def heal(context: Context, clock: ManualClock) -> None:
    """Hours later: everything that waits is done, and a day's sweeps as well."""
    for _ in range(3):
        await work(context, clock, timedelta(hours=2))
        clock.advance(timedelta(days=1))
        await reconcile(context, {})
    await work(context, clock, timedelta(hours=2))


async def ours(context: Context) -> dict[str, str]:
    """What we have, by the platform's id: the document."""
    asked = select(ORDER.c.external_id, ORDER_PRIVATE.c.document).join(ORDER_PRIVATE).where(ORDER.c.gone_at.is_(None))
    return {row.external_id: row.document for row in await rows(context, asked)}


def theirs(teashop: TeashopServer) -> dict[str, str]:
    """What the platform has."""
    return {order_id: as_stated(order_of(DOMAIN, told)) for order_id, told in teashop.orders.items()}


async def play(url: str, story: Sequence[Act]) -> tuple[dict[str, str], dict[str, str]]:
    """Play a story; gives what we have in the end, and what the platform has."""
    clock = ManualClock(NOW)
    with added(), playing_teashop(clock, page_size=3) as teashop:
        async with opened(settings_on(url), clock=clock, accounts={}, environ=teashop.environ()) as context:
            played = Play(site(context), teashop, clock)
            await reconcile(context, {})
            for number, act in enumerate([*BEGINNING, *story]):
                await played.act(number, act)
            await heal(context, clock)
            assert await rows(context, select(ORDER_NEWS.c.id)) == []
            return await ours(context), theirs(teashop)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, to be copied."""
    path = tmp_path_factory.mktemp("healing") / "blank.db"
    schema.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def fresh_sqlite(blank: Path) -> Callable[[], str]:
    """Gives a database of one's own each time."""
    return lambda: f"sqlite:///{shutil.copy(blank, blank.parent / f'{next(_numbers)}.db')}"


@pytest.fixture(scope="module")
def fresh_postgres(postgres_cluster: Cluster, blank_postgres: str) -> Callable[[], str]:
    """The same on PostgreSQL."""

    def make() -> str:
        name = f"healing_{next(_numbers)}"
        postgres_cluster.run_sql(f"CREATE DATABASE {name} TEMPLATE {blank_postgres}")
        return postgres_cluster.url(name)

    return make


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(story=st.lists(ACTS, min_size=8, max_size=25))
@example(TOLD[0])
@example(TOLD[1])
@example(TOLD[2])
@example(TOLD[3])
@example(TOLD[4])
def test_any_story_ends_in_what_the_platform_has(fresh_sqlite: Callable[[], str], story: Sequence[Act]) -> None:
    we, they = asyncio.run(play(fresh_sqlite(), story))
    assert we == they


@pytest.mark.slow
@pytest.mark.postgres
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(story=st.lists(ACTS, min_size=8, max_size=25))
def test_any_story_ends_so_on_postgresql(fresh_postgres: Callable[[], str], story: Sequence[Act]) -> None:
    we, they = asyncio.run(play(fresh_postgres(), story))
    assert we == they
