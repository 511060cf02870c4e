"""The Ship24 adapter. Knows its public API (v1) and nothing of who asks.

Asking creates what Ship24 calls a tracker, once: the same question never creates a second one. The
first question may take Ship24 a minute; it is given up long before, and the next one finds the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

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
    Quota,
    Times,
    TrackRequest,
    gives,
)
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.model import Answer, Found, NotFound
from carriers.core.reading import Json, an_object, first_text, kind_of_status, objects, read_json, text, unreadable
from carriers.ship24.codes import ERRORS, NUMBER, UNFIT
from carriers.ship24.tracking import SLUG, number_of, read

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="Ship24",
    names=("Ship24 Tracking",),
    tracking_page=None,
    api="https://api.ship24.com/public/v1",
    credentials=(
        Credential("api_key", "API key of a plan with trackers"),
        *pushing.secrets("Webhook secret, shown where the webhook is added; turns pushes on"),
    ),
    quota=Quota(per_second=10),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://docs.ship24.com",
    terms="Every number that is asked about counts in the plan.",
    push=Push(
        proof="The webhook secret comes along (Authorization: Bearer).",
        set_up="Enter the address under Integrations, Webhook. The secret is shown there.",
    ),
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.MIXED,
)

_JSON: Final = "application/json"


class Ship24:
    """The plans with trackers."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of POST /trackers/track or of GET …/results. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        inner = an_object(data.get("data"))
        answers = _answers(inner)
        if not answers and isinstance(inner.get("trackings"), list):
            return refusals(asked, _nothing(http_status))
        return answers or refusals(asked, _refused(data, http_status))

    def verify_push(
        self,
        headers: Mapping[str, str],
        body: bytes,
        account: Account,
        now: datetime,  # noqa: ARG002  # part of the contract; Ship24 does not stamp what it sends
    ) -> Genuine | None:
        """Whether the webhook secret came along. See `SignedPushes.verify_push`."""
        known = [secret.encode() for secret in pushing.secrets_of(account)]
        return Genuine(pushing.digest(body)) if pushing.is_one_of(pushing.bearer(headers), known) else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one webhook: whole trackings, as in an answer. See `Pushes.parse_push`."""
        try:
            data = an_object(read_json(body))
        except CarrierError as error:
            return refusals([], error)
        return _answers(data) or refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Ship24 has a plain key
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = Ship24()


def _call(request: TrackRequest, account: Account) -> Call:
    """Only what never changes is sent: another postcode would make another tracker. `service` is a courier code."""
    body: dict[str, Any] = {"trackingNumber": plain(request.number)}
    if request.service:
        body["courierCode"] = [request.service]
    headers = {
        "Authorization": f"Bearer {account.credentials.get('api_key', '')}",
        "Content-Type": _JSON,
        "Accept": _JSON,
    }
    return Call(f"{account.api or MANIFEST.api}/trackers/track", headers=headers, content=json.dumps(body).encode())


# --- reading --------------------------------------------------------------------------------------------------


def _answers(data: Json) -> list[Answer]:
    trackings = [one for one in objects(data.get("trackings")) if isinstance(one.get("shipment"), dict)]
    return [_answer(one) for one in trackings if number_of(one) is not None]


def _answer(tracking: Json) -> Answer:
    found = read(tracking)
    if found.milestone is None and not found.checkpoints:
        return NotFound(found.number, _nothing(None))
    return Found(found.number, found)


def _nothing(http_status: int | None) -> CarrierError:
    return CarrierError(ErrorKind.NOT_FOUND, "The courier says nothing yet.", http_status=http_status)


def _refused(data: Json, http_status: int) -> CarrierError:
    problem = next(iter(objects(data.get("errors"))), {})
    code, message = text(problem.get("code")), first_text(problem.get("message"), problem.get("code"))
    if message is None:
        return unreadable(http_status)
    kind = ERRORS[code] if code in ERRORS else kind_of_status(http_status)
    if code == UNFIT and NUMBER in message:
        kind = ErrorKind.INVALID_NUMBER
    return CarrierError(kind, message, code=code, http_status=http_status)
