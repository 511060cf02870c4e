"""The Hermes Germany adapter. Knows the Shipping Interface's shipment info and nothing of who asks.

An answer has one object per shipment, with a result of its own where Hermes knows nothing. The forecast
stays after the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, no_token, plain
from carriers.core.bearer import Grant, ask
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.meaning import checkpoint, report
from carriers.core.model import Answer, Checkpoint, Estimate, Found, Place, Report
from carriers.core.reading import (
    Json,
    an_object,
    country,
    first_text,
    kind_of_status,
    objects,
    read_json,
    text,
    time,
    unreadable,
)
from carriers.hermes_de.codes import RESULTS, meaning

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="hermes_de",
    label="Hermes",
    names=("Hermes Germany", "Hermes Germany GmbH", "Hermes DE", "Hermes Deutschland", "Hermes Versand", "myHermes"),
    tracking_page="https://www.myhermes.de/tracking/{number}",
    api="https://de-api.hermesworld.com/services/hsi",
    credentials=(
        Credential("client_id", "Client ID that Hermes gives to business customers", secret=False),
        Credential("client_secret", "Secret of the same client"),
        Credential("username", "User that asks", secret=False),
        Credential("password", "Password of the same user"),
    ),
    batch_size=100,
    quality=Quality.VENDOR_SAMPLES,
    docs="https://de-api-int.hermesworld.com/docs",
    terms="For business customers, and for their own shipments.",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW),
    times=Times.OFFSET,
)

_TOKEN_PATH: Final = "/authorization-facade/oauth2/access_token"  # noqa: S105  # a path
_TOKEN_HOSTS: Final = {
    "https://de-api.hermesworld.com": "https://authme.myhermes.de",
    "https://de-api-int.hermesworld.com": "https://authme-int.myhermes.de",
}


class HermesGermany:
    """Shipping Interface, shipment info."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /shipmentinfo. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        shipments = [one for one in objects(data.get("shipmentinfo")) if _known(one)]
        answers = [_answer(shipment, http_status, asked) for shipment in shipments]
        return answers or refusals(asked, _refused(data, http_status))

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about up to a hundred shipments in one call. See `Carrier.track`."""
        api = account.api or MANIFEST.api
        query = urlencode([("shipmentID", plain(request.number)) for request in requests])

        def call(token: str) -> Call:
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "EN"}
            return Call(f"{api}/shipmentinfo?{query}", headers=headers)

        return await answered(ask(call, _grant(api, account), client, tokens), requests, self)


CARRIER: Final = HermesGermany()


def _grant(api: str, account: Account) -> Grant:
    """Tokens come from a host of their own, for production and for the test system; else from beside the API."""
    origin = "/".join(api.split("/")[:3])
    names = ("client_id", "client_secret", "username", "password")
    form = {"grant_type": "password", **{name: account.credentials.get(name, "") for name in names}}
    key = f"{MANIFEST.slug} {api} {form['client_id']} {form['username']}"
    return Grant(key, Call(f"{_TOKEN_HOSTS.get(origin, origin)}{_TOKEN_PATH}", data=form), no_token)


# --- reading --------------------------------------------------------------------------------------------------


def _known(shipment: Json) -> bool:
    return text(shipment.get("shipmentID")) is not None or bool(objects(shipment.get("status")))


def _answer(shipment: Json, http_status: int, asked: Sequence[str]) -> Answer:
    own = _number(shipment, asked)
    events, result = objects(shipment.get("status")), an_object(shipment.get("result"))
    code = text(result.get("code"))
    if events or code is None:
        return Found(own, _report(shipment, own, events))
    kind = RESULTS.get(code, ErrorKind.BAD_REQUEST)
    said = text(result.get("message")) or f"Hermes refuses ({code})."
    return refusal(own, CarrierError(kind, said, code=code, http_status=http_status))


def _number(shipment: Json, asked: Sequence[str]) -> str:
    """The number asked about where the shipment has it among its several; else its own."""
    names = ("shipmentID", "internationalShipmentID", "partNumber")
    own = [name for value in names if (name := text(shipment.get(value))) is not None]
    return next((name for name in own if plain(name) in asked), own[0] if own else asked[0] if len(asked) == 1 else "")


def _report(shipment: Json, own: str, events: list[Json]) -> Report:
    return replace(
        report(MANIFEST.slug, own, map(_checkpoint, events)),
        estimate=_estimate(an_object(shipment.get("deliveryForecast"))),
        destination_country=country(an_object(shipment.get("receiverAddress")).get("countryCode")),
    )


def _checkpoint(event: Json) -> Checkpoint:
    code, unit = text(event.get("code")), an_object(event.get("scanningUnit"))
    return checkpoint(
        meaning(code),
        code=code,
        text=text(event.get("description")),
        at=time(event.get("timestamp")),
        place=Place(
            city=text(unit.get("city")),
            country=country(unit.get("countryCode")),
            text=text(unit.get("name")),
        ),
    )


def _estimate(forecast: Json) -> Estimate | None:
    """A day, and a slot of local time in it."""
    day = time(forecast.get("date"))
    if day is None:
        return None
    slot, date = an_object(forecast.get("timeSlot")), day.wall.date()
    earliest, latest = (time(f"{date}T{end}") if (end := text(slot.get(k))) else None for k in ("from", "to"))
    if earliest is None or latest is None or earliest.sort_key >= latest.sort_key:
        return Estimate(date)
    return Estimate(date, earliest, latest)


def _refused(data: Json, http_status: int) -> CarrierError:
    """Result codes of the whole call mean something else than those of one shipment: the HTTP status decides."""
    result = next(iter(objects(data.get("listOfResultCodes"))), {})
    code = text(result.get("code"))
    message = first_text(result.get("message"), data.get("error_description"), data.get("error"), code)
    if message is None:
        return unreadable(http_status)
    return CarrierError(kind_of_status(http_status), message, code=code, http_status=http_status)
