"""The ShipEngine adapter. Knows the tracking answers of its API (v1) and nothing of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.model import Answer, Found, NotFound
from carriers.core.reading import Json, an_object, first_text, kind_of_status, objects, read_json, text, unreadable
from carriers.shipengine.codes import ERROR_TYPES, ERRORS
from carriers.shipengine.tracking import SLUG, read

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="ShipEngine",
    names=("ShipStation API",),
    tracking_page=None,
    api="https://api.shipengine.com/v1",
    credentials=(
        Credential("api_key", "API key; sandbox keys push nothing"),
        Credential("carrier_code", "Carrier to ask where the shop names none, such as ups", False, False),
    ),
    required_fields=("service",),
    stand_ins=(("service", "carrier_code"),),
    quality=Quality.UNVERIFIED,
    docs="https://www.shipengine.com/docs/tracking/",
    gives=gives(Gives.PLACES, Gives.COORDINATES, Gives.ESTIMATE, Gives.SIGNER),
    times=Times.OFFSET,
)


class ShipEngine:
    """Tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /tracking. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        return [_answer(data)] if _known(data) else refusals(asked, _refused(data, http_status))

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one webhook of type API_TRACK: a whole tracking. See `Pushes.parse_push`."""
        try:
            data = an_object(an_object(read_json(body)).get("data"))
        except CarrierError as error:
            return refusals([], error)
        return [_answer(data)] if _known(data) else refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; ShipEngine has a plain key
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = ShipEngine()


def _call(request: TrackRequest, account: Account) -> Call:
    """`service` names the carrier, in ShipEngine's spelling."""
    params = {
        "carrier_code": request.service or account.credentials.get("carrier_code", ""),
        "tracking_number": plain(request.number),
    }
    return Call(
        f"{account.api or MANIFEST.api}/tracking",
        headers={"API-Key": account.credentials.get("api_key", ""), "Accept": "application/json"},
        params={name: value for name, value in params.items() if value},
    )


# --- reading --------------------------------------------------------------------------------------------------


def _known(data: Json) -> bool:
    return text(data.get("tracking_number")) is not None and text(data.get("status_code")) is not None


def _answer(tracking: Json) -> Answer:
    found = read(tracking)
    if found.milestone is None and not found.checkpoints and not found.unknown_codes:
        code = text(tracking.get("status_code"))
        return NotFound(found.number, CarrierError(ErrorKind.NOT_FOUND, "The carrier says nothing yet.", code=code))
    return Found(found.number, found)


def _refused(data: Json, http_status: int) -> CarrierError:
    problem = next(iter(objects(data.get("errors"))), {})
    code = first_text(problem.get("error_code"), data.get("error_code"))
    message = first_text(problem.get("message"), an_object(data.get("error")).get("message"), data.get("message"), code)
    if message is None:
        return unreadable(http_status)
    return CarrierError(
        _kind(code, text(problem.get("error_type")), http_status), message, code=code, http_status=http_status
    )


def _kind(code: str | None, error_type: str | None, http_status: int) -> ErrorKind:
    if code in ERRORS:
        return ERRORS[code]
    if http_status < 400 and error_type in ERROR_TYPES:
        return ERROR_TYPES[error_type]
    return kind_of_status(http_status)
