"""Runs the processes of an installation: web (with or without the work) and worker."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from carriers import Account
from portal import schema
from portal.connecting.shops import Shops
from portal.context import Context, opened
from portal.kit import memory
from portal.kit.clock import Clock
from portal.kit.errors import BadSetting
from portal.kit.supervise import running
from portal.main import DemoOrders, create_app, server
from portal.settings import Settings
from portal.worker import work

Beside = Callable[[Context], Coroutine[Any, Any, None]]


def prepare(settings: Settings, *, migrate_first: bool = False) -> None:
    """Make sure that the tables are this version's: a shared database is migrated on request only, since
    other processes may still run the version before. Raises BadSetting when they are not."""
    ours_alone = settings.database_url.startswith("sqlite")
    if not schema.is_current(settings.database_url):
        if not (migrate_first or ours_alone):
            raise BadSetting("JALON_DATABASE_URL", "this database needs `jalon migrate` first")
        schema.migrate(settings.database_url)


def serve(
    settings: Settings,
    *,
    clock: Clock | None = None,
    accounts: Mapping[str, Account] | None = None,
    demo: DemoOrders = (),
    beside: Beside | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Serve until told to stop, with `beside` running next to it; returns the exit status. `environ`: where the shop's
    platforms have their credentials, when that is not the process's own."""
    return _run(_serve(settings, clock, accounts, demo, beside, environ))


def run_worker(settings: Settings, *, clock: Clock | None = None, accounts: Mapping[str, Account] | None = None) -> int:
    """Work until told to stop; returns the exit status."""
    return _run(_work(settings, clock, accounts))


async def _serve(
    settings: Settings,
    clock: Clock | None,
    accounts: Mapping[str, Account] | None,
    demo: DemoOrders,
    beside: Beside | None,
    environ: Mapping[str, str] | None,
) -> int:
    async with opened(settings, clock=clock, accounts=accounts, mailbox=bool(demo), environ=environ) as context:
        app = create_app(context, work_here=settings.embedded_worker, demo=demo)
        web = server(app, context)
        async with running({"beside": lambda: beside(context)} if beside else {}):
            try:
                await web.serve()
            except SystemExit:  # how uvicorn ends when it cannot listen; it has said why
                return 1
        return 0 if web.started else 1


async def _work(settings: Settings, clock: Clock | None, accounts: Mapping[str, Account] | None) -> int:
    async with opened(settings, clock=clock, accounts=accounts) as context:
        Shops(context)  # what cannot be right is said before any work begins
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running({"work": lambda: work(context)}):
            memory.settle()
            await stop.wait()
        return 0


def _run(main: Coroutine[Any, Any, int]) -> int:
    import uvloop

    return uvloop.run(main)
