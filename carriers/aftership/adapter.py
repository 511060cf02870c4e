"""The AfterShip adapter. Knows the Tracking API (2026-07) and nothing of who asks.

AfterShip watches only what was registered with it: a number it has never heard of is registered when
it is asked about for the first time, and answered "not found yet" until the courier says something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from carriers.aftership.codes import ERRORS, NOT_REGISTERED
from carriers.aftership.tracking import SLUG, read
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
from carriers.core.model import Answer, Failed, Found, NotFound
from carriers.core.reading import (
    Json,
    an_object,
    first_text,
    kind_of_status,
    objects,
    read_json,
    text,
    unreadable,
)

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="AfterShip",
    names=("AfterShip Tracking",),
    tracking_page=None,
    api="https://api.aftership.com/tracking/2026-07",
    credentials=(
        Credential("api_key", "API key of the organisation, with access to Tracking"),
        *pushing.secrets("Webhook secret, shown where the webhook is added; turns pushes on"),
    ),
    batch_size=50,
    quota=Quota(per_second=10),
    quality=Quality.VENDOR_SAMPLES,
    retention_days=120,
    docs="https://www.aftership.com/docs/tracking/quickstart/api-quick-start",
    terms="Every number that is registered counts in the plan.",
    push=Push(
        proof="Signed with the webhook secret (aftership-hmac-sha256); each event has an id and a time.",
        set_up="Add the address under Settings, Notifications, Webhooks. The secret is shown there.",
    ),
    gives=gives(Gives.PLACES, Gives.COORDINATES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.MIXED,
)

_NUMBER: Final = re.compile(r"^[0-9A-Z-]{4,60}$")
_JSON: Final = "application/json"


class AfterShip:
    """Tracking API."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET or POST /trackings. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        inner = an_object(data.get("data"))
        listed = isinstance(inner.get("trackings"), list)
        answers = [_answer(one) for one in _trackings(inner)]
        if answers or listed:
            return [*answers, *_missing(answers, asked, http_status)]
        return refusals(asked, _refused(an_object(data.get("meta")), http_status))

    def verify_push(self, headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> Genuine | None:
        """Whether the body is signed, and of the last three days. See `SignedPushes.verify_push`.

        `ts` is the event's: AfterShip tries for days, with the same bytes.
        """
        signature, secrets = headers.get("aftership-hmac-sha256"), pushing.secrets_of(account)
        if not pushing.is_signed(signature, body, secrets, pushing.base_64):
            return None
        try:
            event = an_object(read_json(body))
        except CarrierError:
            return None
        lately = "ts" not in event or pushing.of_late(pushing.unix_moment(event["ts"]), now)
        return Genuine(text(event.get("event_id")) or pushing.digest(body)) if lately else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one webhook: a whole tracking. See `Pushes.parse_push`."""
        try:
            data = an_object(read_json(body))
        except CarrierError as error:
            return refusals([], error)
        return [_answer(one) for one in _trackings(an_object(data.get("msg")))] or refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; AfterShip has a plain key
    ) -> list[Answer]:
        """Ask about up to fifty numbers in one call, and register those not yet known. See `Carrier.track`."""
        askable = [r for r in requests if _NUMBER.match(plain(r.number))]
        found = await answered(send(_list(askable, account), client), askable, self) if askable else []
        for index, (request, answer) in enumerate(zip(askable, found, strict=True)):
            if isinstance(answer, NotFound) and answer.error.code == NOT_REGISTERED:
                [found[index]] = await answered(send(_register(request, account), client), [request], self)
        answers = {id(r): a for r, a in zip(askable, found, strict=True)}
        return [answers.get(id(r)) or Failed(r.number, _not_a_number()) for r in requests]


CARRIER: Final = AfterShip()


def _list(requests: Sequence[TrackRequest], account: Account) -> Call:
    numbers = ",".join(dict.fromkeys(plain(r.number) for r in requests))
    params = {"tracking_numbers": numbers, "limit": "200"}
    return Call(f"{account.api or MANIFEST.api}/trackings", headers=_headers(account), params=params)


def _register(request: TrackRequest, account: Account) -> Call:
    """`service` may name the courier, in AfterShip's spelling; else AfterShip finds out by itself."""
    hints = {"slug": request.service, "destination_postal_code": request.postcode}
    body: dict[str, Any] = {"tracking_number": plain(request.number), **{k: v for k, v in hints.items() if v}}
    headers = _headers(account) | {"Content-Type": _JSON}
    return Call(f"{account.api or MANIFEST.api}/trackings", headers=headers, content=json.dumps(body).encode())


def _headers(account: Account) -> dict[str, str]:
    return {"as-api-key": account.credentials.get("api_key", ""), "Accept": _JSON}


def _not_a_number() -> CarrierError:
    return CarrierError(ErrorKind.INVALID_NUMBER, "AfterShip's numbers have at least four letters and digits.")


# --- reading --------------------------------------------------------------------------------------------------


def _trackings(inner: Json) -> list[Json]:
    """The trackings in an answer: a list, one, or (since 2024) the data itself."""
    found = objects(inner.get("trackings")) or objects(inner.get("tracking")) or [inner]
    return [one for one in found if text(one.get("tracking_number")) is not None and "tag" in one]


def _answer(tracking: Json) -> Answer:
    found = read(tracking)
    if found.milestone is None and not found.checkpoints:
        tag = text(tracking.get("tag"))
        return NotFound(found.number, CarrierError(ErrorKind.NOT_FOUND, "The courier says nothing yet.", code=tag))
    return Found(found.number, found)


def _missing(answers: list[Answer], asked: Sequence[str], http_status: int) -> list[Answer]:
    """A number that a list leaves out was never registered."""
    have = {plain(answer.number) for answer in answers}
    nothing = "AfterShip does not watch this number."
    error = CarrierError(ErrorKind.NOT_FOUND, nothing, code=NOT_REGISTERED, http_status=http_status)
    if not asked and not answers:
        return refusals([], error)
    return [refusal(number, error) for number in asked if len(asked) > 1 or not answers if plain(number) not in have]


def _refused(meta: Json, http_status: int) -> CarrierError:
    code, message = text(meta.get("code")), first_text(meta.get("message"), meta.get("type"))
    if code is None or message is None or code in ("200", "201"):
        return unreadable(http_status)
    inner = int(code) if len(code) == 3 and code.isascii() and code.isdigit() and http_status < 400 else http_status
    kind = ERRORS[code] if code in ERRORS else kind_of_status(inner)
    return CarrierError(kind, message, code=code, http_status=http_status)
