"""Load for pages: some keep-alive connections in one epoll loop, each asking again as soon as it was answered."""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_ETAG = re.compile(rb"\r\netag: ([^\r]+)", re.IGNORECASE)
_HEAD = b" HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\naccept-encoding: gzip\r\naccept-language: en\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to. `etags` are by path."""

    answers: int
    seconds: float
    etags: Mapping[str, bytes]


class UnexpectedAnswer(RuntimeError):
    """The server said something else than what was to be measured."""


def request(path: str, etag: bytes | None = None, cookie: bytes = b"") -> bytes:
    """A browser's GET, conditional when an etag is given."""
    known = b"if-none-match: " + etag + b"\r\n" if etag else b""
    signed_in = b"cookie: " + cookie + b"\r\n" if cookie else b""
    return b"GET " + path.encode() + _HEAD + signed_in + known + b"\r\n"


def run(
    port: int,
    next_path: Callable[[int], str],
    etags: Mapping[str, bytes],
    status: bytes,
    *,
    connections: int,
    seconds: float = 0,
    answers: int = 0,
    cookie: bytes = b"",
) -> Load:
    """Ask for `next_path(0)`, `next_path(1)`, … until time is up or as many answers came; each must have `status`."""
    loop = _Loop(port, next_path, etags, status, cookie)
    began = time.perf_counter()
    end = began + seconds if seconds else float("inf")
    try:
        loop.connect(connections)
        while time.perf_counter() < end and (not answers or loop.answers < answers):
            loop.turn()
    finally:
        loop.close()
    return Load(loop.answers, time.perf_counter() - began, loop.seen)


class _Loop:
    def __init__(
        self, port: int, next_path: Callable[[int], str], etags: Mapping[str, bytes], status: bytes, cookie: bytes
    ) -> None:
        self._port, self._next_path, self._etags, self._cookie = port, next_path, etags, cookie
        self._start = b"HTTP/1.1 " + status
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._asked: dict[int, str] = {}
        self._parts: dict[int, bytes] = {}
        self._number = 0
        self.answers = 0
        self.seen: dict[str, bytes] = {}

    def connect(self, connections: int) -> None:
        for _ in range(connections):
            sock = socket.create_connection(("127.0.0.1", self._port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets[sock.fileno()] = sock
            self._epoll.register(sock.fileno(), select.EPOLLIN)
            self._ask(sock.fileno())

    def turn(self) -> None:
        for fd, _ in self._epoll.poll(1):
            data = self._parts.pop(fd, b"") + self._sockets[fd].recv(262_144)
            if is_whole(data):
                self._take(fd, data)
                self._ask(fd)
            elif data:
                self._parts[fd] = data
            else:
                raise UnexpectedAnswer("the server closed a connection")

    def _take(self, fd: int, data: bytes) -> None:
        if not data.startswith(self._start):
            raise UnexpectedAnswer(data[:300].decode("latin-1"))
        self.answers += 1
        if tag := _ETAG.search(data, 0, 1500):
            self.seen[self._asked[fd]] = tag[1]

    def _ask(self, fd: int) -> None:
        path = self._asked[fd] = self._next_path(self._number)
        self._number += 1
        self._sockets[fd].sendall(request(path, self._etags.get(path), self._cookie))

    def close(self) -> None:
        for sock in self._sockets.values():
            sock.close()
        self._epoll.close()


def is_whole(data: bytes) -> bool:
    """Whether `data`, which begins with an answer, holds all of it."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(data, 0, end + 2)
    return len(data) - end - 4 >= (int(length[1]) if length else 0)
