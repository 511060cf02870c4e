"""The Royal Mail adapter. Knows Tracking v2 and nothing of who asks.

`mailPieces` is an object where one item was asked about (events) and an array in a summary, which has
the last event only. A signature block proves nothing: it is there for items on their way, too.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.core.answers import refusal, refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call, send
from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import (
    Answer,
    Checkpoint,
    Document,
    Estimate,
    Found,
    Milestone,
    Place,
    ProofOfDelivery,
    Report,
)
from carriers.core.proving import proven
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
from carriers.royalmail.codes import CATEGORIES, ERRORS, EVENTS, FINER

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="royalmail",
    label="Royal Mail",
    names=(
        "RoyalMail",
        "Royal Mail UK",
        "Royal Mail Group",
        "Royal Mail 24",
        "Royal Mail 48",
        "Royal Mail 1st Class",
        "Royal Mail 2nd Class",
        "Royal Mail Signed For",
        "Royal Mail Special Delivery",
        "Royal Mail Special Delivery Guaranteed",
        "Royal Mail Tracked",
        "Royal Mail Tracked 24",
        "Royal Mail Tracked 48",
        "Royal Mail International Tracked",
    ),
    tracking_page="https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    api="https://api.royalmail.net/mailpieces/v2",
    credentials=(
        Credential("client_id", "Client ID of an application subscribed to Tracking", secret=False),
        Credential("client_secret", "Client secret of the same application"),
    ),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://developer.royalmail.net/api",
    terms="By contract, and for own items only; every call accepts Royal Mail's terms.",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW, Gives.SIGNER),
    times=Times.OFFSET,
)


class RoyalMail:
    """Tracking v2."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /{id}/events or of GET /summary. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        pieces = objects(data.get("mailPieces"))
        answers = [answer for piece in pieces if (answer := _answer(piece, http_status, asked)) is not None]
        return answers or refusals(asked, _refused(data, http_status))

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The signature in an answer of GET /{id}/signature. Raises CarrierError for an unreadable body."""
        pieces = objects(an_object(read_json(body)).get("mailPieces"))
        signatures = [an_object(piece.get("signature")) for piece in pieces]
        return tuple(_image(s, image) for s in signatures if isinstance(image := s.get("image"), str) and image)

    async def prove(
        self,
        request: TrackRequest,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Royal Mail has plain keys
    ) -> tuple[Document, ...]:
        """Ask for the signature of one item. See `Proves.prove`."""
        return await proven(send(_proof_call(request, account), client), self)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Royal Mail has plain keys
    ) -> list[Answer]:
        """Ask about one item after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = RoyalMail()


def _proof_call(request: TrackRequest, account: Account) -> Call:
    return _call(request, account, "signature")


def _call(request: TrackRequest, account: Account, part: str = "events") -> Call:
    return Call(
        f"{account.api or MANIFEST.api}/{quote(plain(request.number), safe='')}/{part}",
        headers={
            "X-IBM-Client-Id": account.credentials.get("client_id", ""),
            "X-IBM-Client-Secret": account.credentials.get("client_secret", ""),
            "X-Accept-RMG-Terms": "yes",
            "Accept": "application/json",
        },
    )


# --- reading --------------------------------------------------------------------------------------------------


def _answer(piece: Json, http_status: int, asked: Sequence[str]) -> Answer | None:
    """The answer about one item; None where there is neither an item nor an error in it."""
    own, summary = _number(piece, asked), an_object(piece.get("summary"))
    events = objects(piece.get("events")) or ([_last(summary)] if text(summary.get("lastEventCode")) else [])
    if events or text(summary.get("statusCategory")):
        return Found(own, _report(piece, own, summary, events))
    problem = an_object(piece.get("error"))
    return refusal(own, _error(problem, http_status)) if text(problem.get("errorCode")) and own else None


def _number(piece: Json, asked: Sequence[str]) -> str:
    """The number asked about where the item has it among its several; else the item's own id."""
    summary = an_object(piece.get("summary"))
    own = [
        name
        for value in (piece.get("mailPieceId"), summary.get("oneDBarcode"), summary.get("uniqueItemId"))
        if (name := text(value)) is not None
    ]
    return next((name for name in own if name in asked), own[0] if own else asked[0] if len(asked) == 1 else "")


def _last(summary: Json) -> Json:
    """The last event as a summary tells it, in the shape of an event."""
    return {
        "eventCode": summary.get("lastEventCode"),
        "eventName": summary.get("lastEventName"),
        "eventDateTime": summary.get("lastEventDateTime"),
        "locationName": summary.get("lastEventLocationName"),
    }


def _report(piece: Json, own: str, summary: Json, events: list[Json]) -> Report:
    found = report(MANIFEST.slug, own, map(_checkpoint, events), stated=_stated(summary))
    arrived = found.delivered_at is not None or found.milestone is Milestone.DELIVERED
    return replace(
        found,
        estimate=_estimate(an_object(piece.get("estimatedDelivery"))),
        proof=_proof(an_object(piece.get("signature"))) if arrived else None,
        service=text(summary.get("productName")),
        origin_country=country(summary.get("originCountryCode")),
        destination_country=country(summary.get("destinationCountryCode")),
    )


def _stated(summary: Json) -> Meaning | None:
    """Royal Mail's category, and what its last event can add to it."""
    category = CATEGORIES.get((text(summary.get("statusCategory")) or "").upper())
    last = EVENTS.get(text(summary.get("lastEventCode")) or "")
    finer = category is not None and category.milestone is Milestone.IN_TRANSIT
    return last if finer and last is not None and last.milestone in FINER else category


def _checkpoint(event: Json) -> Checkpoint:
    code = text(event.get("eventCode"))
    return checkpoint(
        EVENTS.get(code or "", UNKNOWN),
        code=code,
        text=text(event.get("eventName")),
        at=time(event.get("eventDateTime")),
        place=Place(text=text(event.get("locationName"))),
    )


def _estimate(said: Json) -> Estimate | None:
    day = time(said.get("date"))
    if day is None:
        return None
    ends = [text(said.get(end)) for end in ("startOfEstimatedWindow", "endOfEstimatedWindow")]
    earliest, latest = (time(f"{day.wall.date()}T{end}") if end else None for end in ends)
    if earliest is None or latest is None or earliest.sort_key >= latest.sort_key:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)


def _proof(signature: Json) -> ProofOfDelivery | None:
    signed_by = text(signature.get("recipientName"))
    return ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None


def _image(signature: Json, image: str) -> Document:
    """A drawing is sent as text, a picture in base64."""
    drawn = image.lstrip().startswith("<")
    content = base64.b64encode(image.encode("utf-8", "replace")).decode() if drawn else "".join(image.split())
    return Document(text(signature.get("imageFormat")) or ("image/svg+xml" if drawn else "image"), content)


def _refused(data: Json, http_status: int) -> CarrierError:
    """Royal Mail's own errors, or the gateway's before it."""
    problem = next(iter(objects(data.get("errors"))), None)
    status = http_status if http_status >= 400 else number(data.get("httpCode")) or http_status
    if problem is not None and text(problem.get("errorCode")) is not None:
        return _error(problem, status)
    said = first_text(data.get("moreInformation"), data.get("httpMessage"))
    return CarrierError(kind_of_status(status), said, http_status=status) if said is not None else unreadable(status)


def _error(problem: Json, http_status: int) -> CarrierError:
    code = text(problem.get("errorCode"))
    said = first_text(problem.get("errorDescription"), problem.get("errorCause")) or f"Royal Mail refuses ({code})."
    kind = ERRORS[code] if code in ERRORS else kind_of_status(http_status)
    return CarrierError(kind, said, code=code, http_status=http_status)
