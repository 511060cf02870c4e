"""The GLS adapter. Knows Track and Trace v1 of the GLS group with its tokens, and nothing of who asks.

"Not found" is an error code beside the number inside an HTTP 200. Empty texts mean absent; offsets
come without a colon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core import meaning
from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, no_token, plain
from carriers.core.bearer import Grant, ask
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import TERMINAL, Answer, Checkpoint, Failed, Found, Milestone, Place, Report
from carriers.core.reading import (
    Json,
    an_object,
    country,
    failure_told,
    first_text,
    kind_of_status,
    objects,
    read_json,
    text,
    time,
    unreadable,
)
from carriers.gls.codes import CLOSED, EVENTS, EXPIRED, FAULTS, STATUSES

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="gls",
    label="GLS",
    names=(
        "GLS Group",
        "General Logistics Systems",
        "GLS France",
        "GLS Germany",
        "GLS Deutschland",
        "GLS Italy",
        "GLS Spain",
        "GLS Belgium",
        "GLS Netherlands",
        "GLS Denmark",
        "GLS Poland",
        "GLS Hungary",
        "GLS Austria",
    ),
    tracking_page="https://gls-group.com/track/{number}",
    api="https://api.gls-group.net",
    credentials=(
        Credential("client_id", "API key of an app with Track and Trace", secret=False),
        Credential("client_secret", "Secret of the same app"),
    ),
    batch_size=10,
    quota=Quota(per_day=500),
    quality=Quality.RECORDINGS,
    docs="https://dev-portal.gls-group.net/docs/track-and-trace/1/overview",
    gives=gives(Gives.PLACES),
    times=Times.OFFSET,
    terms="500 calls a day until GLS raises that on request.",
)

_NUMBER: Final = re.compile(r"^[0-9A-Z_]{6,35}$")
_ERROR_CODE: Final = re.compile(r"^E_(\d{3})_\d+$")  # the middle is an HTTP status
_ENDS: Final = TERMINAL | {Milestone.READY_FOR_PICKUP, Milestone.RETURNING, Milestone.EXCEPTION}


class Gls:
    """Track and Trace v1."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /tracking/simple/trackids/{numbers}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        answers = [_answer(parcel, http_status, asked) for parcel in objects(data.get("parcels"))]
        return answers or refusals(asked, _problem(data, http_status))

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about up to ten numbers in one call. See `Carrier.track`."""
        askable = [r for r in requests if _NUMBER.match(plain(r.number))]
        answers = {id(r): a for r, a in zip(askable, await self._ask(askable, account, client, tokens), strict=True)}
        return [answers.get(id(r)) or Failed(r.number, _not_a_number()) for r in requests]

    async def _ask(
        self, requests: list[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        if not requests:
            return []
        asked, api = [plain(request.number) for request in requests], account.api or MANIFEST.api
        reply = ask(lambda token: _call(api, asked, token), _grant(api, account), client, tokens)
        return await answered(reply, requests, self)


CARRIER: Final = Gls()


def _not_a_number() -> CarrierError:
    return CarrierError(ErrorKind.INVALID_NUMBER, "GLS's numbers have 6 to 35 letters and digits.")


# --- calling --------------------------------------------------------------------------------------------------


def _call(api: str, asked: Sequence[str], token: str) -> Call:
    numbers = ",".join(quote(number, safe="") for number in asked)
    return Call(
        f"{api}/track-and-trace-v1/tracking/simple/trackids/{numbers}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "en"},
        params={"showEvents": "true"},
    )


def _grant(api: str, account: Account) -> Grant:
    client_id, secret = (account.credentials.get(name, "") for name in ("client_id", "client_secret"))
    form = {"grant_type": "client_credentials"}
    return Grant(
        f"gls {api} {client_id}", Call(f"{api}/oauth2/v2/token", data=form, auth=(client_id, secret)), no_token
    )


# --- reading --------------------------------------------------------------------------------------------------


def _answer(parcel: Json, http_status: int, asked: Sequence[str]) -> Answer:
    number = _number(parcel, asked)
    if text(parcel.get("status")) is not None or objects(parcel.get("events")):
        return Found(number, _report(parcel, number))
    return refusal(number, _problem(parcel, http_status))


def _number(parcel: Json, asked: Sequence[str]) -> str:
    """The number asked about; what was requested can be a reference, under which several parcels go."""
    requested, unit = text(parcel.get("requested")), text(parcel.get("unitno"))
    if requested is not None and (unit is None or plain(requested) in asked):
        return requested
    return unit or (asked[0] if len(asked) == 1 else "")


def _problem(data: Json, http_status: int) -> CarrierError:
    """What GLS, or the gateway in front of it, has against a question or against one number in it."""
    fault, listed = an_object(data.get("fault")), next(iter(objects(data.get("errors"))), {})
    code = first_text(
        data.get("errorCode"),
        an_object(fault.get("detail")).get("errorcode"),
        listed.get("errorCode"),
        data.get("status") if "title" in data else None,
    )
    said = first_text(
        data.get("errorMessage"),
        fault.get("faultstring"),
        listed.get("errorMessage"),
        data.get("detail") if isinstance(data.get("detail"), str) else None,
        data.get("title"),
    )
    if code is None and said is None:
        return unreadable(http_status)
    expired = True if code in EXPIRED else None
    message = said or f"GLS refuses ({code})."
    kind = _kind(code, failure_told(http_status, data.get("status")))
    return CarrierError(kind, message, code=code, http_status=http_status, retryable=expired)


def _kind(code: str | None, http_status: int) -> ErrorKind:
    inner = _ERROR_CODE.match(code or "")
    return FAULTS.get(code or "") or kind_of_status(int(inner[1]) if inner else http_status)


def _report(parcel: Json, number: str) -> Report:
    word = (text(parcel.get("status")) or "").upper()
    scans = [_checkpoint(event) for event in objects(parcel.get("events"))]
    stated = STATUSES.get(word, UNKNOWN)
    read = meaning.report(
        MANIFEST.slug,
        number,
        scans,
        stated=_ended(scans) if word == CLOSED else stated,
        unknown_codes=[word] if word not in STATUSES else [],
    )
    arrived = stated.milestone is Milestone.DELIVERED and read.delivered_at is None
    return replace(read, delivered_at=time(parcel.get("statusDateTime"))) if arrived else read


def _ended(scans: list[Checkpoint]) -> Meaning:
    """How a closed history ended: delivered, unless its newest event says otherwise."""
    newest = next(iter(meaning.report(MANIFEST.slug, "", scans).checkpoints), None)
    if newest is not None and newest.milestone in _ENDS:
        return Meaning(newest.milestone, newest.reason)
    return Meaning(Milestone.DELIVERED)


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("code"))
    return meaning.checkpoint(
        EVENTS.get((code or "").upper(), UNKNOWN),
        code=code,
        text=text(event.get("description")),
        at=time(event.get("eventDateTime")),
        place=Place(
            city=text(event.get("city")),
            postcode=text(event.get("postalCode")),
            country=country(event.get("country")),
        ),
    )
