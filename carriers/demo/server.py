"""The server that plays Pigeon Vole over real HTTP, faster than life if told so. Keeps no state.

    GET /v1/parcels?numbers=PVF…,PVR…&lang=fr      X-Api-Key: demo

It can misbehave on demand, so that tests and demonstrations meet what real carriers do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from carriers.demo.codes import CODES
from carriers.demo.journey import Event, Journey, Window, journey
from carriers.demo.numbers import read_number

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

FAULTS: Final = ("html", "too_fast", "broken", "hang", "half")
_MOST: Final = 20


def app(
    speed: float = 1.0,
    clock: Callable[[], float] = time.time,
    *,
    key: str = "demo",
    fault: Callable[[], str | None] = lambda: None,
) -> ASGIApp:
    """The carrier as an ASGI application.

    `speed` is how much faster than life parcels move, `clock` gives seconds since 1970, `key` is the only
    API key, `fault` names how to misbehave at this request (one of FAULTS) or None.
    """

    async def parcels(request: Request) -> Response:
        refusal = _refusal(request, key)
        if refusal is not None:
            return refusal
        now = datetime.fromtimestamp(clock(), UTC)
        return JSONResponse({"parcels": [_parcel(n, now, speed, request) for n in _numbers(request)]})

    return _Moody(Starlette(routes=[Route("/v1/parcels", parcels)]), fault)


class _Moody:
    """Passes requests on, unless the mood of the moment is a fault."""

    def __init__(self, inner: ASGIApp, fault: Callable[[], str | None]) -> None:
        self._inner = inner
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._fault() if scope["type"] == "http" else None
        if fault is None:
            await self._inner(scope, receive, send)
        elif fault == "hang":
            await _hang(receive)
        elif fault == "half":
            await _half(send)
        else:
            await _misbehaviour(fault)(scope, receive, send)


async def _hang(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _half(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"400")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"parcels": [{"number": "PV', "more_body": True})


def _misbehaviour(fault: str) -> Response:
    if fault == "html":
        return HTMLResponse("<!doctype html><title>Maintenance</title><p>Les pigeons se reposent.</p>")
    if fault == "too_fast":
        return _problem(429, fault, "Trop de questions.", {"Retry-After": "7"})
    return _problem(500, fault, "Un pigeon s'est perdu dans la salle des machines.")


def _refusal(request: Request, key: str) -> Response | None:
    if request.headers.get("x-api-key") != key:
        return _problem(401, "bad_key", "Cette clé n'ouvre pas le pigeonnier.")
    if not 1 <= len(_numbers(request)) <= _MOST:
        return _problem(400, "too_many_numbers", f"De 1 à {_MOST} numéros par appel.")
    return None


def _problem(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def _numbers(request: Request) -> list[str]:
    return [name for part in request.query_params.get("numbers", "").split(",") if (name := part.strip())]


def _parcel(number: str, now: datetime, speed: float, request: Request) -> dict[str, Any]:
    parcel = read_number(number)
    found = journey(parcel, now, speed) if parcel is not None else None
    if found is None:
        return {"number": number, "error": {"code": "unknown_number", "message": "Ce numéro n'est pas encore connu."}}
    french = request.query_params.get("lang", "fr") == "fr"
    return {
        "number": number,
        "service": "Vol direct",
        "from": found.origin.country,
        "to": found.destination.country,
        "pickup_point": found.point,
        "signed_by": found.signed_by,
        "estimate": _estimate(found),
        "events": [_event(event, french=french) for event in reversed(found.events)],
    }


def _event(event: Event, *, french: bool) -> dict[str, Any]:
    wording, town = CODES[event.step.code], event.town
    return {
        "code": event.step.code,
        "label": (wording.fr if french else wording.en).format(town=town.name),
        "at": event.at.isoformat(),
        "town": town.name,
        "postcode": town.postcode,
        "country": town.country,
        "lat": town.lat,
        "lon": town.lon,
    }


def _estimate(found: Journey) -> dict[str, str] | None:
    window: Window | None = found.estimate
    if window is None:
        return None
    day = {"day": window.earliest.date().isoformat()}
    return day | {"from": window.earliest.isoformat(), "until": window.latest.isoformat()} if window.exact else day
