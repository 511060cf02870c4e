"""The web application without a server: requests are answered in the test's own loop, streams stay open."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from portal.context import Context
from portal.main import Application, Server, create_app, server

PERSON = "203.0.113.7"
# Every cookie that there may be: all are needed for what the visitor asks for. docs/personal-data.md says what for.
COOKIES = ("jalon", "jalon-start", "jalon-shared-[a-z]{10}", "jalon-staff", "jalon-staff-start", "lang")
# The one form in which a cookie may be given, whatever answers; the sites of these tests are on HTTPS.
_COOKIE = re.compile(
    rf"__Host-(?:{'|'.join(COOKIES)})=[\w.~-]*; Max-Age=\d+; Path=/; HttpOnly; SameSite=Lax; Secure", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` have lower-case names; a header sent twice is joined by a comma."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, uncompressed."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


@dataclass
class Exchange:
    """One request under way: what was sent, and the means to go away."""

    messages: list[Any] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    body_given: bool = False
    body: bytes = b""

    async def receive(self) -> Any:
        """The body, then nothing until the browser goes or the answer is complete."""
        if not self.body_given:
            self.body_given = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take a message."""
        self.messages.append(message)
        self.news.set()
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.gone.set()

    @property
    def answer(self) -> Answer:
        """What was answered so far."""
        head = self.messages[0]
        headers: dict[str, str] = {}
        for raw_name, raw_value in head["headers"]:
            name, value = raw_name.decode().lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Answer(head["status"], headers, b"".join(m.get("body", b"") for m in self.messages[1:]))

    async def until(self, text: str) -> str:
        """Wait until the body holds `text`; returns the body."""
        async with asyncio.timeout(30):
            while text not in (body := b"".join(m.get("body", b"") for m in self.messages[1:]).decode()):
                self.news.clear()
                await self.news.wait()
        return body


@dataclass(frozen=True, slots=True)
class Site:
    """An application and its context."""

    context: Context
    app: Application

    async def ask(
        self, path: str, method: str = "GET", client: str = PERSON, body: str | bytes = "", **headers: str
    ) -> Answer:
        """One request. Header names are written with underscores."""
        exchange = Exchange(body=body.encode() if isinstance(body, str) else body)
        await self.app(scope_of(path, method, client, headers), exchange.receive, exchange.send)
        for name, value in exchange.messages[0]["headers"]:
            assert name.lower() != b"set-cookie" or _COOKIE.fullmatch(value.decode()), value
        return exchange.answer

    @asynccontextmanager
    async def stream(self, path: str, client: str = PERSON, **headers: str) -> AsyncIterator[Exchange]:
        """A request that is answered for as long as the block lasts; its head is there when it begins."""
        exchange = Exchange()
        task = asyncio.create_task(self.app(scope_of(path, "GET", client, headers), exchange.receive, exchange.send))
        try:
            async with asyncio.timeout(30):
                while not exchange.messages:
                    exchange.news.clear()
                    await exchange.news.wait()
            yield exchange
        finally:
            exchange.gone.set()
            await asyncio.wait_for(task, 5)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The application's own tasks run inside the block, as under a server."""
        inbox: asyncio.Queue[Any] = asyncio.Queue()
        outbox: asyncio.Queue[Any] = asyncio.Queue()
        task = asyncio.create_task(self.app({"type": "lifespan", "state": {}}, inbox.get, outbox.put))
        try:
            await inbox.put({"type": "lifespan.startup"})
            started = await asyncio.wait_for(outbox.get(), 10)
            assert started["type"] == "lifespan.startup.complete", started
            yield
        finally:
            await inbox.put({"type": "lifespan.shutdown"})
            await asyncio.wait_for(task, 10)


@asynccontextmanager
async def served(site: Site, **settings: Any) -> AsyncIterator[tuple[Server, str]]:
    """The site on a server of its own, with these settings changed; gives the server and its address."""
    local = replace(site.context, settings=site.context.settings.model_copy(update={"port": 0, **settings}))
    running = server(create_app(local), local)
    serving = asyncio.create_task(running.serve())
    try:
        async with asyncio.timeout(30):
            while not running.started:  # noqa: ASYNC110 - the server has no event to wait for
                await asyncio.sleep(0.01)
        yield running, f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = True
        await asyncio.wait_for(serving, 10)


def site(context: Context, **more: Any) -> Site:
    """The application over an open context."""
    return Site(context, create_app(context, **more))


def scope_of(path: str, method: str, client: str, headers: dict[str, str]) -> dict[str, Any]:
    """The request as an ASGI server describes it."""
    plain, _, query = path.partition("?")
    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(plain),
        "raw_path": plain.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": given if "host" in headers else [(b"host", b"track.atelier-lune.example"), *given],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
