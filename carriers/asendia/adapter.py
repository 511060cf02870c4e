"""The Asendia adapter. Knows the tracking answer of Asendia Sync and nothing of who asks.

The token comes from a login with a user's name and password. Events come oldest first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.asendia.codes import ERRORS, EVENTS
from carriers.core.answers import refusals
from carriers.core.asking import answered, no_token, plain
from carriers.core.bearer import Grant, ask
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN, checkpoint, report
from carriers.core.model import Answer, Checkpoint, Found, Place
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

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="asendia",
    label="Asendia",
    names=("Asendia USA", "Asendia France", "Asendia Germany", "Asendia UK", "e-PAQ", "Asendia e-PAQ"),
    tracking_page="https://tracking.asendia.com/tracking/{number}",
    api="https://www.asendia-sync.com/api",
    credentials=(
        Credential("username", "User of Asendia Sync", secret=False),
        Credential("password", "Password of the same user"),
        Credential("customer_id", "Customer ID that the parcels belong to", secret=False),
    ),
    quality=Quality.UNVERIFIED,
    docs="https://www.asendia-sync.com",
    gives=gives(Gives.PLACES),
    times=Times.OFFSET,
)


class Asendia:
    """Asendia Sync, tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /customers/{id}/tracking/{number}. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        number, events = text(data.get("trackingNumber")), objects(data.get("trackingEvents"))
        if number is None and not events:
            return refusals(asked, _refused(data, http_status))
        own = number or (asked[0] if len(asked) == 1 else "")
        return [Found(own, report(MANIFEST.slug, own, map(_checkpoint, events)))]

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        asked = [await self._ask(request, account, client, tokens) for request in requests]
        return [answer for answers in asked for answer in answers]

    async def _ask(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        customer = quote(account.credentials.get("customer_id", ""), safe="")
        api = account.api or MANIFEST.api
        url = f"{api}/customers/{customer}/tracking/{quote(plain(request.number), safe='')}"

        def call(token: str) -> Call:
            return Call(url, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})

        return await answered(ask(call, _grant(api, account), client, tokens), [request], self)


CARRIER: Final = Asendia()


def _grant(api: str, account: Account) -> Grant:
    names = ("username", "password")
    body = json.dumps({name: account.credentials.get(name, "") for name in names}).encode()
    login = Call(f"{api}/authenticate", headers={"Content-Type": "application/json"}, content=body, private=True)
    return Grant(f"{MANIFEST.slug} {api} {account.credentials.get('username', '')}", login, no_token, "id_token")


# --- reading --------------------------------------------------------------------------------------------------


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("code"))
    return checkpoint(
        EVENTS.get((code or "").upper(), UNKNOWN),
        code=code,
        text=text(event.get("carrierEventDescription")),
        at=time(event.get("time")),
        place=Place(city=text(event.get("locationName")), country=country(event.get("locationCountry"))),
    )


def _refused(data: Json, http_status: int) -> CarrierError:
    """A problem document whose `message` is a code."""
    code, said = text(data.get("message")), first_text(data.get("detail"), data.get("title"), data.get("message"))
    if said is None:
        return unreadable(http_status)
    kind = ERRORS[code] if code in ERRORS else kind_of_status(failure_told(http_status, data.get("status")))
    return CarrierError(kind, said, code=code, http_status=http_status)
