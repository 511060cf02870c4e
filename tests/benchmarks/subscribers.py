"""Thousands of open live pages in one epoll loop, so that the client costs a few microseconds an event.

A payload under measurement holds `@@<nanoseconds of the monotonic clock>;`: what arrived when is then known without
asking the server. Sockets are reset when closed, which leaves none of them waiting.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_MARK, _END = b"@@", b";"
_PADDING = b"x"
_FRAME = b"data:"
_TOGETHER = 256  # requests without an answer yet
_CONNECT_S = 120.0
_RESET = struct.pack("ii", 1, 0)
_ACCEPT = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAccept-Language: en\r\n\r\n"


class Turned(RuntimeError):
    """The server refused or closed a stream."""


def marked(size: int) -> bytes:
    """A payload of `size` bytes that says when it was made."""
    stamp = _MARK + str(time.monotonic_ns()).encode() + _END
    return stamp + _PADDING * (size - len(stamp))


@dataclass(slots=True)
class Arrivals:
    """What came in: the delays of marked payloads in milliseconds; descriptor and moment of every frame."""

    delays: list[float] = field(default_factory=list)
    moments: list[tuple[int, int]] = field(default_factory=list)


class Subscribers:
    """All open streams of one run."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._tails: dict[int, bytes] = {}
        self.arrivals = Arrivals()
        self.descriptors: list[int] = []

    def __enter__(self) -> Subscribers:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._sockets.values():
            sock.close()
        self._epoll.close()

    def open(self, total: int, path_of: Callable[[int], str]) -> float:
        """Open `total` streams; returns the seconds until the last one's answer had begun. Raises Turned."""
        began, waiting = time.perf_counter(), dict[int, bytes]()
        number = 0
        while number < total or waiting:
            while number < total and len(waiting) < _TOGETHER:
                waiting[self._ask(path_of(number))] = b""
                number += 1
            self._answers(waiting)
            if time.perf_counter() - began > _CONNECT_S:
                raise Turned(f"{len(waiting)} of {number} streams have no answer")
        return time.perf_counter() - began

    def _ask(self, path: str) -> int:
        sock = socket.create_connection(("127.0.0.1", self._port))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        sock.sendall(b"GET " + path.encode() + _ACCEPT)
        sock.setblocking(False)
        descriptor = sock.fileno()
        self._sockets[descriptor] = sock
        self.descriptors.append(descriptor)
        self._epoll.register(descriptor, select.EPOLLIN)
        return descriptor

    def _answers(self, waiting: dict[int, bytes]) -> None:
        for descriptor, _ in self._epoll.poll(5):
            data = self._sockets[descriptor].recv(65_536)
            if descriptor not in waiting:
                continue
            head = waiting[descriptor] + data
            if data and b"\r\n\r\n" not in head:
                waiting[descriptor] = head
            elif b" 200 " in head[:20]:
                del waiting[descriptor]
            else:
                raise Turned(head[:300].decode("latin-1") or "closed")

    def drain(self, timeout: float) -> int:
        """Read what is there; returns how many marked payloads were complete. Raises Turned."""
        seen = 0
        for descriptor, _ in self._epoll.poll(timeout, 4096):
            data = self._sockets[descriptor].recv(65_536)
            if not data:
                raise Turned("a stream was closed")
            now = time.monotonic_ns()
            if _FRAME in data:
                self.arrivals.moments.append((descriptor, now))
            seen += self._take(descriptor, self._tails.pop(descriptor, b"") + data, now)
        return seen

    def _take(self, descriptor: int, data: bytes, now: int) -> int:
        seen, at = 0, data.find(_MARK)
        while at >= 0:
            end = data.find(_END, at)
            if end < 0:
                self._tails[descriptor] = data[at:]
                break
            self.arrivals.delays.append((now - int(data[at + 2 : end])) / 1e6)
            seen += 1
            at = data.find(_MARK, end)
        return seen

    def expect(self, count: int, within: float) -> None:
        """Read until `count` marked payloads came. Raises Turned when they did not."""
        end = time.monotonic() + within
        while (seen := self.drain(0.2)) < count:
            count -= seen
            if time.monotonic() > end:
                raise Turned(f"{count} events did not arrive")
