"""What every request passes before any page sees it, in one pure ASGI layer.

Rate limit per address, body size, cross-site writes, security headers, and one log line. Secrets in paths
are masked in the log. What is asked most has a lane of its own past the framework's layers: pages, and
event streams with the server's own `send`, so that a thousand open pages cost no layers each.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.kit.cookies import SECURE
from portal.kit.errors import NotThere, Refused, Unavailable
from portal.kit.limits import Buckets, network

log = logging.getLogger("jalon.access")
bugs = logging.getLogger("jalon.errors")

_SAFE = {"GET", "HEAD", "OPTIONS"}
# Wherever it stands: links get copied with their full stop; and what looks like somebody's address.
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,}|[^/]*@[^/]*")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def csp_with_images(origin: str) -> str:
    """The policy for a page that shows images of one other site as well; the page sends it itself."""
    return CSP.replace("img-src 'self' data:", f"img-src 'self' data: {origin}")


HEADERS: Mapping[str, str] = {
    "content-security-policy": CSP,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",  # for what knows no frame-ancestors
    "x-robots-tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What this installation allows. `origin` is the only site that may send changes."""

    origin: str
    requests_per_minute: int
    largest_body: int = 1_000_000

    @property
    def secure(self) -> bool:
        """Whether customers reach us by HTTPS."""
        return self.origin.startswith("https:")


def headers(rules: Rules) -> list[tuple[bytes, bytes]]:
    """The security headers of every answer."""
    named = dict(HEADERS)
    if rules.secure:
        named["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in named.items()]


@dataclass(frozen=True, slots=True)
class Lane:
    """Paths whose GET and HEAD go straight to `app`; named groups of `path` become path parameters.

    `app` may raise NotThere, Refused and Unavailable before it has answered. A `stream` answers with its own
    headers and is not logged.
    """

    path: re.Pattern[str]
    app: ASGIApp
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Inlet:
    """Paths that other servers call, and prove to the application who they are: so no site of origin is asked for, and
    cookies that come along are taken off. They come in bursts and are counted apart from customers.
    """

    path: re.Pattern[str]
    requests_per_minute: int
    largest_body: int


class Guard:
    """The outermost application."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Rules,
        refuse: Callable[[Scope, int, int | None], ASGIApp],
        lanes: Sequence[Lane] = (),
        inlets: Sequence[Inlet] = (),
    ) -> None:
        self._app = app
        self._rules = rules
        self._refuse = refuse
        self._lanes = lanes
        self._headers = headers(rules)
        rate = rules.requests_per_minute / 60
        self._buckets = Buckets(rate, burst=max(rules.requests_per_minute / 4, 30))
        self._inlets = [(i, Buckets(i.requests_per_minute / 60, burst=i.requests_per_minute)) for i in inlets]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or turn it down."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[SECURE] = self._rules.secure
        status, wait = self._verdict(scope)
        lane = None if status else self._lane(scope)
        if lane is not None and lane.stream:
            try:
                await lane.app(scope, receive, send)
                return
            except (NotThere, Refused, Unavailable) as problem:
                status, wait = refusal(problem)
        app = self._refuse(scope, status, wait) if status else lane.app if lane is not None else self._app
        await self._answer(app, scope, receive, send)

    def _lane(self, scope: Scope) -> Lane | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        for lane in self._lanes:
            if match := lane.path.fullmatch(scope["path"]):
                scope["path_params"] = match.groupdict()
                return lane
        return None

    def _verdict(self, scope: Scope) -> tuple[int, int | None]:
        """The status to refuse with (0: none), and the seconds to wait."""
        client = scope.get("client")
        inlet, buckets = self._inlet(scope)
        wait = buckets.take(network(client[0] if client else ""))
        if wait:
            return 429, int(wait) + 1
        if inlet is not None:
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        if scope["method"] in _SAFE:
            return 0, None
        given = {
            name: value for name, value in scope["headers"] if name in (b"content-length", b"sec-fetch-site", b"origin")
        }
        length = given.get(b"content-length", b"0")
        largest = inlet.largest_body if inlet is not None else self._rules.largest_body
        if not length.isdigit() or len(length) > 18 or int(length) > largest:
            return 413, None
        return (0, None) if inlet is not None or self._same_site(given) else (403, None)

    def _inlet(self, scope: Scope) -> tuple[Inlet | None, Buckets]:
        """The inlet that a request is for, if any, and what counts it."""
        for inlet, buckets in self._inlets:
            if inlet.path.fullmatch(scope["path"]):
                return inlet, buckets
        return None, self._buckets

    def _same_site(self, given: Mapping[bytes, bytes]) -> bool:
        site = given.get(b"sec-fetch-site")
        if site is not None:
            return site in (b"same-origin", b"none")
        origin = given.get(b"origin")
        return origin is not None and _same_origin(origin.decode("latin-1"), self._rules.origin)

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in self._headers if pair[0] not in own)]
            await send(message)

        try:
            await app(scope, receive, guarded)
        except Exception as problem:  # the last place that can still say something to the visitor
            if status:
                raise
            await self._refuse(scope, *refusal(problem))(scope, receive, guarded)
        finally:
            took = (time.perf_counter() - began) * 1000
            log.info("%s %s %d %.1fms", scope["method"], masked(scope["path"]), status, took)


def refusal(problem: Exception) -> tuple[int, int | None]:
    """The status that answers a failure, and the seconds after which asking again may work. What is no
    foreseen failure is our mistake: it is logged, and 500."""
    if isinstance(problem, NotThere):
        return 404, None
    if isinstance(problem, Refused):
        return problem.status, problem.retry_after
    if isinstance(problem, Unavailable):
        return 503, problem.retry_after
    bugs.error("a request failed", exc_info=problem)
    return 500, None


def masked(path: str) -> str:
    """A path fit for the log: secrets and e-mail addresses hidden, line breaks and other controls written out."""
    plain = _SECRET.sub("…", path[:300])
    return plain if plain.isprintable() else ascii(plain)[1:-1]


def _same_origin(one: str, other: str) -> bool:
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
