"""The 17TRACK adapter. Knows its API v2.2 and nothing of who asks.

17TRACK watches only what was registered with it: a number it has never heard of is registered when it
is asked about for the first time, and answered "not found yet" until the carrier says something. An
answer sorts its numbers into accepted and rejected, each rejected one with a code of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from carriers.core import pushing
from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, plain
from carriers.core.contract import (
    Account,
    Credential,
    Genuine,
    Gives,
    Manifest,
    Push,
    Quality,
    Quota,
    Times,
    TrackRequest,
    gives,
)
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.model import Answer, Found, NotFound
from carriers.core.reading import (
    Json,
    an_object,
    first_text,
    kind_of_status,
    number,
    objects,
    read_json,
    text,
    unreadable,
)
from carriers.seventeentrack.codes import ERRORS, NOT_REGISTERED
from carriers.seventeentrack.parcel import SLUG, read

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="17TRACK",
    names=("17 Track", "17track.net"),
    tracking_page=None,
    api="https://api.17track.net/track/v2.2",
    credentials=(
        Credential("token", "Access key of the Tracking API; pushes are signed with it"),
        Credential(
            pushing.OLD_SECRET, "The access key before, while pushes may still be signed with it", required=False
        ),
    ),
    batch_size=40,
    quota=Quota(per_second=3),
    quality=Quality.UNVERIFIED,
    docs="https://api.17track.net/en/doc",
    terms="Every number that is registered counts in the plan.",
    push=Push(
        proof="Signed with the access key (sign).",
        set_up="Enter the address under Settings, Webhook, and choose version 2.2 there.",
        secrets=("token", pushing.OLD_SECRET),
    ),
    gives=gives(Gives.PLACES, Gives.COORDINATES, Gives.ESTIMATE, Gives.WINDOW),
    times=Times.MIXED,
)


class SeventeenTrack:
    """Tracking API."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of POST /gettrackinfo or of POST /register. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        inner = an_object(data.get("data"))
        accepted = [_answer(one) for one in objects(inner.get("accepted")) if text(one.get("number")) is not None]
        rejected = [_rejected(one, http_status) for one in objects(inner.get("rejected")) if text(one.get("number"))]
        return [*accepted, *rejected] or refusals(asked, _refused(data, http_status))

    def verify_push(
        self,
        headers: Mapping[str, str],
        body: bytes,
        account: Account,
        now: datetime,  # noqa: ARG002  # part of the contract; 17TRACK does not stamp what it sends
    ) -> Genuine | None:
        """Whether the body is signed; that a number is watched no more is not. See `SignedPushes.verify_push`."""
        secrets = pushing.secrets_of(account, "token", pushing.OLD_SECRET)
        genuine = pushing.is_signed(headers.get("sign"), body, secrets, _signature)
        return Genuine(pushing.digest(body)) if genuine else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one webhook: a whole parcel, or the news that it is watched no more. See `Pushes.parse_push`."""
        try:
            data = an_object(an_object(read_json(body)).get("data"))
        except CarrierError as error:
            return refusals([], error)
        known = text(data.get("number")) is not None
        return [_answer(data)] if known else refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; 17TRACK has a plain key
    ) -> list[Answer]:
        """Ask about up to forty numbers in one call, and register those not yet known. See `Carrier.track`."""
        found = await answered(send(_call("gettrackinfo", requests, account), client), requests, self)
        new = [i for i, a in enumerate(found) if isinstance(a, NotFound) and a.error.code == NOT_REGISTERED]
        if not new:
            return found
        fresh = [requests[i] for i in new]
        registered = await answered(send(_call("register", fresh, account), client), fresh, self)
        for index, answer in zip(new, registered, strict=True):
            found[index] = answer
        return found


CARRIER: Final = SeventeenTrack()


def _signature(secret: str, body: bytes) -> bytes:
    return hashlib.sha256(body + b"/" + secret.encode()).hexdigest().encode()


def _call(what: str, requests: Sequence[TrackRequest], account: Account) -> Call:
    headers = {"17token": account.credentials.get("token", ""), "Content-Type": "application/json"}
    body = json.dumps([_question(request) for request in requests]).encode()
    return Call(f"{account.api or MANIFEST.api}/{what}", headers=headers, content=body)


def _question(request: TrackRequest) -> dict[str, Any]:
    """`service` may name the carrier, by 17TRACK's number for it; else 17TRACK finds out by itself."""
    carrier = number(request.service)
    return {"number": plain(request.number), **({"carrier": carrier} if carrier is not None else {})}


# --- reading --------------------------------------------------------------------------------------------------


def _answer(parcel: Json) -> Answer:
    """A parcel without a word from its carrier is not found yet; one just registered has no track_info at all."""
    found = read(parcel)
    if found.milestone is None and not found.checkpoints and not found.unknown_codes:
        return NotFound(found.number, CarrierError(ErrorKind.NOT_FOUND, "The carrier says nothing yet."))
    return Found(found.number, found)


def _rejected(one: Json, http_status: int) -> Answer:
    own = text(one.get("number")) or ""
    return refusal(own, _error(an_object(one.get("error")), http_status) or unreadable(http_status))


def _refused(data: Json, http_status: int) -> CarrierError:
    """The error of a whole call: its code, or a list of errors in the data."""
    inner = next(iter(objects(an_object(data.get("data")).get("errors"))), {})
    return _error(inner, http_status) or _error(data, http_status) or unreadable(http_status)


def _error(problem: Json, http_status: int) -> CarrierError | None:
    code = text(problem.get("code"))
    if code in (None, "0"):
        return None
    message = first_text(problem.get("message"), problem.get("msg")) or f"17TRACK refuses ({code})."
    kind = ERRORS.get(code or "") or kind_of_status(http_status)
    return CarrierError(kind, message, code=code, http_status=http_status)
