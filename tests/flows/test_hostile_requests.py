"""What strangers send: bytes, names and sizes of any kind are answered with what is wrong, never with a failure."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from portal.orders.links import revoke_links
from portal.orders.queries import access_by_token
from portal.orders.sync import import_order
from tests.support.clock import FileClock
from tests.support.command import link_to
from tests.support.context import order
from tests.support.server import Installation, Process, installed

pytestmark = pytest.mark.slow

SMALL = settings(max_examples=60)
WIRE = st.binary(max_size=60).map(lambda raw: re.sub(rb"[\s\x00]", b"", raw))
TEXTS = st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
ESCAPED = st.binary(max_size=40).map(lambda raw: b"".join(b"%%%02x" % byte for byte in raw))
PARTS = st.one_of(WIRE, TEXTS.map(lambda raw: re.sub(rb"[\s\x00]", b"", raw)), ESCAPED)
VALUES = st.binary(max_size=80).map(lambda raw: re.sub(rb"[\r\n\x00]", b"", raw))
HEADERS = (
    b"accept-language", b"accept-encoding", b"last-event-id", b"if-none-match", b"cookie", b"x-forwarded-for", b"host",
    b"x-forwarded-proto", b"range", b"origin", b"sec-fetch-site", b"content-type", b"expect", b"te", b"x-anything",
)  # fmt: skip
REFUSALS = {307, 400, 403, 404, 405, 410, 413, 414, 417, 431}  # 307: the same path without its last slash


@dataclass(frozen=True, slots=True)
class Target:
    """A serving process, an address that works on it and one that has ended."""

    process: Process
    page: str
    ended: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One process for all of these tests; it must be in order at their end."""
    folder = tmp_path_factory.mktemp("hostile")
    clock = FileClock(folder / "clock")
    clock.set(datetime.now(UTC))
    with installed(folder, f"sqlite:///{folder}/jalon.db", clock, port=0) as installation:
        process = installation.web()
        page, ended = asyncio.run(_links(installation))
        yield Target(process, page, ended)
        assert status(process, page) == 200
        assert "Traceback" not in process.said()
        assert process.stop() == 0


async def _links(installation: Installation) -> tuple[str, str]:
    async with installation.context() as context:
        await import_order(context, order())
        ended = await link_to(context, "1001")
        async with context.db.read() as reader:
            access = await access_by_token(reader, ended.rsplit("/", 1)[1], context.clock.now())
        assert access is not None
        await revoke_links(context, access.order_id)
        return await link_to(context, "1001"), ended


@SMALL
@given(where=st.sampled_from([b"/o/%s", b"/o/%s/events", b"/static/%s", b"/%s", b"/healthz/%s"]), part=PARTS)
def test_no_path_makes_it_fail(target: Target, where: bytes, part: bytes) -> None:
    found = spoken(target.process, b"GET " + where.replace(b"%s", part) + b" HTTP/1.1\r\nHost: x\r\n")
    assert found in REFUSALS | {200}  # 200: the empty part is the start page


@SMALL
@given(stream=st.booleans(), name=st.sampled_from([b"lang", b"after", b"x"]), value=PARTS, rest=PARTS)
def test_no_query_makes_it_fail(target: Target, stream: bool, name: bytes, value: bytes, rest: bytes) -> None:
    path = (target.page + ("/events" if stream else "")).encode() + b"?" + name + b"=" + value + b"&" + rest
    assert spoken(target.process, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n") in {200, 400}


@SMALL
@given(stream=st.booleans(), name=st.sampled_from(HEADERS), value=VALUES)
def test_no_header_makes_it_fail(target: Target, stream: bool, name: bytes, value: bytes) -> None:
    path = (target.page + ("/events" if stream else "")).encode()
    assert spoken(target.process, b"GET " + path + b" HTTP/1.1\r\n" + name + b": " + value + b"\r\n") in {
        200,
        304,
        400,
        417,
    }


@SMALL
@given(junk=st.binary(min_size=1, max_size=400))
def test_bytes_that_are_no_request_are_refused_or_hung_up_on(target: Target, junk: bytes) -> None:
    assert spoken(target.process, junk) in REFUSALS | {None, 200}


@SMALL
@given(
    method=st.sampled_from([b"POST", b"PUT", b"PATCH", b"DELETE"]),
    kind=st.sampled_from(
        [b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"application/json"]
    ),
    body=st.binary(max_size=300),
)
def test_no_form_makes_it_fail(target: Target, method: bytes, kind: bytes, body: bytes) -> None:
    head = method + b" " + target.page.encode() + b" HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
    head += b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body)
    assert spoken(target.process, head, body) == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "{page}", "{page}/events", "/healthz/live", "/robots.txt"])
def test_other_methods_are_not_allowed(target: Target, method: str, path: str) -> None:
    assert status(target.process, path.format(page=target.page), method, "Sec-Fetch-Site: same-origin") in {400, 405}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_changes_from_other_sites_are_refused(target: Target, method: str) -> None:
    assert status(target.process, target.page, method, "Sec-Fetch-Site: cross-site") == 403
    assert status(target.process, target.page, method, "Origin: https://elsewhere.example") == 403


@pytest.mark.parametrize("path", ["/o/{t}", "/o/{t}/events"])
def test_a_stranger_learns_nothing_from_an_unknown_or_malformed_token(target: Target, path: str) -> None:
    for token in ("A" * 27, "a" * 26, "A" * 28, "..", "%2e%2e%5c", "0", "'--", "x" * 500):
        assert status(target.process, path.format(t=token)) == 404


@pytest.mark.parametrize("path", ["{ended}", "{ended}/events"])
def test_a_link_that_has_ended_says_so(target: Target, path: str) -> None:
    assert status(target.process, path.format(ended=target.ended)) == 410


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Content-Length: 2000000", {413}),
        ("Content-Length: 99999999999999999999999", {400, 413}),
        ("Content-Length: -1", {400, 413}),
        ("Content-Length: 1\r\nContent-Length: 2", {400}),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked", {400}),
        ("Transfer-Encoding: gzip", {400, 405, None}),
    ],
)
def test_bodies_of_impossible_size_are_refused(target: Target, head: str, expected: set[int | None]) -> None:
    assert status(target.process, target.page, "POST", f"Sec-Fetch-Site: same-origin\r\n{head}") in expected


def test_a_body_without_end_is_answered_and_not_kept(target: Target) -> None:
    head = (
        f"POST {target.page} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    piece = b"%x\r\n%s\r\n" % (65536, b"a" * 65536)
    before = memory(target.process)
    with socket.create_connection(("127.0.0.1", int(target.process.url.rsplit(":", 1)[1])), timeout=10) as connection:
        connection.sendall(head.encode())
        for _ in range(1000):
            connection.sendall(piece)
        assert connection.recv(12) in (b"HTTP/1.1 405", b"HTTP/1.1 413")
    assert memory(target.process) < before + 20_000_000


@pytest.mark.parametrize("size", [9_000, 70_000, 300_000])
def test_long_heads_are_refused(target: Target, size: int) -> None:
    assert status(target.process, "/" + "a" * size) in REFUSALS | {None}
    assert status(target.process, target.page, "GET", f"X-Long: {'a' * size}") in REFUSALS | {None, 200}
    assert status(
        target.process, target.page, "GET", "\r\n".join(f"X-{n}: 1" for n in range(size // 20))
    ) in REFUSALS | {None, 200}


@pytest.mark.parametrize(
    "line",
    ["GET", "GET /", "GET / HTTP/9.9", "GET http://elsewhere.example/ HTTP/1.1", "OPTIONS * HTTP/1.1",
     "CONNECT x:1 HTTP/1.1", "GET //elsewhere.example/%2e%2e HTTP/1.1", "GET /%00 HTTP/1.1",
     "GET /static/../portal/main.py HTTP/1.1",
     "GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "PRI * HTTP/2.0"],
)  # fmt: skip
def test_odd_request_lines(target: Target, line: str) -> None:
    assert spoken(target.process, f"{line}\r\nHost: x\r\n".encode()) in REFUSALS | {None, 200}


def status(process: Process, path: str, method: str = "GET", more: str = "X-Nothing: 1") -> int | None:
    """The status of one request."""
    return spoken(process, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode())


def memory(process: Process) -> int:
    """Resident bytes of a process."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096


def spoken(process: Process, head: bytes, body: bytes = b"") -> int | None:
    """The status that these bytes are answered with; None when the server hangs up without one."""
    with socket.create_connection(("127.0.0.1", int(process.url.rsplit(":", 1)[1])), timeout=10) as connection:
        with contextlib.suppress(OSError):  # it may say no and hang up before all was sent
            connection.sendall(head + b"Connection: close\r\n\r\n" + body)
        return _status(connection)


def _status(connection: socket.socket) -> int | None:
    found = b""
    try:
        connection.shutdown(socket.SHUT_WR)
        while len(found) < 12 and (piece := connection.recv(1000)):
            found += piece
    except OSError:
        return None
    match = re.match(rb"HTTP/1\.[01] (\d{3})", found)
    assert match is not None or not found, found
    return int(match[1]) if match else None
