"""The La Poste adapter. Knows Suivi v2 and nothing of who asks.

An answer is one object, or an array in which each item has a returnCode of its own (HTTP 207): the
HTTP status alone never says whether a number was found. Events carry no place, and their offset is
the one of Paris wherever the scan happened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core.answers import deciding, in_order, newest_first, refusal, refusals
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.model import Answer, Checkpoint, Estimate, Failed, Found, Milestone, Place, Report
from carriers.core.reading import (
    Json,
    an_object,
    country,
    first_text,
    kind_of_status,
    number,
    objects,
    read_json,
    text,
    time,
    unreadable,
)
from carriers.core.times import CarrierTime
from carriers.laposte.codes import EVENTS, GATEWAY_CODES, RETURN_CODES, Meaning

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="laposte",
    label="La Poste",
    names=(
        "La Poste France",
        "Colissimo",
        "La Poste Colissimo",
        "Colissimo La Poste",
        "Lettre suivie",
        "Lettre recommandée",
    ),
    tracking_page="https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
    api="https://api.laposte.fr/suivi/v2",
    credentials=(Credential("api_key", "X-Okapi-Key of an application subscribed to Suivi v2"),),
    batch_size=10,
    quota=Quota(per_second=10),
    quality=Quality.RECORDINGS,
    retention_days=90,
    docs="https://developer.laposte.fr/products/suivi/2",
    gives=gives(Gives.ESTIMATE, Gives.WINDOW, Gives.PICKUP_POINT),
    times=Times.OFFSET,
)

# idShip in La Poste's description. A number of another shape would spoil the answer for a whole batch.
_NUMBER: Final = re.compile(r"^[0-9A-Za-z]{11,15}$")
_UNKNOWN_CODE: Final = Meaning(Milestone.UNKNOWN)


class LaPoste:
    """Suivi v2."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /idships/{numbers}. See `Carrier.parse`."""
        try:
            data = read_json(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, _missing_page(error, http_status))
        items = objects(data)
        if not items:
            return refusals(asked, unreadable(http_status))
        answers = [answer for item, names in _placed(items, asked) for answer in _answers(item, http_status, names)]
        return [a for a in answers if a.number or not asked] or refusals(asked, unreadable(http_status))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; La Poste has a plain key
    ) -> list[Answer]:
        """Ask about up to ten numbers in one call. See `Carrier.track`."""
        askable = [r for r in requests if _NUMBER.match(_plain(r.number))]
        answers = {id(r): a for r, a in zip(askable, await self._ask(askable, account, client), strict=True)}
        return [answers.get(id(r)) or Failed(r.number, _not_a_number()) for r in requests]

    async def _ask(self, requests: list[TrackRequest], account: Account, client: httpx2.AsyncClient) -> list[Answer]:
        if not requests:
            return []
        try:
            reply = await send(_call(requests, account), client)
        except CarrierError as error:
            return refusals([r.number for r in requests], error)
        if len(requests) > 1 and _spoilt(reply):
            return [answer for r in requests for answer in await self._ask([r], account, client)]
        asked = [_plain(r.number) for r in requests]
        return in_order(requests, self.parse(reply.body, http_status=reply.status, asked=asked), reply)


CARRIER: Final = LaPoste()


def _call(requests: Sequence[TrackRequest], account: Account) -> Call:
    numbers = ",".join(quote(_plain(r.number), safe="") for r in requests)
    return Call(
        f"{account.api or MANIFEST.api}/idships/{numbers}",
        headers={"X-Okapi-Key": account.credentials.get("api_key", ""), "Accept": "application/json"},
        params={"lang": "fr_FR"},
    )


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _not_a_number() -> CarrierError:
    return CarrierError(ErrorKind.INVALID_NUMBER, "La Poste's numbers have 11 to 15 letters and digits.")


def _spoilt(reply: Reply) -> bool:
    """Whether one bad number made La Poste refuse the whole batch, with one object for all."""
    return reply.status in (400, 404) and not reply.body.lstrip().startswith(b"[")


def _missing_page(error: CarrierError, http_status: int) -> CarrierError:
    """La Poste answers some unknown numbers with a 404 page that is not JSON."""
    if http_status != 404:
        return error
    return CarrierError(ErrorKind.NOT_FOUND, "La Poste does not know this number.", http_status=404)


# --- one item of an answer --------------------------------------------------------------------------------


def _placed(items: list[Json], asked: Sequence[str]) -> list[tuple[Json, Sequence[str]]]:
    """Each item with the numbers it can be about, should it not repeat its own: told by its place in the array."""
    if len(items) == 1:
        return [(items[0], asked)]
    return [(item, asked[i : i + 1] if len(items) == len(asked) else ()) for i, item in enumerate(items)]


def _answers(item: Json, http_status: int, asked: Sequence[str]) -> list[Answer]:
    shipment = an_object(item.get("shipment"))
    found = number(item.get("returnCode")) in (200, None) and bool(shipment)
    if found or objects(shipment.get("event")):
        report = _report(shipment, asked)
        return [Found(report.number, report)]
    error = _error(item, http_status)
    own = first_text(item.get("idShip"), shipment.get("idShip"))
    return [refusal(own, error)] if own is not None else refusals(asked, error)


def _error(item: Json, http_status: int) -> CarrierError:
    code = first_text(item.get("returnCode"), item.get("code"))
    message = (
        first_text(item.get("returnMessage"), item.get("message")) or f"La Poste's answer has no parcel in it ({code})."
    )
    return CarrierError(_kind(item, http_status), message, code=code, http_status=http_status)


def _kind(item: Json, http_status: int) -> ErrorKind:
    returned = number(item.get("returnCode"))
    if returned is not None:
        return RETURN_CODES.get(returned, ErrorKind.SERVER)
    word = text(item.get("code"))
    return GATEWAY_CODES[word] if word in GATEWAY_CODES else kind_of_status(http_status)


def _report(shipment: Json, asked: Sequence[str]) -> Report:
    checkpoints = newest_first(_checkpoint(event) for event in objects(shipment.get("event")))
    context = an_object(shipment.get("contextData"))
    newest = deciding(checkpoints)
    return Report(
        carrier=MANIFEST.slug,
        number=text(shipment.get("idShip")) or (asked[0] if len(asked) == 1 else ""),
        milestone=None,
        checkpoints=checkpoints,
        reason=newest.reason if newest is not None else None,
        delayed=newest is not None and newest.delayed,
        estimate=_estimate(shipment),
        delivered_at=_delivered_at(shipment, newest),
        service=text(shipment.get("product")),
        pickup_point=_pickup_point(context),
        origin_country=country(context.get("originCountry")),
        destination_country=country(context.get("arrivalCountry")),
        unknown_codes=tuple(dict.fromkeys(c.code for c in checkpoints if c.code and c.code not in EVENTS)),
    )


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("code"))
    meaning = EVENTS.get(code or "", _UNKNOWN_CODE)
    return Checkpoint(
        code=code,
        text=text(event.get("label")),
        at=time(event.get("date")),
        milestone=meaning.milestone,
        reason=meaning.reason,
        delayed=meaning.delayed,
    )


def _delivered_at(shipment: Json, newest: Checkpoint | None) -> CarrierTime | None:
    """deliveryDate is also filled when a parcel went back to its sender: that is no delivery."""
    if newest is None or newest.milestone is not Milestone.DELIVERED:
        return None
    return time(shipment.get("deliveryDate")) or newest.at


def _estimate(shipment: Json) -> Estimate | None:
    day = time(shipment.get("estimDate"))
    if day is None:
        return None
    earliest, latest = (_hour(shipment.get(key), day) for key in ("estimHourMin", "estimHourMax"))
    if earliest is None or latest is None or earliest.sort_key >= latest.sort_key:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)


def _hour(value: object, day: CarrierTime) -> CarrierTime | None:
    """An end of the window, unless it lies on another day than the estimate (seen: it does)."""
    hour = time(value)
    return hour if hour is not None and not hour.date_only and hour.wall.date() == day.wall.date() else None


def _pickup_point(context: Json) -> Place | None:
    name = text(an_object(context.get("removalPoint")).get("name"))
    return Place(text=name) if name is not None else None
