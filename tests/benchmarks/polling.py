"""Polls a second: the poller with parsing, folding and writing against plain httpx that only fetches; claims; a dead
carrier beside living ones; memory."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import httpx2
import uvloop
from sqlalchemy import bindparam, func, select, update

from carriers import Account
from portal import schema
from portal.context import Context, opened
from portal.kit import memory
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.settings import Settings
from portal.tracking.models import TRACKER
from portal.tracking.poller import Poller
from tests.benchmarks import carrier_server, process, trackers
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared
from tests.machine.postgres import free_port

NAMES = ("poll_50", "poll_200", "poll_dead_carrier", "poll_memory_kib")
_AT_ONCE = {"poll_50": 50, "poll_200": 200}
_GOALS = {
    "poll_50": (Goal("ratio", "at least", 4),),
    "poll_200": (Goal("ratio", "at least", 10),),
    "poll_dead_carrier": (Goal("ratio", "at least", 0.95),),
    "poll_memory_kib": (Goal("ours", "at most", 4096),),
}
_BASELINE = "httpx {}, one pool, fetching only"
_NOTE = (
    "SQLite, synchronous FULL; UPS's adapter; answers of some 4 KB, a new scan in one of five; claimed, asked, "
    "parsed, folded, written and told to the log"
)
_LEFT = Query(
    select(TRACKER.c.shipment_id)
    .where(
        TRACKER.c.carrier == bindparam("of_carrier"),
        (TRACKER.c.asked_at < bindparam("since")) | TRACKER.c.asked_at.is_(None),
    )
    .limit(1)
)
_LONGEST_S = 600
_HEADERS = {"authorization": "Bearer invented", "accept": "application/json"}


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    names = [name for name in NAMES if name in plan.wanted]
    if not names:
        return
    with process.python("carrier_server", free_port(), plan.folder / "carrier.log") as server:
        url = f"http://127.0.0.1:{server.port}"
        for name in names:
            if name in _AT_ONCE:
                yield _polls(plan, name, url)
            elif name == "poll_dead_carrier":
                yield _dead_carrier(plan, url)
            else:
                yield _memory(plan)


def _polls(plan: Plan, name: str, url: str) -> Row:
    at_once, parcels = _AT_ONCE[name], 1500 if plan.quick else 4000
    path = _database(plan, name, {"ups": parcels})
    accounts = {"ups": _account("ups", url)}
    with _collecting():
        uvloop.run(_rate(path, accounts, at_once))  # the first answers bring all of the history: not measured
        ours, plain = [], []
        for _ in range(plan.rounds):
            plain.append(uvloop.run(_plain(url, at_once, plan.seconds / 2)))
            ours.append(sum(uvloop.run(_rate(path, accounts, at_once)).values()))
    return compared(name, ours, plain, _BASELINE.format(at_once), "polls/s", _GOALS[name], _NOTE)


def _dead_carrier(plan: Plan, url: str) -> Row:
    """Four accounts of one adapter's kind; in every other run one of them is a black hole."""
    parcels = 500 if plan.quick else 1500
    path = _database(plan, "dead", dict.fromkeys(trackers.SLUGS, parcels))
    well = {slug: _account(slug, url) for slug in trackers.SLUGS}
    dead = {**well, trackers.SLUGS[0]: _account(trackers.SLUGS[0], f"{url}/hole")}
    living = trackers.SLUGS[1:]
    with _collecting(), trackers.alike():
        uvloop.run(_rate(path, well, 6))
        ours, base = [], []
        for _ in range(plan.rounds):
            base.append(sum(uvloop.run(_rate(path, well, 6, living))[slug] for slug in living))
            ours.append(sum(uvloop.run(_rate(path, dead, 6, living))[slug] for slug in living))
    note = "three accounts' parcels until all were asked about, 6 calls at a time each; the fourth never answers"
    return compared("poll_dead_carrier", ours, base, "all four answer", "polls/s", _GOALS["poll_dead_carrier"], note)


def _memory(plan: Plan) -> Row:
    """How much a poller's process grows once it is warm. The carrier answers without a network."""
    parcels = min(plan.polls // 20, 20_000)
    path = _database(plan, "memory", {"ups": parcels})
    with _collecting():
        grown = uvloop.run(_growth(path, parcels, plan.polls))
    (first, before), *_, (last, after) = grown
    note = f"memory of the process's own after {last:,} polls less that after {first:,}; it was {before:,.0f} KiB then"
    return compared("poll_memory_kib", [after - before], [], "none", "KiB", _GOALS["poll_memory_kib"], note)


def _account(slug: str, url: str) -> Account:
    return Account(slug, {"client_id": "invented", "client_secret": "invented"}, url)


def _database(plan: Plan, name: str, parcels: Mapping[str, int]) -> Path:
    path = plan.folder / f"polling-{name}.db"
    schema.migrate(f"sqlite:///{path}")
    trackers.fill_sqlite(path, parcels)
    return path


@asynccontextmanager
async def _context(path: Path, accounts: Mapping[str, Account], at_once: int) -> AsyncIterator[Context]:
    settings = Settings.model_validate({"database_url": f"sqlite:///{path}", "poll_concurrency": at_once})
    async with opened(settings, accounts=accounts) as context:
        yield context


async def _rate(
    path: Path, accounts: Mapping[str, Account], at_once: int, wanted: tuple[str, ...] | None = None
) -> dict[str, float]:
    """Polls a second of each account, until all parcels of the wanted ones were asked about."""
    async with _context(path, accounts, at_once) as context:
        return await _asked(context, wanted or tuple(accounts))


async def _asked(context: Context, wanted: tuple[str, ...]) -> dict[str, float]:
    counts = await _make_due(context)
    began, since = time.perf_counter(), datetime.now(UTC)
    polling = asyncio.create_task(Poller(context).run())
    done: dict[str, float] = {}
    while len(done) < len(wanted):
        await asyncio.sleep(0.05)
        took = time.perf_counter() - began
        if took > _LONGEST_S:
            raise RuntimeError("the poller does not come to an end")
        async with context.db.read() as reader:
            for slug in wanted:
                if slug not in done and await reader.row(_LEFT, {"of_carrier": slug, "since": since}) is None:
                    done[slug] = counts[slug] / took
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    return done


async def _make_due(context: Context) -> dict[str, int]:
    now = datetime.now(UTC)

    async def unit(tx: Tx) -> dict[str, int]:
        await tx.run(update(TRACKER).values(next_poll_at=now - timedelta(seconds=1), failures=0))
        rows = await tx.rows(select(TRACKER.c.carrier, func.count().label("n")).group_by(TRACKER.c.carrier))
        return {row.carrier: int(row.n) for row in rows}

    return await context.db.write(unit)


async def _plain(url: str, at_once: int, seconds: float) -> float:
    """Plain httpx: as many workers as calls side by side, each fetching again as soon as it was answered."""
    fetched = 0
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False, headers=_HEADERS) as client:

        async def fetch(worker: int, end: float) -> None:
            nonlocal fetched
            while time.perf_counter() < end:
                answer = await client.get(f"{url}/plain/track/v1/details/1Z{worker:016d}")
                fetched += answer.status_code == 200

        began = time.perf_counter()
        await asyncio.gather(*(fetch(worker, began + seconds) for worker in range(at_once)))
        return fetched / (time.perf_counter() - began)


async def _growth(path: Path, parcels: int, polls: int) -> list[tuple[int, float]]:
    """After how many polls, how much memory: from a tenth of the polls on."""
    sizes: list[tuple[int, float]] = []
    async with _context(path, {"ups": _account("ups", "http://carrier.invalid")}, 50) as context:
        context.clients._clients["ups"] = httpx2.AsyncClient(transport=httpx2.MockTransport(_without_network))
        for done in range(parcels, polls + 1, parcels):
            await _asked(context, ("ups",))
            gc.collect()
            if done >= polls / 10:
                sizes.append((done, _own_kib()))
    return sizes


def _without_network(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=carrier_server.reply(request.method, request.url.path))


def _own_kib() -> float:
    """What the process has allocated: the pages of files that it looks into are not its own."""
    (line,) = (row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("RssAnon"))
    return float(line.split()[1])


class _collecting:  # noqa: N801 - used like a function: `with _collecting():`
    """Memory and threads are treated as a worker treats them."""

    def __enter__(self) -> None:
        memory.settle()
        gc.enable()

    def __exit__(self, *_: object) -> None:
        gc.disable()
        gc.unfreeze()
