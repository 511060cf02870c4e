"""A new version without a gap: two web processes behind the shipped proxy, restarted in turn under requests."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from contextlib import AsyncExitStack

import httpx2
import pytest

from tests.deploy.proxy import NAME, Proxy, run_nginx, trusting
from tests.machine.postgres import free_port
from tests.support.context import KEY

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


async def test_no_request_fails_while_the_web_processes_are_restarted(postgres_url: str) -> None:
    environment = _environment(postgres_url)
    ports = (free_port(), free_port())
    migration = await asyncio.create_subprocess_exec(sys.executable, "-m", "portal", "migrate", env=environment)
    assert await migration.wait() == 0
    async with AsyncExitStack() as held:
        running = [await _started(port, environment) for port in ports]
        held.push_async_callback(_stop, running)
        proxy = held.enter_context(run_nginx(*ports))
        over = asyncio.Event()
        asking = asyncio.create_task(_ask_until(over, proxy))
        for number, port in enumerate(ports):
            await _stop([running[number]])
            running[number] = await _started(port, environment)
            await _used_again(proxy, port)
        over.set()
        statuses = await asking
    assert set(statuses) == {200}
    assert len(statuses) > 10


async def _ask_until(over: asyncio.Event, proxy: Proxy) -> list[int]:
    """The statuses of one page, asked for over and over."""
    statuses = []
    async with httpx2.AsyncClient(verify=trusting(), trust_env=False) as client:
        while not over.is_set():
            address = f"https://127.0.0.1:{proxy.https}/"
            answer = await client.get(address, headers={"Host": NAME}, extensions={"sni_hostname": NAME})
            statuses.append(answer.status_code)
    return statuses


async def _started(port: int, environment: dict[str, str]) -> Process:
    """A web process that says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "portal", "serve", "--port", str(port), env=environment
    )
    async with asyncio.timeout(30), httpx2.AsyncClient(trust_env=False) as client:
        while not await _is_ready(client, port):
            assert process.returncode is None
            await asyncio.sleep(0.05)
    return process


async def _used_again(proxy: Proxy, port: int) -> None:
    """Returns when the proxy has an answer from this process alone, not after a failed try with it."""
    before = len(proxy.log)
    async with asyncio.timeout(30):
        while f'"127.0.0.1:{port}"\n' not in proxy.log[before:]:  # noqa: ASYNC110  nginx writes it
            await asyncio.sleep(0.05)


async def _is_ready(client: httpx2.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/healthz/ready")).status_code == 200
    except httpx2.TransportError:
        return False


async def _stop(processes: list[Process]) -> None:
    for process in processes:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _environment(url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
    return inherited | {
        "JALON_DATABASE_URL": url.replace("+asyncpg", ""),
        "JALON_SECRET_KEY": KEY,
        "JALON_BASE_URL": f"https://{NAME}",
        "JALON_WORKER": "separate",
        "JALON_REQUESTS_PER_MINUTE": "1000000",
        "JALON_LOG_LEVEL": "warning",
    }
