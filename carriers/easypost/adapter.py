"""The EasyPost adapter. Knows trackers (API v2) and nothing of who asks.

Creating a tracker that exists gives back the one there is, so creating is asking.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from carriers.core import pushing
from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import (
    Account,
    Credential,
    Genuine,
    Gives,
    Manifest,
    Push,
    Quality,
    Times,
    TrackRequest,
    gives,
)
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.model import Answer, Found, NotFound
from carriers.core.reading import Json, an_object, first_text, kind_of_status, objects, read_json, text, unreadable
from carriers.easypost.codes import ERRORS
from carriers.easypost.tracker import SLUG, read

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="EasyPost",
    names=("EasyPost Tracking",),
    tracking_page=None,
    api="https://api.easypost.com/v2",
    credentials=(
        Credential("api_key", "API key; a test key knows only EasyPost's seven test numbers"),
        *pushing.secrets("Webhook secret that you chose when you added the webhook; turns pushes on"),
    ),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://docs.easypost.com/docs/trackers",
    terms="Every new tracker is charged.",
    push=Push(
        proof="Signed with the webhook secret (X-Hmac-Signature); each event has an id.",
        set_up="Add the address under Webhooks, with a secret that you choose.",
    ),
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.SIGNER),
    times=Times.OFFSET,
)

_JSON: Final = "application/json"


class EasyPost:
    """Trackers."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of POST /trackers, or a list of trackers. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        answers = [_answer(tracker) for tracker in _trackers(data)]
        return answers or refusals(asked, _refused(data, http_status))

    def verify_push(
        self,
        headers: Mapping[str, str],
        body: bytes,
        account: Account,
        now: datetime,  # noqa: ARG002  # part of the contract; EasyPost does not stamp what it sends
    ) -> Genuine | None:
        """Whether the body is signed. See `SignedPushes.verify_push`."""
        secrets = [unicodedata.normalize("NFKD", secret) for secret in pushing.secrets_of(account)]
        if not pushing.is_signed(headers.get("x-hmac-signature"), body, secrets, _signature):
            return None
        try:
            event = an_object(read_json(body))
        except CarrierError:
            return None
        return Genuine(text(event.get("id")) or pushing.digest(body))

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one event of a webhook: a whole tracker. See `Pushes.parse_push`."""
        try:
            event = an_object(read_json(body))
        except CarrierError as error:
            return refusals([], error)
        trackers = _trackers(an_object(event.get("result"))) or _trackers(event)
        return [_answer(tracker) for tracker in trackers] or refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; EasyPost has a plain key
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = EasyPost()


def _signature(secret: str, body: bytes) -> bytes:
    return b"hmac-sha256-hex=" + pushing.hexadecimal(secret, body)


def _call(request: TrackRequest, account: Account) -> Call:
    """`service` may name the carrier, in EasyPost's spelling; else EasyPost finds out by itself."""
    tracker = {"tracking_code": plain(request.number), **({"carrier": request.service} if request.service else {})}
    return Call(
        f"{account.api or MANIFEST.api}/trackers",
        headers={"Content-Type": _JSON, "Accept": _JSON},
        auth=(account.credentials.get("api_key", ""), ""),
        content=json.dumps({"tracker": tracker}).encode(),
    )


# --- reading --------------------------------------------------------------------------------------------------


def _trackers(data: Json) -> list[Json]:
    found = objects(data.get("trackers")) or [data]
    return [one for one in found if text(one.get("tracking_code")) is not None and "status" in one]


def _answer(tracker: Json) -> Answer:
    found = read(tracker)
    if found.milestone is None and not found.checkpoints and not found.unknown_codes:
        return NotFound(found.number, CarrierError(ErrorKind.NOT_FOUND, "The carrier says nothing yet."))
    return Found(found.number, found)


def _refused(data: Json, http_status: int) -> CarrierError:
    problem = an_object(data.get("error"))
    code, message = text(problem.get("code")), first_text(problem.get("message"), problem.get("code"))
    if message is None:
        return unreadable(http_status)
    kind = ERRORS[code] if code in ERRORS else kind_of_status(http_status)
    return CarrierError(kind, message, code=code, http_status=http_status)
