"""Asking in the ways that many carriers share: one call about some parcels, with or without a token.

What to call and how to read the reply are the adapter's; nothing here knows a carrier.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from carriers.core.answers import in_order, newest_scan, passed_on, refusals
from carriers.core.auth import Token
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.model import Answer, Found
from carriers.core.reading import Json, an_object, first_text, kind_of_status, number, read_json, text, unreadable

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache
    from carriers.core.contract import Carrier, TrackRequest

_TOKEN_LIFE: Final = 3600.0  # seconds, where nobody says
_REFUSED: Final = frozenset({"invalid_client", "invalid_grant", "unauthorized_client", "access_denied"})


def plain(number: str) -> str:
    """A tracking number as carriers write it: no blanks, upper case."""
    return "".join(number.split()).upper()


async def answered(reply: Awaitable[Reply], requests: Sequence[TrackRequest], carrier: Carrier) -> list[Answer]:
    """The carrier's reading of one reply: one answer per request, in order."""
    try:
        got = await reply
    except CarrierError as error:
        return refusals([request.number for request in requests], error)
    asked = [plain(request.number) for request in requests]
    answers = carrier.parse(got.body, http_status=got.status, asked=asked)
    return in_order(requests, [ours(answers, number) for number in asked], got)


def ours(answers: Sequence[Answer], asked: str) -> Answer:
    """The answer under this number, with the newest scan where several have it; the first where none has."""
    same = [answer for answer in answers if plain(answer.number) == asked]
    found = [answer for answer in same if isinstance(answer, Found)]
    return max(found, key=newest_scan) if found else next(iter(same), answers[0])


async def one_by_one(
    requests: Sequence[TrackRequest], carrier: Carrier, call: Callable[[TrackRequest], Call], client: httpx2.AsyncClient
) -> list[Answer]:
    """One call per request, one after the other."""
    asked = [await answered(send(call(request), client), [request], carrier) for request in requests]
    return [answer for answers in asked for answer in answers]


async def authorised(
    call: Callable[[str], Call],
    key: str,
    fetch: Callable[[], Awaitable[Token]],
    tokens: TokenCache,
    client: httpx2.AsyncClient,
) -> Reply:
    """The reply to a call that wants a token; one that the carrier refuses is renewed once. Raises CarrierError."""
    token = await tokens.get(key, fetch)
    reply = await send(call(token), client)
    if reply.status != 401:
        return reply
    tokens.forget(key, token)
    return await send(call(await tokens.get(key, fetch)), client)


async def token_from(call: Call, client: httpx2.AsyncClient, member: str = "access_token") -> Token:
    """The token in the reply to `call`. Raises CarrierError, also for a reply without one."""
    reply = await send(call, client)
    try:
        data = an_object(read_json(reply.body, http_status=reply.status))
    except CarrierError as error:
        raise passed_on(error, reply) from error
    token = text(data.get(member))
    if reply.status not in (200, 201) or token is None:
        raise passed_on(_no_token(data, reply.status), reply)
    return Token(token, float(number(data.get("expires_in")) or _TOKEN_LIFE))


def _no_token(data: Json, http_status: int) -> CarrierError:
    code = text(data.get("error"))
    said = first_text(data.get("error_description"), data.get("message"), data.get("detail"), code)
    if said is None or http_status in (200, 201):
        return unreadable(http_status)
    kind = ErrorKind.AUTH if code in _REFUSED else kind_of_status(http_status)
    return CarrierError(kind, said, code=code, http_status=http_status)
