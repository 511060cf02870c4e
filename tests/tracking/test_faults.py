"""A carrier that does everything wrong, over real connections: it is asked no more often than can be worked out
beforehand, the other carrier's parcels do not notice, and once it is well again all of them are answered.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from carriers import Account
from carriers.core.http import LARGEST
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.poller import Poller
from portal.tracking.polling import asker
from portal.tracking.polling.breaker import FAILURES, FIRST_REST, LONGEST_REST
from portal.tracking.schedule import CADENCE
from tests.benchmarks.carrier_server import reply
from tests.support.context import rows
from tests.support.parcels import facts, registered

PARCELS = 12
AT_ONCE = 4
STEP = timedelta(minutes=2)
TROUBLED = timedelta(hours=2)
EVENING_OUT = 0.8  # the shortest that jitter makes of a pause
Writer = asyncio.StreamWriter
Fault = Callable[[Writer], Awaitable[None]]


def head(status: str, length: int, *more: str) -> bytes:
    """The beginning of an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}", "Content-Type: application/json", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def saying(
    status: str, body: bytes = b'{"response": {"errors": [{"code": "1", "message": "no"}]}}', *more: str
) -> Fault:
    """Answer so."""

    async def fault(writer: Writer) -> None:
        writer.write(head(status, len(body), *more) + body)
        await writer.drain()

    return fault


async def hang(_: Writer) -> None:
    """Say nothing."""
    await asyncio.sleep(30)


async def drip(writer: Writer) -> None:
    """A byte now and then: each in time, the whole never."""
    writer.write(head("200 OK", 10_000))
    for _ in range(300):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def cut(writer: Writer) -> None:
    """Half an answer."""
    body = reply("GET", "/plain/1Z0000000000000001")
    writer.write(head("200 OK", len(body)) + body[: len(body) // 2])
    writer.close()


async def reset(writer: Writer) -> None:
    """Hang up rudely."""
    writer.transport.abort()


half_json = reply("GET", "/plain/1Z0000000000000001")[:900]
FAULTS: dict[str, tuple[Fault, timedelta | None]] = {
    "429": (saying("429 Too Many Requests"), None),
    "429 with Retry-After": (saying("429 Too Many Requests", b"{}", "Retry-After: 1800"), timedelta(minutes=30)),
    "503 with Retry-After": (saying("503 Unavailable", b"{}", "Retry-After: 1800"), timedelta(minutes=30)),
    "500": (saying("500 Internal Server Error"), None),
    "hang": (hang, None),
    "drip": (drip, None),
    "a page": (saying("200 OK", b"<!doctype html><title>Sorry</title>"), None),
    "half JSON": (saying("200 OK", half_json), None),
    "cut off": (cut, None),
    "10 MB": (saying("200 OK", b'{"a": "' + b"x" * (5 * LARGEST) + b'"}'), None),
    "reset": (reset, None),
}


class Carriers:
    """UPS, which may have a fault, and La Poste, which has none."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.asked: Counter[str] = Counter()  # requests by account, tokens left out

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """One connection."""
        try:
            while line := (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2):
                await self._answer(line[0].decode(), line[1].decode().partition("?")[0], reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, reader: asyncio.StreamReader, writer: Writer) -> None:
        if method == "POST":
            await reader.readexactly(len(b"grant_type=client_credentials"))
        account = path.split("/")[1]
        self.asked[account] += method == "GET"
        if account == "ups" and method == "GET" and self.fault is not None:
            await self.fault(writer)
            return
        body = reply(method, path) if account == "ups" else la_poste(path.rsplit("/", 1)[1].split(","))
        await saying("200 OK", body)(writer)


def la_poste(numbers: list[str]) -> bytes:
    """What La Poste knows of these: nothing new."""
    one = '{"returnCode": 200, "shipment": {"idShip": "%s", "event": [{"code": "PC1", "label": "x", "date": "%s"}]}}'
    found = [one % (number, "2026-11-19T10:00:00+01:00") for number in numbers]
    return (found[0] if len(found) == 1 else f"[{','.join(found)}]").encode()


@pytest.fixture
async def carriers() -> AsyncIterator[tuple[Carriers, str]]:
    """Both, and their address."""
    played = Carriers()
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0)
    async with server:
        yield played, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def most_calls(name: str, pause: timedelta | None) -> int:
    """The most that may be asked while all is wrong: until that is noticed, and one probe after each rest."""
    calls, passed, rest = FAILURES + AT_ONCE, timedelta(0), FIRST_REST
    while passed < TROUBLED:
        calls += 1
        passed += pause or rest * EVENING_OUT
        rest = min(rest * 2, LONGEST_REST)
    # Whoever was told to wait goes on as before afterwards, and that is several calls at once.
    return calls * (AT_ONCE if pause or name == "429" else 1)


@pytest.mark.parametrize("name", FAULTS)
async def test_one_carrier_in_trouble(
    name: str, context: Context, clock: ManualClock, carriers: tuple[Carriers, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "DEADLINE_S", 0.3)
    played, url = carriers
    key = {"client_id": "a", "client_secret": "b", "api_key": "c", "okapi_key": "d"}
    accounts = {slug: Account(slug, key, f"{url}/{slug}") for slug in ("ups", "laposte")}
    opened = replace(context, accounts=accounts)
    for n in range(PARCELS):
        await registered(opened, facts(f"1Z{n:016}", source=f"u{n}", topic=f"order:{n}", carrier="ups"))
        await registered(opened, facts(f"6A{n:011}", source=f"l{n}", topic=f"order:{n}", carrier="laposte"))
    poller = Poller(opened)
    played.fault, pause = FAULTS[name]
    began = clock.now()
    while clock.now() < began + TROUBLED:
        await poller.once()
        clock.advance(STEP)
    assert AT_ONCE <= played.asked["ups"] <= most_calls(name, pause)
    await troubled_and_well(opened)

    played.fault = None
    played.asked.clear()
    for _ in range(4):  # the pauses of the account and of the parcels come to their end
        clock.advance(timedelta(hours=3))
        await poller.once()
        clock.advance(STEP)
        await poller.once()
    trackers = await rows(opened, select(TRACKER).where(TRACKER.c.carrier == "ups"))
    assert [tracker.failures for tracker in trackers] == [0] * PARCELS
    assert all(tracker.known for tracker in trackers)


async def troubled_and_well(context: Context) -> None:
    """UPS's parcels say that something is wrong and have lost nothing; La Poste's were asked about in time."""
    trackers = await rows(context, select(TRACKER, SHIPMENT.c.milestone).join(SHIPMENT))
    ill = [tracker for tracker in trackers if tracker.carrier == "ups"]
    well = [tracker for tracker in trackers if tracker.carrier == "laposte"]
    assert any(tracker.failures for tracker in ill)
    assert {tracker.milestone for tracker in ill} == {"handed_over"}  # what the shop had said
    assert {(tracker.failures, tracker.problem, tracker.known) for tracker in well} == {(0, None, True)}
    latest = context.clock.now() - max(CADENCE.values()) * 1.5
    assert all(tracker.answered_at and tracker.answered_at > latest for tracker in well)
