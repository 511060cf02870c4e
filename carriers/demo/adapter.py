"""The adapter of Pigeon Vole: written as for any other carrier, and asked over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from carriers.core import pushing
from carriers.core.answers import deciding, in_order, newest_first, refusal, refusals
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
from carriers.core.model import Answer, Checkpoint, Estimate, Found, Milestone, Place, ProofOfDelivery, Report
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
from carriers.demo.codes import CODES

if TYPE_CHECKING:
    from datetime import datetime

    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="demo",
    label="Pigeon Vole",
    names=("PigeonVole", "Pigeon Vole Express"),
    tracking_page=None,
    api="http://127.0.0.1:8007",
    credentials=(
        Credential("api_key", "the key the demo's server was started with"),
        *pushing.secrets("a text of your own choice; turns pushes on"),
    ),
    batch_size=20,
    quota=Quota(per_second=50),
    quality=Quality.VENDOR_SAMPLES,
    push=Push(
        proof="Signed with the secret, time of sending included (pigeon-signature: t=…,v1=…).",
        set_up="Sign as `carriers.demo.signature` does.",
    ),
    gives=gives(Gives.PLACES, Gives.COORDINATES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER, Gives.PICKUP_POINT),
    times=Times.OFFSET,
)

_KINDS: Final = {
    "unknown_number": ErrorKind.NOT_FOUND,
    "bad_key": ErrorKind.AUTH,
    "too_fast": ErrorKind.RATE_LIMITED,
    "too_many_numbers": ErrorKind.BAD_REQUEST,
}
_FRENCH: Final = (None, "FR", "BE", "CH", "LU", "MC")


class Demo:
    """Pigeon Vole's parcel service."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /v1/parcels. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        if "error" in data:
            return refusals(asked, _error(data, http_status))
        return [_answer(item, http_status) for item in objects(data.get("parcels"))] or refusals(
            asked, unreadable(http_status)
        )

    def verify_push(self, headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> Genuine | None:
        """Whether time and body are signed, and sent just now. See `SignedPushes.verify_push`."""
        stamp, _, given = headers.get("pigeon-signature", "").removeprefix("t=").partition(",v1=")
        signed, secrets = stamp.encode("latin-1", "replace") + b"." + body, pushing.secrets_of(account)
        sent_at = pushing.unix_moment(int(stamp)) if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 else None
        genuine = pushing.is_signed(given, signed, secrets, pushing.hexadecimal)
        return Genuine(pushing.digest(body)) if genuine and pushing.just_sent(sent_at, now) else None

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one push: parcels as in an answer. See `Pushes.parse_push`."""
        return [a for a in self.parse(body) if a.number] or refusals([], unreadable(200))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Pigeon Vole has a plain key
    ) -> list[Answer]:
        """Ask about up to twenty numbers in one call. See `Carrier.track`."""
        asked = [r.number.strip() for r in requests]
        try:
            reply = await send(_call(requests, account), client)
        except CarrierError as error:
            return [refusal(number, error) for number in asked]
        return in_order(requests, self.parse(reply.body, http_status=reply.status, asked=asked), reply)


CARRIER: Final = Demo()


def signature(body: bytes, secret: str, at: datetime) -> str:
    """What Pigeon Vole sends in `pigeon-signature` with a body, at a moment."""
    stamp = f"{int(at.timestamp())}"
    return f"t={stamp},v1={pushing.hexadecimal(secret, stamp.encode() + b'.' + body).decode()}"


def _call(requests: Sequence[TrackRequest], account: Account) -> Call:
    french = all(r.country in _FRENCH for r in requests)
    return Call(
        f"{account.api or MANIFEST.api}/v1/parcels",
        headers={"X-Api-Key": account.credentials.get("api_key", ""), "Accept": "application/json"},
        params={"numbers": ",".join(r.number.strip() for r in requests), "lang": "fr" if french else "en"},
    )


def _answer(item: Json, http_status: int) -> Answer:
    name = text(item.get("number")) or ""
    if "error" in item:
        return refusal(name, _error(item, http_status))
    return Found(name, _report(item, name))


def _error(item: Json, http_status: int) -> CarrierError:
    error = an_object(item.get("error"))
    code = text(error.get("code"))
    kind = _KINDS.get(code or "", kind_of_status(http_status))
    return CarrierError(kind, text(error.get("message")) or "Pigeon Vole refuses.", code=code, http_status=http_status)


def _report(item: Json, name: str) -> Report:
    checkpoints = newest_first(_checkpoint(event) for event in objects(item.get("events")))
    newest = deciding(checkpoints)
    signed_by, point = text(item.get("signed_by")), text(item.get("pickup_point"))
    arrived = newest is not None and newest.milestone in (Milestone.DELIVERED, Milestone.COLLECTED)
    return Report(
        carrier=MANIFEST.slug,
        number=name,
        milestone=newest.milestone if newest is not None else None,
        checkpoints=checkpoints,
        reason=newest.reason if newest is not None else None,
        delayed=any(c.delayed for c in checkpoints) and not arrived,
        estimate=_estimate(an_object(item.get("estimate"))),
        delivered_at=newest.at if newest is not None and arrived else None,
        proof=ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None,
        service=text(item.get("service")),
        pickup_point=Place(text=point) if point is not None else None,
        origin_country=country(item.get("from")),
        destination_country=country(item.get("to")),
        unknown_codes=tuple(dict.fromkeys(c.code for c in checkpoints if c.code and c.code not in CODES)),
    )


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("code"))
    meaning = CODES.get(code or "")
    return Checkpoint(
        code=code,
        text=text(event.get("label")),
        at=time(event.get("at")),
        place=Place(
            city=text(event.get("town")),
            postcode=text(event.get("postcode")),
            country=country(event.get("country")),
            lat=_degrees(event.get("lat"), 90),
            lon=_degrees(event.get("lon"), 180),
        ),
        milestone=meaning.milestone if meaning is not None else Milestone.UNKNOWN,
        reason=meaning.reason if meaning is not None else None,
        delayed=meaning is not None and meaning.delayed,
    )


def _degrees(value: object, most: int) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most
    return float(value) if isinstance(value, int | float) and good else None


def _estimate(estimate: Json) -> Estimate | None:
    day = time(first_text(estimate.get("day"), estimate.get("until")))
    if day is None:
        return None
    return Estimate(day.wall.date(), time(estimate.get("from")), time(estimate.get("until")))
