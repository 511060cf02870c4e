"""The jobs of editing, as `wiring` hangs them in: each opens the engine for the context that it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.context import Context
from portal.editing import holding, queue
from portal.editing.decide import expire
from portal.editing.engine import Engine
from portal.editing.push import push
from portal.editing.rereading import kept, reread
from portal.kit.db import Tx

Job = Callable[[Context, Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Works:
    """The jobs. `open_engine` may be called often."""

    open_engine: Callable[[Context], Engine]

    @property
    def jobs(self) -> Mapping[str, Job]:
        """By their names."""
        return {
            queue.PUSH: self.push,
            queue.EXPIRE: self.expire,
            queue.SWEEP: self.sweep,
            queue.REFRESH: self.refresh,
            holding.HOLD: self.hold,
            holding.RELEASE: self.release,
        }

    async def push(self, context: Context, payload: Mapping[str, Any]) -> None:
        """Send an edit."""
        await push(self.open_engine(context), int(payload["edit"]))

    async def expire(self, context: Context, payload: Mapping[str, Any]) -> None:
        """A request has not been answered."""
        await expire(self.open_engine(context), int(payload["edit"]))

    async def refresh(self, context: Context, payload: Mapping[str, Any]) -> None:
        """Read an order that could not be read after it was changed."""
        engine = self.open_engine(context)
        known = await kept(context, int(payload["order"]))
        shop = engine.shops.of(known.platform, known.shop)
        if shop is not None:
            await reread(context, shop, known)

    async def hold(self, context: Context, payload: Mapping[str, Any]) -> None:
        """Keep an order from its warehouse."""
        await holding.hold(self.open_engine(context), int(payload["order"]))

    async def release(self, context: Context, payload: Mapping[str, Any]) -> None:
        """Let its warehouse go on."""
        await holding.release(self.open_engine(context), int(payload["order"]))

    async def sweep(self, context: Context, _payload: Mapping[str, Any]) -> None:
        """Take up what a lost job left."""

        async def unit(tx: Tx) -> None:
            await queue.sweep(tx, context.clock.now())
            await holding.sweep(tx, context.clock.now())

        await context.db.write(unit)


SLOW = frozenset({queue.PUSH, queue.REFRESH, holding.HOLD, holding.RELEASE})
