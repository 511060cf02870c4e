"""The servers under measurement as processes, and the database of orders that they share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import process, seed
from tests.benchmarks.plan import Plan
from tests.benchmarks.process import Process
from tests.machine.postgres import free_port

ORDERS = 3_400  # a third of the live pages, so that each order has three


@dataclass(frozen=True, slots=True)
class Fed:
    """A server, and the socket through which it is told what to send."""

    process: Process
    feed: socket.socket

    def tell(self, *lines: bytes) -> None:
        """Send lines to the feed."""
        self.feed.sendall(b"".join(line + b"\n" for line in lines))


def orders(plan: Plan) -> Path:
    """The SQLite file with `ORDERS` orders, made when first asked for."""
    path = plan.folder / "orders.db"
    if not path.exists():
        seed.fill(f"sqlite:///{path}", ORDERS)
    return path


@contextmanager
def portal(plan: Plan, database: str, *more: str) -> Iterator[Fed]:
    """The portal over a database, named by its address."""
    with _fed("portal_server", plan, database, *more) as server:
        yield server


@contextmanager
def documented_sse(plan: Plan, file: Path) -> Iterator[Fed]:
    """sse-starlette as documented, over a SQLite file."""
    with _fed("sse_server", plan, str(file)) as server:
        yield server


@contextmanager
def plain(plan: Plan, database: str, number: int) -> Iterator[Process]:
    """Starlette and Jinja with the views of `number` orders."""
    arguments = ("--database", database, "--orders", str(number))
    with process.python("plain_server", free_port(), plan.folder / "plain.log", *arguments) as server:
        yield server


@contextmanager
def _fed(module: str, plan: Plan, database: str, *more: str) -> Iterator[Fed]:
    feed = free_port()
    arguments = ("--database", database, "--feed", str(feed), *more)
    log = plan.folder / f"{module}.log"
    with ExitStack() as stack:
        server = stack.enter_context(process.python(module, free_port(), log, *arguments))
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", feed)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Fed(server, connection)
