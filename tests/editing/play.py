"""Editing on a model platform: an engine, an order, and what a test wants to know afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.context import Context
from portal.editing import queries
from portal.editing.answers import Action, EditState, Verdict
from portal.editing.commands import Command
from portal.editing.confirm import confirm
from portal.editing.engine import Engine
from portal.editing.models import EDIT, EDIT_LOG
from portal.editing.policy.rules import Policy, Rule
from portal.editing.preview import preview
from portal.editing.push import push
from portal.editing.ruling import Ruling
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.kit.clock import ManualClock
from portal.kit.db import Database, Reader
from portal.mail.models import MAIL
from portal.orders.documents import Stored, stored
from portal.orders.sync import import_order
from portal.platforms.changes import Can
from portal.platforms.live import ShopError
from portal.platforms.neutral import NeutralOrder, neutral_order
from tests.support.context import rows
from tests.support.model_platform import Kind, Platform
from tests.support.model_shop import ALL, ModelShop, OneShop

ADA = Who("person", 1)
STAFF = Who("staff", name="Bo at the counter")
Fault = Callable[[str], Awaitable[None]]
EVERYTHING = Policy(dict.fromkeys(Action, Rule(Verdict.ALLOWED, window=timedelta(days=30))))
ASKS = Policy(dict.fromkeys(Action, Rule(Verdict.ASK)))
NOTHING = Policy(dict.fromkeys(Action, Rule(Verdict.NO)))


@dataclass
class Policies:
    """The policy in force, which a test may change."""

    policy: Policy = EVERYTHING
    version: str = "1"

    async def in_force(self, _reader: Reader) -> Ruling:
        """See `engine.Policies`."""
        return Ruling(self.policy, self.version)

    async def event(self, _db: Database) -> int:
        """See `engine.Policies`."""
        return 0


async def fine(_name: str) -> None:
    """Nothing goes wrong."""


@dataclass
class Play:
    """A platform, the way to it, and the engine on it. `before` and `after` each call can raise, or do something."""

    context: Context
    platform: Platform
    can: frozenset[Can] = ALL
    policies: Policies = field(default_factory=Policies)
    before: Fault = fine
    after: Fault = fine
    calls: list[str] = field(default_factory=list)

    async def call(self, name: str, **given: Any) -> Any:
        """Ask the platform."""
        self.calls.append(name)
        await self.before(name)
        told = self.platform.call(name, **given)
        await self.after(name)
        return told

    @property
    def engine(self) -> Engine:
        """The engine, with the platform connected."""
        return Engine(self.context, OneShop(ModelShop(self.call, self.platform.kind, self.can)), self.policies)

    @property
    def unconnected(self) -> Engine:
        """The engine of an installation without that shop."""
        return Engine(self.context, OneShop(None), self.policies)

    async def take_in(self, order_id: str = "1") -> int:
        """Import an order of the platform; returns its id here."""
        await import_order(self.context, neutral_order(self.platform.call("order", order_id=order_id)))
        return 1

    async def previewed(self, command: Command, who: Who = ADA, **more: Any) -> EditView:
        """A draft; it must be one."""
        found = await preview(self.engine, 1, command, who, **more)
        assert isinstance(found, EditView), found
        return found

    async def confirmed(self, command: Command, who: Who = ADA) -> EditView:
        """A confirmed edit."""
        draft = await self.previewed(command, who)
        found = await confirm(self.engine, 1, draft.ref, who)
        assert isinstance(found, EditView), found
        return found

    async def pushed(self, edit: EditView, wait: float = 31) -> EditView:
        """Let time pass, run the job, and see what came of it."""
        clock = self.context.clock
        assert isinstance(clock, ManualClock)
        clock.advance(timedelta(seconds=wait))
        await push(self.engine, edit.id)
        return await self.now(edit)

    async def now(self, edit: EditView) -> EditView:
        """The edit as it is now."""
        async with self.context.db.read() as reader:
            return queries.view_of(await queries.by_id(reader, edit.id))

    async def stored(self) -> Stored:
        """The order as we know it."""
        async with self.context.db.read() as reader:
            found = await stored(reader, 1)
        assert found is not None
        return found

    async def document(self) -> NeutralOrder:
        """Its document."""
        return (await self.stored()).document

    async def log(self) -> list[tuple[str, str, str]]:
        """The steps of all edits: from, to, by whom."""
        found = await rows(self.context, select(EDIT_LOG).order_by(EDIT_LOG.c.id))
        return [(row.was, row.became, row.who) for row in found]

    async def mails(self) -> list[str]:
        """The messages that were written."""
        return [row.message for row in await rows(self.context, select(MAIL.c.message).order_by(MAIL.c.id))]

    async def states(self) -> Sequence[EditState]:
        """The states of all edits."""
        return [EditState(row.state) for row in await rows(self.context, select(EDIT.c.state).order_by(EDIT.c.id))]


def play(context: Context, kind: Kind = "keyed", *lines: tuple[str, int], **more: Any) -> Play:
    """A platform with order 1: two T-shirts in M and one in L."""
    platform = Platform(kind)
    platform.place("1", *(lines or (("m", 2), ("l", 1))), email="ada@example.com", **more)
    return Play(context, platform)


async def begun(context: Context, kind: Kind = "keyed", **more: Any) -> Play:
    """Order 1, taken in."""
    playing = play(context, kind, **more)
    await playing.take_in()
    return playing


def units(playing: Play) -> dict[str, int]:
    """What the platform's order says is wanted, by line."""
    return {line["id"]: line["wanted"] for line in playing.platform.orders["1"]["lines"]}


def refused(found: EditView | Refusal) -> str:
    """Why something was turned down; it must have been."""
    assert isinstance(found, Refusal), found
    return found.code


def unreachable(*names: str, times: int = 1) -> Fault:
    """Calls of these names fail, so often."""
    left = times

    async def fault(name: str) -> None:
        nonlocal left
        if name in names and left:
            left -= 1
            raise ShopError("unreachable", "the platform does not answer")

    return fault
