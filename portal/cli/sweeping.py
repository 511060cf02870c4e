"""What `jalon sync` and `jalon reconcile` share: a sweep driven to its end, with waiting where the shop asks for it."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.connecting.shops import Shops
    from portal.connecting.sweeping import Sweep
    from portal.connecting.sweeps import Kind, State
    from portal.context import Context
    from portal.platforms.live import Shop, ShopError

_TRIES = 8  # in a row, after which a shop that does not answer is given up
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one sweep; `problem`: why it did not come to its end."""

    shop: Shop
    state: State | None
    took_s: float
    problem: str = ""

    def members(self) -> dict[str, Any]:
        """For programs."""
        counts = ("orders", "changed", "gone", "unread", "total")
        known = {name: getattr(self.state, name) for name in counts} if self.state is not None else {}
        named = {"platform": self.shop.manifest.slug, "shop": self.shop.name}
        return {**named, **known, "seconds": round(self.took_s, 1), "problem": self.problem or None}

    def line(self) -> str:
        """For people."""
        who = f"{self.shop.manifest.label} ({self.shop.name})"
        if self.state is None:
            return f"{who}: {self.problem}"
        state = self.state
        parts = [f"{state.orders:,} orders read, {state.changed:,} of them new or changed"]
        parts += [f"{state.gone:,} gone"] if state.gone else []
        parts += [f"{state.unread:,} could not be read and are tried again"] if state.unread else []
        return f"{who}: {', '.join(parts)}" + (f". Not finished: {self.problem}" if self.problem else ".")


def chosen(shops: Shops, platform: str | None) -> Sequence[Shop]:
    """The shops that are meant. Raises LookupError with what to say."""
    found = [shop for shop in shops.all() if platform in (None, shop.manifest.slug)]
    if not found:
        raise LookupError(f"{platform or 'no shop'} is {'not ' if platform else ''}connected: see `jalon connect`")
    there = [shop for shop in found if not shop.manifest.kept_here]
    if not there:
        raise LookupError("The orders of this shop are kept here: there is nothing to fetch.")
    return there


async def drive(context: Context, shop: Shop, kind: Kind, since: datetime | None = None, *, anew: bool = False) -> Done:
    """Sweep until the end, or until the shop cannot be read."""
    from portal.connecting.sweeping import sweeping
    from portal.connecting.sweeps import Taken

    began = time.monotonic()
    while True:
        try:
            async with sweeping(context, shop, kind, since, anew=anew, ahead=True) as sweep:
                problem = await _to_the_end(sweep)
                return Done(shop, sweep.state, time.monotonic() - began, problem)
        except Taken as taken:
            pause = min(max((taken.until - context.clock.now()).total_seconds(), 1.0), 5.0)
            tell(f"{shop.manifest.label}: another process reads this list; waiting until it ends.")
            await asyncio.sleep(pause)


async def _to_the_end(sweep: Sweep) -> str:
    """Returns why it stopped before the end, if it did."""
    from portal.platforms.live import ShopError

    state = sweep.state
    if state.resumed:
        tell(f"Going on after {state.orders:,} orders.")
    progress, failures = Progress("orders", state.total, state.orders), 0
    while True:
        try:
            more = await sweep.step()
        except ShopError as problem:
            failures += 1
            if failures >= _TRIES or problem.kind in ("credentials", "scope"):
                return problem.message
            await _wait(problem, failures)
            continue
        failures, progress.total = 0, sweep.state.total
        progress.show(sweep.state.orders, last=not more)
        if not more:
            return ""


async def _wait(problem: ShopError, failures: int) -> None:
    pause = problem.retry_after if problem.retry_after is not None else min(2.0**failures, _LONGEST_PAUSE_S)
    tell(f"{problem.message} Trying again in {pause:.0f} s.")
    await asyncio.sleep(pause)


def tell(sentence: str) -> None:
    """One line for the person at the terminal."""
    print(sentence, file=sys.stderr, flush=True)
