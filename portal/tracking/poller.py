"""Asks the carriers: one asker for each account, so that a slow or dead carrier delays no other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import carriers
from portal.context import Context
from portal.kit.db import Tx
from portal.tracking.polling import shared
from portal.tracking.polling.asker import Asker
from portal.tracking.polling.shared import Asked
from portal.tracking.schedule import Rules


class Poller:
    """Asks about everything that is due, for every account of this installation."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._enrolled = False
        rules, worker = rules_of(context), secrets.token_hex(8)
        self._askers: Mapping[str, Asker] = {
            asked.name: Asker(context, asked, worker, rules) for asked in asked_accounts(context)
        }

    async def run(self) -> None:
        """Poll until cancelled."""
        await self._enrol()
        async with asyncio.TaskGroup() as group:
            for name, asker in self._askers.items():
                group.create_task(asker.run(), name=f"poll {name}")

    async def round(self, slug: str) -> int:
        """Ask once about what is due at one account now; returns how many parcels were asked about."""
        await self._enrol()
        return await self._askers[slug].round()

    async def once(self) -> dict[str, int]:
        """Ask about all that is due and that the budgets allow now; returns how many parcels, by account."""
        names = list(self._askers)
        counts = await asyncio.gather(*(self._until_done(name) for name in names))
        return dict(zip(names, counts, strict=True))

    async def _until_done(self, slug: str) -> int:
        total = 0
        while asked := await self.round(slug):
            total += asked
        return total

    async def _enrol(self) -> None:
        if self._enrolled:
            return

        async def unit(tx: Tx) -> None:
            await shared.enrol(tx, self._askers)
            await shared.forget_workers(tx, self._context.clock.now())

        await self._context.db.write(unit)
        self._enrolled = True


def asked_accounts(context: Context) -> list[Asked]:
    """Every account of this installation, with what is asked there."""
    return shared.asked_accounts(context.accounts, carriers.get, context.settings.poll_concurrency)


def rules_of(context: Context) -> Rules:
    """The rules of an account whose budget suffices."""
    return Rules(context.settings.poll_pace, zone=ZoneInfo(context.settings.time_zone))
