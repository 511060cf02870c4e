"""Orders, edits and shipments in any order, with faults, power cuts, late and doubled jobs: what must hold, holds.

`JALON_TEST_EXAMPLES` has more of it tried; `--hypothesis-seed` other ones.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from portal.editing.answers import EditState
from portal.editing.commands import CancelLine, CancelWhole, Command, Instructions, NewAddress, Quantity, Swap
from portal.editing.queries import view_of
from portal.editing.values import EditView
from portal.editing.who import Who
from tests.editing import truths
from tests.editing.play import ADA, ASKS, EVERYTHING, NOTHING, STAFF
from tests.editing.world import ORDERS, World
from tests.support.model_platform import Kind

EXAMPLES = int(os.environ.get("JALON_TEST_EXAMPLES", "30"))
_ORDER = st.sampled_from([1, 2])
_LINE = st.sampled_from(["L1", "L1", "L2", "L3"])
_UNITS = st.integers(1, 2)
_WISHES: st.SearchStrategy[Command] = st.one_of(
    st.builds(Swap, line=_LINE, variant=st.sampled_from(["s", "m", "l"]), quantity=_UNITS),
    st.builds(Quantity, line=_LINE, quantity=st.integers(2, 9)),
    st.builds(CancelLine, line=_LINE, quantity=_UNITS),
    st.sampled_from([CancelWhole(), Instructions(text="Ring once")]),
    st.builds(Instructions, text=st.sampled_from(["Ring twice", "Leave it", ""])),
    st.sampled_from(["3 rue des Lilas", "9 quai Nord"]).map(
        lambda line1: NewAddress(name="Ada", line1=line1, city="Lyon", postcode="69001", country="FR")
    ),
)
_TROUBLE = ("lost", "unheard", "cut", "cut_after", "ship", "stall", "stall_after")
_WEATHER = st.lists(st.sampled_from(["ok", "ok", "ok", *_TROUBLE]), max_size=8)
_SOON = st.sampled_from([0, 31, 31, 31])
_CUTS = st.dictionaries(st.integers(1, 8), st.booleans(), max_size=1)
_ACTS = st.sampled_from(["confirm", "confirm", "confirm", "undo", "accept", "decline", "send_again", "look"])


class Editing(RuleBasedStateMachine):
    """What everybody may do at any moment."""

    blank: Path
    ends: Counter[str]
    edits: Bundle[EditView] = Bundle("edits")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.shipped: Counter[tuple[str, str]] = Counter()
        self.world: World | None = None

    def do(self, coroutine: Any) -> Any:
        """Run something to its end."""
        return self.runner.run(coroutine)

    @property
    def its(self) -> World:
        """The world, once it is there."""
        assert self.world is not None
        return self.world

    @initialize(kind=st.sampled_from(["keyed", "versioned", "steps"]))
    def begin(self, kind: Kind) -> None:
        """Two orders were placed."""
        self.world = World(kind, Path(self.folder.name), self.blank)
        self.do(self.world.open())

    @rule(target=edits, order=_ORDER, wish=_WISHES, who=st.sampled_from([ADA, ADA, ADA, STAFF]), confirm=st.booleans())
    def wish(self, order: int, wish: Command, who: Who, confirm: bool) -> Any:
        """Somebody looks at what a change would come to, and most likely wants it."""
        draft = self.do(self.its.wish(order, wish, who))
        if draft is None:
            return multiple()
        if confirm:
            self.do(self.its.say("confirm", draft))
        return draft

    @rule(target=edits, order=_ORDER, wish=_WISHES, weather=_WEATHER, cuts=_CUTS, wait=_SOON)
    def change(self, order: int, wish: Command, weather: list[str], cuts: dict[int, bool], wait: int) -> Any:
        """Somebody wants something, and a worker is at it as soon as it is time."""
        draft = self.do(self.its.wish(order, wish, ADA))
        if draft is None:
            return multiple()
        self.do(self.its.say("confirm", draft))
        self.its.clock.advance(timedelta(seconds=wait))
        self.do(self.its.work(weather, cuts))
        return draft

    @rule(target=edits, order=_ORDER, wish=_WISHES, weather=_WEATHER, cuts=_CUTS, wait=_SOON)
    def change_more(self, order: int, wish: Command, weather: list[str], cuts: dict[int, bool], wait: int) -> Any:
        """The same, since this is what it is about."""
        return self.change(order, wish, weather, cuts, wait)

    @rule(edit=edits, act=_ACTS)
    def say(self, edit: EditView, act: str) -> None:
        """Somebody does something about an edit."""
        now = self.do(self.its.edits())
        found = next(row for row in now if row.id == edit.id)
        self.do(self.its.say(act, view_of(found)))

    @rule(order=st.sampled_from(ORDERS), line=_LINE, units=_UNITS)
    def ship(self, order: str, line: str, units: int) -> None:
        """The warehouse is quick."""
        self.its.platform.ship(order, line, units)

    @rule(order=st.sampled_from(ORDERS))
    def tell(self, order: str) -> None:
        """A webhook arrives."""
        self.do(self.its.take_in(order))

    @rule(order=st.sampled_from(ORDERS))
    def touch(self, order: str) -> None:
        """Somebody writes a note on the order."""
        self.its.platform.touch(order)

    @rule(seconds=st.sampled_from([1, 10, 31, 31, 31, 125, 200, 200, 900, 4000, 200_000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.its.clock.advance(timedelta(seconds=seconds))

    @rule(weather=_WEATHER, cuts=_CUTS)
    def work(self, weather: list[str], cuts: dict[int, bool]) -> None:
        """A worker does what is due."""
        self.do(self.its.work(weather, cuts))

    @rule(weather=_WEATHER)
    def sweep(self, weather: list[str]) -> None:
        """What was lost is looked for, and then done."""
        self.do(self.its.works.sweep(self.its.context, {}))
        self.do(self.its.work(weather, {}))

    @rule(some=st.lists(edits, min_size=1, max_size=3), weather=_WEATHER)
    def work_together(self, some: list[EditView], weather: list[str]) -> None:
        """Doubled jobs run at the same time."""
        self.do(self.its.together(some, [word for word in weather if not word.startswith("cut")]))

    @rule(policy=st.sampled_from([*[EVERYTHING] * 8, ASKS, NOTHING]))
    def publish(self, policy: Any) -> None:
        """The shop thinks otherwise."""
        self.its.policies.policy = policy

    @rule(connected=st.sampled_from([*[True] * 8, False]))
    def connect(self, connected: bool) -> None:
        """Somebody changes the settings."""
        self.its.connected = connected

    @invariant()
    def holds(self) -> None:
        """What must be true is true."""
        if self.world is not None:
            truths.check_platform(self.world, self.shipped)
            for check in (truths.check_edits, truths.check_units, truths.check_log):
                self.do(check(self.world))

    def teardown(self) -> None:
        """In the end everything comes to rest."""
        try:
            if self.world is not None:
                self.do(self.its.come_to_rest())
                self.holds()
                self.do(truths.check_end(self.its))
                for row in self.do(self.its.edits()):
                    event(f"{row.state} {row.code or ''}")
                    self.ends[row.state] += 1
        finally:
            if self.world is not None:
                self.do(self.world.stack.aclose())
            self.runner.close()
            self.folder.cleanup()


@pytest.mark.slow
def test_whatever_happens_shipped_units_money_and_edits_are_right(blank_sqlite: Path) -> None:
    ends: Counter[str] = Counter()
    machine = type("TheEditing", (Editing,), {"blank": blank_sqlite, "ends": ends})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    wanted = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(machine, settings=wanted)
    assert ends[EditState.APPLIED], ends  # a run in which nothing was ever made shows nothing
