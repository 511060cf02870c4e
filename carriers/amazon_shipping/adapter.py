"""The Amazon Shipping adapter. Knows the tracking answers of versions 1 and 2 and nothing of who asks.

Version 1 wraps its answer in `payload`. Events have codes and no texts; a place may be null. The proof
of delivery carries coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from carriers.amazon_shipping.codes import BACK, CODES, ERRORS
from carriers.core.answers import refusals
from carriers.core.asking import answered, no_token, plain
from carriers.core.bearer import Grant, ask
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Answer, Checkpoint, Estimate, Found, Place, ProofOfDelivery, Report
from carriers.core.reading import (
    Json,
    an_object,
    country,
    degrees,
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
    slug="amazon_shipping",
    label="Amazon Shipping",
    names=("Amazon", "Amazon Logistics", "AMZL", "Amazon Shipping UK", "Amazon Shipping France"),
    tracking_page="https://track.amazon.com/tracking/{number}",
    api="https://sellingpartnerapi-eu.amazon.com",  # North America and the Far East have hosts of their own
    credentials=(
        Credential("client_id", "Login with Amazon: client ID of the application", secret=False),
        Credential("client_secret", "Login with Amazon: secret of the same application"),
        Credential("refresh_token", "Login with Amazon: refresh token that the seller granted"),
        Credential("carrier_id", "Carrier ID that rates are given under, such as AMZN_UK", secret=False),
        Credential("business_id", "Shipping business, such as AmazonShipping_FR", secret=False, required=False),
    ),
    quality=Quality.VENDOR_SAMPLES,
    retention_days=45,
    docs="https://developer-docs.amazon.com/amazon-shipping/docs/tracking",
    terms="For parcels that Amazon carries for this seller.",
    gives=gives(Gives.PLACES, Gives.COORDINATES, Gives.ESTIMATE, Gives.SIGNER),
    times=Times.OFFSET,
)

_AMAZON: Final = ".amazon.com"
_TOKENS: Final = "https://api.amazon.com"


class AmazonShipping:
    """Shipping API, tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /shipping/v2/tracking. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        payload = an_object(data.get("payload")) or data
        known = text(an_object(payload.get("summary")).get("status")) or objects(payload.get("eventHistory"))
        if not known:
            return refusals(asked, _refused(data, http_status))
        found = _report(payload, asked)
        return [Found(found.number, found)]

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about one parcel after the other. See `Carrier.track`."""
        asked = [await self._ask(request, account, client, tokens) for request in requests]
        return [answer for answers in asked for answer in answers]

    async def _ask(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        api = account.api or MANIFEST.api

        def call(token: str) -> Call:
            return _call(api, request, account, token)

        return await answered(ask(call, _grant(api, account), client, tokens), [request], self)


CARRIER: Final = AmazonShipping()


def _call(api: str, request: TrackRequest, account: Account, token: str) -> Call:
    business = account.credentials.get("business_id")
    headers = {"x-amz-access-token": token, "Accept": "application/json"}
    return Call(
        f"{api}/shipping/v2/tracking",
        headers=headers | ({"x-amzn-shipping-business-id": business} if business else {}),
        params={"trackingId": plain(request.number), "carrierId": account.credentials.get("carrier_id", "")},
    )


def _grant(api: str, account: Account) -> Grant:
    """Amazon's tokens come from one host for all regions."""
    parts = urlsplit(api)
    host = _TOKENS if (parts.hostname or "").endswith(_AMAZON) else f"{parts.scheme}://{parts.netloc}"
    names = ("client_id", "client_secret", "refresh_token")
    form = {"grant_type": "refresh_token", **{name: account.credentials.get(name, "") for name in names}}
    key = f"{MANIFEST.slug} {api} {form['client_id']} {form['refresh_token']}"
    return Grant(key, Call(f"{host}/auth/o2/token", data=form), no_token)


# --- reading --------------------------------------------------------------------------------------------------


def _report(payload: Json, asked: Sequence[str]) -> Report:
    summary, events = an_object(payload.get("summary")), objects(payload.get("eventHistory"))
    status = text(summary.get("status"))
    stated = CODES.get(status or "", UNKNOWN)
    found = report(
        MANIFEST.slug,
        text(payload.get("trackingId")) or (asked[0] if len(asked) == 1 else ""),
        map(_checkpoint, events),
        stated=None if any(_goes_back(event) for event in events) else stated,
        unknown_codes=[status if stated is UNKNOWN else None],
    )
    promised = time(payload.get("promisedDeliveryDate"))
    return replace(
        found,
        estimate=Estimate(promised.wall.date()) if promised is not None else None,
        proof=_proof(an_object(summary.get("proofOfDelivery"))),
    )


def _goes_back(event: Json) -> bool:
    """Whether an event is part of the way back: the summary speaks of the way there."""
    return text(event.get("shipmentType")) == "RETURNS"


def _checkpoint(event: Json) -> Checkpoint:
    code, where = text(event.get("eventCode")), an_object(event.get("location"))
    said = CODES.get(code or "", UNKNOWN)
    if _goes_back(event) and said.milestone in BACK:
        said = Meaning(BACK[said.milestone])
    return checkpoint(
        said,
        code=code,
        text=None,
        at=time(event.get("eventTime")),
        place=Place(
            city=text(where.get("city")),
            postcode=text(where.get("postalCode")),
            region=text(where.get("stateOrRegion")),
            country=country(where.get("countryCode")),
        ),
    )


def _proof(said: Json) -> ProofOfDelivery | None:
    point, image = an_object(said.get("deliveryLocationCoordinates")), text(said.get("deliveryImageURL"))
    found = ProofOfDelivery(
        signed_by=text(said.get("receivedBy")),
        document_url=image if image is not None and image.startswith("https://") else None,
        lat=degrees(point.get("latitude"), 90),
        lon=degrees(point.get("longitude"), 180),
    )
    return found if found != ProofOfDelivery() else None


def _refused(data: Json, http_status: int) -> CarrierError:
    problem = next(iter(objects(data.get("errors"))), {})
    code, message = text(problem.get("code")), first_text(problem.get("message"), problem.get("code"))
    if message is None:
        return unreadable(http_status)
    kind = ERRORS[code] if code in ERRORS else kind_of_status(http_status)
    return CarrierError(kind, message, code=code, http_status=http_status)
