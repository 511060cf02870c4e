"""Asking in the ways that many carriers share: one call about some parcels, one answer for each.

What to call and how to read the reply are the adapter's; nothing here knows a carrier.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from carriers.core.answers import in_order, newest_scan, refusals
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.model import Answer, Found
from carriers.core.reading import Json, first_text, kind_of_status, text, unreadable

if TYPE_CHECKING:
    import httpx2

    from carriers.core.contract import Carrier, TrackRequest

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


def no_token(data: Json, http_status: int) -> CarrierError:
    """What an OAuth server says instead of a token, in the members that they have in common."""
    code = text(data.get("error"))
    said = first_text(data.get("error_description"), data.get("message"), data.get("detail"), code)
    if said is None:
        return unreadable(http_status)
    kind = ErrorKind.AUTH if code in _REFUSED else kind_of_status(http_status)
    return CarrierError(kind, said, code=code, http_status=http_status)
