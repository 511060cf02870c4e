"""Calls over aiohttp, told in httpx2's words: against a server that keeps the rules, and ones that do not."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from portal.kit.transport import Transport

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def playing(play: Play) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that does `play` after each request; its address, and the heads of the requests."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                heads.append(head)
                await play(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads


@asynccontextmanager
async def client(patience: float = 5) -> AsyncIterator[httpx2.AsyncClient]:
    transport = Transport(ssl.create_default_context(), 2)
    async with httpx2.AsyncClient(transport=transport, timeout=patience, headers={"user-agent": "Jalon/1"}) as opened:
        yield opened


def answering(body: bytes, *headers: str) -> Play:
    """Send this."""

    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}"))
        writer.write(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body)
        await writer.drain()

    return play


async def test_a_request_goes_out_as_it_was_made_and_its_connection_is_kept() -> None:
    async with playing(answering(b"{}", "Set-Cookie: a=b", "X-Two: 1", "X-Two: 2")) as (url, heads), client() as http:
        for _ in range(2):
            answer = await http.get(f"{url}/a%2Fb?q=%C3%A9%20x", headers={"x-own": "yes"})
        assert (answer.status_code, answer.content) == (200, b"{}")
        assert answer.headers.get_list("x-two") == ["1", "2"]
        first = heads[0].decode().lower()
        assert first.startswith("get /a%2fb?q=%c3%a9%20x http/1.1\r\n")
        assert "x-own: yes\r\n" in first
        assert first.count("user-agent:") == first.count("host:") == first.count("accept-encoding:") == 1
        assert "python" not in first


async def test_a_body_goes_out_whole_and_comes_back_unpacked() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = await reader.readexactly(5)
        await answering(gzip.compress(sent * 1000), "Content-Encoding: gzip")(reader, writer)

    async with playing(play) as (url, heads), client() as http:
        answer = await http.post(url, content=b"hello")
        assert answer.content == b"hello" * 1000
        assert b"content-length: 5\r\n" in heads[0].lower()


async def test_nobody_is_followed() -> None:
    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    async with playing(play) as (url, heads), client() as http:
        assert (await http.get(url)).status_code == 302
        assert len(heads) == 1


async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    writer.close()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def gone(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n\r\n")


async def silent(_: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (cut, httpx2.TransportError),
        (reset, httpx2.TransportError),
        (gone, httpx2.TransportError),
        (babble, httpx2.RemoteProtocolError),
        (silent, httpx2.ReadTimeout),
    ],
)
async def test_what_goes_wrong_is_told_as_httpx2_tells_it_and_tried_once(
    play: Play, error: type[httpx2.TransportError]
) -> None:
    async with playing(play) as (url, heads), client(patience=0.3) as http:
        with pytest.raises(error):
            await http.get(url)
        assert len(heads) == 1


async def test_a_kept_connection_that_breaks_is_not_asked_again_by_itself() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (answering(b"1") if len(heads) == 1 else reset)(reader, writer)

    async with playing(play) as (url, heads), client() as http:
        assert (await http.get(url)).content == b"1"
        with pytest.raises(httpx2.TransportError):
            await http.get(url)
        assert len(heads) == 2  # each call is paid for from a budget


async def test_nobody_there_and_no_address_at_all() -> None:
    async with playing(gone) as (url, _):
        pass
    async with client() as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get(url)
        with pytest.raises(httpx2.HTTPError):
            await http.get("ftp://127.0.0.1/")
        with pytest.raises(httpx2.HTTPError):
            await http.get(url, headers={"x-own": "a\r\nb: c"})


async def test_a_body_that_is_left_unread_takes_its_connection_along() -> None:
    async with playing(answering(b"x" * 3_000_000)) as (url, heads), client() as http:
        for _ in range(3):  # more than there are connections
            async with http.stream("GET", url) as answer:
                async for _chunk in answer.aiter_raw():
                    break
        assert len(heads) == 3
