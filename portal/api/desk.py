"""What every call goes through: who asks and whether they may, how often, what they sent, and how it is answered.

Answers are JSON, failures are problem documents (RFC 9457) whose `code` is a word that stays.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope as AsgiScope, Send

from portal.api.keys import Program, program_of
from portal.api.scopes import Scope
from portal.context import Context
from portal.kit.errors import NotThere, Refused, Unavailable
from portal.kit.limits import Buckets
from portal.platforms.strictjson import BadJson, first_value

PATH: Final = "/api/v1"
LARGEST: Final = 4_000_000  # bytes of one call
_HEADERS: Final = {"cache-control": "no-store"}
_BURST_S: Final = 10


class Problem(Exception):
    """A call that is answered with a problem document. `faults` are pairs of a member's path and what is wrong."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: tuple[tuple[str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.faults = status, code, detail, faults
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be made."""

    program: Program
    request: Request
    body: Any = None

    def name(self, part: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[part])

    def asked(self, name: str) -> str | None:
        """A parameter of the address; None for none."""
        return self.request.query_params.get(name) or None


Answer = tuple[int, Any]
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be called: what it needs, who does it, and how it is described.

    `path` is behind `PATH`; `takes` is the JSON schema of the body, where there is one; `asks` are parameters of the
    address with what they mean; `once`: an Idempotency-Key is needed; `gives` is the status of success.
    """

    method: str
    path: str
    scope: Scope
    handler: Handler
    summary: str
    takes: Mapping[str, Any] | None = None
    asks: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    gives: int = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves one installation."""

    context: Context
    buckets: Buckets = field(init=False)

    def __post_init__(self) -> None:
        rate = self.context.settings.api_requests_per_minute / 60
        object.__setattr__(self, "buckets", Buckets(rate, burst=max(rate * _BURST_S, 5)))

    def at(self, operations: Iterable[Operation]) -> Endpoint:
        """A route's endpoint: an operation for each method."""
        return Endpoint(self, {operation.method: operation for operation in operations})

    async def answer(self, operation: Operation, request: Request) -> Response:
        """The answer to one call."""
        program = await program_of(self.context, request.headers.get("authorization", ""))
        if program is None:
            raise Problem(401, "no_key", "Send a key that works: Authorization: Bearer jalon_…", headers=_ASK)
        if wait := self.buckets.take(str(program.id)):
            raise Problem(429, "too_often", "Too many calls a minute.", headers={"retry-after": str(int(wait) + 1)})
        if operation.scope not in program.scopes:
            raise Problem(403, "scope", f"This key lacks the scope {operation.scope.value}.")
        body = await _body(request) if operation.takes is not None else None
        status, value = await operation.handler(Call(program, request, body))
        return _json(status, value)


_ASK: Final = {"www-authenticate": 'Bearer realm="Jalon"'}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers at one address."""

    desk: Desk
    operations: Mapping[str, Operation]

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            return await self.desk.answer(self.operations[method], request)
        except Problem as problem:
            return _said(problem)
        except NotThere:
            return _said(Problem(404, "not_there", "There is no such thing here."))
        except Refused as refused:
            wait = {"retry-after": str(refused.retry_after)} if refused.retry_after else {}
            return _said(Problem(refused.status, "refused", str(refused), headers=wait))
        except Unavailable as away:
            wait = {"retry-after": str(away.retry_after)}
            return _said(Problem(503, "unavailable", "The database does not answer just now.", headers=wait))


async def _body(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "not_json", "Send JSON: Content-Type: application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Problem(413, "too_large", f"At most {LARGEST} bytes.")
    try:
        text = body.decode()
        value, end = first_value(text, len(text) - len(text.lstrip()))
    except UnicodeDecodeError as wrong:
        raise Problem(400, "not_json", "The body is not UTF-8 text.") from wrong
    except BadJson as wrong:
        raise Problem(400, "not_json", f"The body cannot be read: {wrong.message}.") from wrong
    if text[end:].strip():
        raise Problem(400, "not_json", "The body goes on behind its JSON value.")
    return value


def _said(problem: Problem) -> Response:
    value: dict[str, Any] = {
        "type": "about:blank",
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.faults:
        value["faults"] = [{"member": member, "fault": fault} for member, fault in problem.faults]
    return _json(problem.status, value, "application/problem+json", problem.headers)


def _json(
    status: int, value: Any, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    if value is None:
        return Response(status_code=status, headers=_HEADERS)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {**_HEADERS, **(headers or {})}, kind)
