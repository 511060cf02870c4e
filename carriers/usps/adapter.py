"""The USPS adapter. Knows Tracking v3 with its tokens, and nothing of who asks.

Times are local, most with their offset beside them; the UTC stamps are now and then a day early and are
not read. "Not found" is an HTTP 400.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core import meaning, pushing
from carriers.core.answers import refusals
from carriers.core.asking import answered, no_token, plain
from carriers.core.bearer import Grant, ask
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
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Answer, Checkpoint, Estimate, Failed, Found, Milestone, Place, Report
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
from carriers.core.times import CarrierTime, parse_offset, with_offset
from carriers.usps.codes import ALERT, CATEGORIES, ERRORS, EVENTS, TO_SENDER

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="usps",
    label="USPS",
    names=(
        "US Postal Service",
        "U.S. Postal Service",
        "United States Postal Service",
        "USPS Ground Advantage",
        "USPS Priority Mail",
        "USPS Priority Mail Express",
        "USPS First Class",
        "USPS First Class Package",
        "USPS Parcel Select",
        "USPS Media Mail",
    ),
    tracking_page="https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    api="https://apis.usps.com",
    credentials=(
        Credential("client_id", "Consumer key of an app whose access to Tracking was granted", secret=False),
        Credential("client_secret", "Consumer secret of the same app"),
        *pushing.secrets("The 32 characters that you gave as the subscription's secret; turns pushes on"),
    ),
    batch_size=1,
    quota=Quota(per_hour=60, per_day=1440, counts_tokens=True),
    quality=Quality.RECORDINGS,
    docs="https://developers.usps.com/trackingv3r2",
    push=Push(
        proof="Signed with the subscription's secret (X-HMAC), time included.",
        set_up="Create a subscription (Subscriptions - Tracking 3.2) with the address as its listenerURL and a secret "
        "of 32 characters.",
    ),
    gives=gives(Gives.PLACES, Gives.ESTIMATE),
    times=Times.MIXED,
    terms="Access to Tracking has to be asked for by hand, and is often refused.",
)

# A wrong number would cost one of the few calls.
_NUMBER: Final = re.compile(r"^[0-9A-Z]{10,40}$")
_MARKS: Final = re.compile(r"<(\w+)>&?#?\w*;?</\1>|</?\w+>|&#?\w+;")
_DAYS: Final = ("expectedDeliveryTimeStamp", "predictedDeliveryDate", "guaranteedDeliveryTimeStamp")


class Usps:
    """Tracking v3."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /tracking/v3/tracking/{number}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        if not ({"trackingEvents", "statusCategory"} & data.keys()) or data.get("error"):
            return refusals(asked, _problem(data, http_status))
        number = text(data.get("trackingNumber")) or (asked[0] if len(asked) == 1 else "")
        return [Found(number, _report(data, number))]

    def verify_push(self, headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> Genuine | None:
        """Whether time and content are signed, and of the last three days. See `SignedPushes.verify_push`."""
        pushed = _pushed(body)
        if pushed is None:
            return None
        stamp, content = pushed
        signed, secrets = (stamp + content).encode("utf-8", "surrogatepass"), pushing.secrets_of(account)
        given = headers.get("x-hmac") or headers.get("hmac-header")
        genuine = pushing.is_signed(given, signed, secrets, pushing.base_64)
        return (
            Genuine(pushing.digest(signed)) if genuine and pushing.of_late(pushing.moment(time(stamp)), now) else None
        )

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one push: a parcel as in an answer, or one event of it. See `Pushes.parse_push`."""
        try:
            data = an_object(read_json(body))
            if isinstance(content := data.get("payload"), str):
                data = an_object(read_json(content.encode("utf-8", "replace")))
        except CarrierError as error:
            return refusals([], error)
        number = text(data.get("trackingNumber"))
        if number is None:
            return refusals([], unreadable(200))
        lone = "trackingEvents" not in data and {"eventCode", "eventType"} & data.keys()
        return [Found(number, _report(data | {"trackingEvents": [data]} if lone else data, number))]

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return [await self._ask(request, account, client, tokens) for request in requests]

    async def _ask(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> Answer:
        number, api = plain(request.number), account.api or MANIFEST.api
        if not _NUMBER.match(number):
            error = CarrierError(ErrorKind.INVALID_NUMBER, "USPS's numbers have 10 to 40 letters and digits.")
            return Failed(request.number, error)
        reply = ask(lambda token: _call(api, number, token), _grant(api, account), client, tokens)
        return (await answered(reply, [request], self))[0]


CARRIER: Final = Usps()


def _pushed(body: bytes) -> tuple[str, str] | None:
    """Time and content of a push, as they are signed: texts inside a JSON object."""
    try:
        data = an_object(read_json(body))
    except CarrierError:
        return None
    stamp, content = data.get("timestamp"), data.get("payload")
    return (stamp, content) if isinstance(stamp, str) and isinstance(content, str) else None


# --- calling --------------------------------------------------------------------------------------------------


def _call(api: str, number: str, token: str) -> Call:
    return Call(
        f"{api}/tracking/v3/tracking/{quote(number, safe='')}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        params={"expand": "DETAIL"},
    )


def _grant(api: str, account: Account) -> Grant:
    form = {name: account.credentials.get(name, "") for name in ("client_id", "client_secret")}
    call = Call(f"{api}/oauth2/v3/token", data={"grant_type": "client_credentials", **form})
    return Grant(f"usps {api} {form['client_id']}", call, no_token)


# --- reading --------------------------------------------------------------------------------------------------


def _problem(data: Json, http_status: int) -> CarrierError:
    """USPS's own error, with the telling code inside, or what its OAuth server says."""
    if not isinstance(data.get("error"), dict):
        return no_token(data, http_status)
    error = an_object(data["error"])
    inner = next(iter(objects(error.get("errors"))), {})
    code = first_text(inner.get("code"), error.get("code"))
    said = first_text(inner.get("title"), inner.get("detail"), error.get("message"))
    if code is None and said is None:
        return unreadable(http_status)
    kind = ERRORS.get(code or "") or kind_of_status(failure_told(http_status, code, error.get("code")))
    return CarrierError(kind, said or f"USPS refuses ({code}).", code=code, http_status=http_status)


def _report(data: Json, number: str) -> Report:
    category = (text(data.get("statusCategory")) or "").lower()
    scans = [_checkpoint(event) for event in objects(data.get("trackingEvents"))]
    read = meaning.report(
        MANIFEST.slug,
        number,
        scans,
        stated=_stated(category, text(data.get("status")), scans),
        unknown_codes=[text(data.get("statusCategory"))] if category not in CATEGORIES else [],
    )
    return replace(
        read,
        estimate=_estimate(data),
        service=_words(data.get("mailClass")),
        origin_country=country(data.get("originCountry")),
        destination_country=country(data.get("destinationCountry")),
    )


def _stated(category: str, status: str | None, scans: list[Checkpoint]) -> Meaning:
    """What the category says; an alert is what the newest scan says, if that is one."""
    said = CATEGORIES.get(category, UNKNOWN)
    if said.milestone is Milestone.DELIVERED and _to_sender(status):
        return Meaning(Milestone.RETURNED)
    if category != ALERT:
        return said
    newest = next(iter(meaning.report(MANIFEST.slug, "", scans).checkpoints), None)
    told = newest is not None and newest.milestone in (Milestone.EXCEPTION, Milestone.RETURNING, Milestone.ATTEMPTED)
    return Meaning(newest.milestone, newest.reason) if newest is not None and told else said


def _words(value: object) -> str | None:
    """A text without the marks that USPS sets for its web pages: <SUP>&#153;</SUP>."""
    return text(_MARKS.sub("", text(value) or ""))


def _to_sender(words: str | None) -> bool:
    return (words or "").lower().startswith(TO_SENDER)


def _checkpoint(event: Json) -> Checkpoint:
    code, words = text(event.get("eventCode")), text(event.get("eventType"))
    said = EVENTS.get(code or "", UNKNOWN)
    back = said.milestone is Milestone.DELIVERED and _to_sender(words)
    return meaning.checkpoint(
        Meaning(Milestone.RETURNED) if back else said,
        code=code,
        text=words,
        at=_time(event),
        place=Place(
            city=text(event.get("eventCity")),
            postcode=text(event.get("eventZIP")),
            region=text(event.get("eventState")),
            country=country(event.get("eventCountry")),
        ),
    )


def _time(event: Json) -> CarrierTime | None:
    local = time(event.get("eventTimestamp"))
    if local is None or local.offset is not None:
        return local
    return with_offset(local, None, _offset(event.get("GMTOffset")))


def _offset(value: object) -> timedelta | None:
    try:
        return parse_offset(text(value) or "")
    except ValueError:
        return None


def _estimate(data: Json) -> Estimate | None:
    day = next((at for key in _DAYS if (at := time(data.get(key))) is not None), None)
    return Estimate(day.wall.date()) if day is not None else None
