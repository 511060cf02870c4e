"""Requests as bytes on a socket, for what a well-behaved client would not send or would not show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.server import Process


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    id: int | None
    name: str
    data: str


class Stream:
    """An open event stream."""

    def __init__(self, head: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.status = head.status
        self.headers = head.headers
        self._reader = reader
        self._writer = writer
        self._rest = b""

    async def event(self, within: float = 60) -> Event | None:
        """The next event; None when the stream has ended. TimeoutError when nothing but comments comes."""
        async with asyncio.timeout(within):
            while True:
                block = await self._block()
                event = None if block is None else _event(block)
                if block is None or event is not None:
                    return event

    def cut(self) -> None:
        """Drop the connection without a word."""
        self._writer.transport.abort()

    async def _block(self) -> str | None:
        while b"\n\n" not in self._rest:
            piece = await self._piece()
            if piece is None:
                return None
            self._rest += piece
        block, self._rest = self._rest.split(b"\n\n", 1)
        return block.decode()

    async def _piece(self) -> bytes | None:
        try:
            size = int(await self._reader.readline() or b"0", 16)
            piece = await self._reader.readexactly(size + 2)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            return None
        return piece[:-2] if size else None


async def ask(process: Process, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """One request on a connection of its own. Underscores in header names stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body else []
    return await send(process, "\r\n".join([*lines, "", ""]).encode("latin-1") + body)


async def send(process: Process, request: bytes, within: float = 60) -> Answer:
    """Send bytes as they are and read one answer; OSError or IncompleteReadError when the server just hangs up."""
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(process))
        try:
            writer.write(request)
            head = await _head(reader)
            return Answer(head.status, head.headers, await _body(head.headers, reader))
        finally:
            writer.transport.abort()


@asynccontextmanager
async def stream(process: Process, path: str, **headers: str) -> AsyncIterator[Stream]:
    """An open stream, dropped at the end of the block."""
    opened = await open_stream(process, path, **headers)
    try:
        yield opened
    finally:
        opened.cut()


async def open_stream(process: Process, path: str, **headers: str) -> Stream:
    """Open a stream; whoever opens it cuts it."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(process))
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(30):
        return Stream(await _head(reader), reader, writer)


def port_of(process: Process) -> int:
    """Where it listens."""
    return int(process.url.rsplit(":", 1)[1])


async def _head(reader: asyncio.StreamReader) -> Answer:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
    return Answer(int(lines[0].split(" ", 2)[1]), {name.lower(): value.strip() for name, value in pairs}, b"")


async def _body(headers: Mapping[str, str], reader: asyncio.StreamReader) -> bytes:
    return (
        await reader.readexactly(int(headers["content-length"])) if "content-length" in headers else await reader.read()
    )


def _event(block: str) -> Event | None:
    """A block of lines as an event; None for comments."""
    fields: dict[str, list[str]] = {}
    for line in block.replace("\r", "").split("\n"):
        name, _, value = line.partition(":")
        if name:
            fields.setdefault(name, []).append(value.removeprefix(" "))
    if not fields:
        return None
    given = fields.get("id", [""])[-1]
    return Event(
        int(given) if given.isdigit() else None, "".join(fields.get("event", [])), "\n".join(fields.get("data", []))
    )
