"""The Australia Post adapter. Knows the Shipping and Tracking API and nothing of who asks.

A result holds articles, or consignments that hold articles. All times have the offset of Melbourne,
wherever the scan happened. Events have sentences and no codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from carriers.australiapost.codes import ERRORS, NO_PLACE, meaning, state
from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call, send
from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import RANK, Answer, Checkpoint, Found, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import (
    Json,
    an_object,
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
    slug="australiapost",
    label="Australia Post",
    names=("AusPost", "Auspost Parcel Post", "Australia Post Express Post", "Australia Post Parcel Post", "eParcel"),
    tracking_page="https://auspost.com.au/mypost/beta/track/details/{number}",
    api="https://digitalapi.auspost.com.au/shipping/v1",
    credentials=(
        Credential("api_key", "API key of a contract customer", secret=False),
        Credential("password", "Password of the same key"),
        Credential("account_number", "Number of the charge account", secret=False),
    ),
    batch_size=10,
    quality=Quality.VENDOR_SAMPLES,
    docs="https://developers.auspost.com.au/apis/shipping-and-tracking",
    terms="By contract, and for own parcels only.",
    gives=gives(Gives.PLACES),
    times=Times.OFFSET,
)

_DELIVERED: Final = "delivered - "
_CODES: Final = ("code", "error_code")
_WORDS: Final = ("message", "name", "error_name")


class AustraliaPost:
    """Shipping and Tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /track. See `Carrier.parse`."""
        try:
            data = an_object(read_json(body, http_status=http_status))
        except CarrierError as error:
            return refusals(asked, error)
        results = objects(data.get("tracking_results"))
        answers = [answer for result in results if (answer := _answer(result, http_status, asked)) is not None]
        return answers or refusals(asked, _refused(data, http_status))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Australia Post has a plain key
    ) -> list[Answer]:
        """Ask about up to ten numbers in one call. See `Carrier.track`."""
        return await answered(send(_call(requests, account), client), requests, self)


CARRIER: Final = AustraliaPost()


def _call(requests: Sequence[TrackRequest], account: Account) -> Call:
    return Call(
        f"{account.api or MANIFEST.api}/track",
        headers={"Account-Number": account.credentials.get("account_number", ""), "Accept": "application/json"},
        params={"tracking_ids": ",".join(plain(request.number).replace(",", "") for request in requests)},
        auth=(account.credentials.get("api_key", ""), account.credentials.get("password", "")),
    )


# --- reading --------------------------------------------------------------------------------------------------


def _answer(result: Json, http_status: int, asked: Sequence[str]) -> Answer | None:
    """The answer about one number; None where there is neither an article nor an error in it."""
    number = text(result.get("tracking_id")) or (asked[0] if len(asked) == 1 else "")
    whole = objects(result.get("consignment"))  # events of all its articles together
    articles = [a for item in objects(result.get("trackable_items")) for a in objects(item.get("items")) or [item]]
    articles = [*whole, *articles]
    if articles or text(result.get("status")) is not None:
        return Found(number, _report(result, number, articles))
    problem = next(iter(objects(result.get("errors"))), None)
    return refusal(number, _error(problem, http_status)) if problem is not None and number else None


def _report(result: Json, number: str, articles: list[Json]) -> Report:
    """One report for all articles of a number: what happened to any, and no further than the last of them."""
    found = report(
        MANIFEST.slug,
        number,
        [_checkpoint(event) for article in articles for event in objects(article.get("events"))],
        stated=_stated(result, articles),
    )
    arrivals = [c.text for c in found.checkpoints if c.milestone is Milestone.DELIVERED and c.text is not None]
    left = next((t[len(_DELIVERED) :] for t in arrivals if t.lower().startswith(_DELIVERED)), None)
    arrived = found.delivered_at is not None
    return replace(
        found,
        proof=ProofOfDelivery(description=text(left)) if arrived and text(left) is not None else None,
        service=first_text(*(article.get("product_type") for article in articles)),
    )


def _stated(result: Json, articles: list[Json]) -> Meaning:
    own = state(text(result.get("status")))
    if own is not UNKNOWN:
        return own
    said = [state(text(article.get("status"))) for article in articles]
    if not said or UNKNOWN in said:
        return UNKNOWN
    return min(said, key=lambda one: RANK[one.milestone or Milestone.UNKNOWN])


def _checkpoint(event: Json) -> Checkpoint:
    words, where = text(event.get("description")), text(event.get("location"))
    place = Place(text=where) if where is not None and where.lower() not in NO_PLACE else Place()
    return checkpoint(meaning(words), code=None, text=words, at=time(event.get("date")), place=place)


def _refused(data: Json, http_status: int) -> CarrierError:
    problem = next(iter(objects(data.get("errors"))), {})
    if first_text(*(problem.get(name) for name in (*_CODES, *_WORDS))) is None:
        return unreadable(http_status)
    return _error(problem, http_status)


def _error(problem: Json, http_status: int) -> CarrierError:
    code = first_text(*(problem.get(name) for name in (*_CODES, "name")))
    message = first_text(*(problem.get(name) for name in _WORDS)) or f"Australia Post refuses ({code})."
    kind = ERRORS[code] if code in ERRORS else kind_of_status(http_status)
    return CarrierError(kind, message, code=code, http_status=http_status)
