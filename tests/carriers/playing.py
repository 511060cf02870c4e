"""Carriers of paper: a local server that answers as told, and one that runs an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Answering = Callable[["Asked"], bytes | None] | bytes | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str = ""


@dataclass(frozen=True, slots=True)
class Playing:
    """A running server: where it is, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


def reply(status: int, body: bytes | str | dict[str, Any] | list[Any], **headers: str) -> bytes:
    """A whole HTTP response; underscores in header names become hyphens."""
    content = (
        json.dumps(body).encode() if isinstance(body, dict | list) else body.encode() if isinstance(body, str) else body
    )
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def half(body: str) -> bytes:
    """A response that stops before its announced end."""
    return reply(200, body)[:-10]


@asynccontextmanager
async def answering(answer: Answering) -> AsyncIterator[Playing]:
    """A server that gives to each request what `answer` is or says; None means never."""
    asked: list[Asked] = []

    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _request(reader)
            asked.append(request)
            content = answer(request) if callable(answer) else answer
            if content is None:
                await reader.read()
            else:
                writer.write(content)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        try:
            yield Playing(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked)
        finally:
            await asyncio.gather(*connections, return_exceptions=True)


@asynccontextmanager
async def running(application: ASGIApp) -> AsyncIterator[str]:
    """The address of an ASGI application that runs in this process."""
    config = uvicorn.Config(
        application, port=0, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has a flag and no event
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def a_client(patience: float = 5.0) -> httpx2.AsyncClient:
    """A client as the portal makes it, but for the certificates, which take long to load and are not needed here."""
    return httpx2.AsyncClient(trust_env=False, timeout=patience, verify=False)


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), parse_qs(parts.query), headers, body.decode())
