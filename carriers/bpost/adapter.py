"""The bpost adapter. Knows the Shipping Manager's tracking answer and nothing of who asks.

States come oldest first and carry no place. `deliveryTime` is when the parcel was delivered; what it
says before that is not documented, so it counts only afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from carriers.bpost.codes import STATES
from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN, checkpoint, report
from carriers.core.model import Answer, Checkpoint, Found, Place, Report
from carriers.core.reading import country, kind_of_status, time, unreadable
from carriers.core.xml import Node, anywhere, every, first, read_xml, said

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="bpost",
    label="bpost",
    names=("bpost international", "bpack", "bpost Belgium", "Belgian Post", "De Post", "La Poste belge"),
    tracking_page="https://track.bpost.cloud/btr/web/#/search?itemCode={number}&lang=en",
    api="https://api.parcel.bpost.cloud",
    credentials=(
        Credential("account_id", "Account ID of the Shipping Manager", secret=False),
        Credential("passphrase", "Passphrase of the same account"),
    ),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://bpost.freshdesk.com/support/solutions",
    gives=gives(Gives.PICKUP_POINT),
    times=Times.OFFSET,
)


class Bpost:
    """Shipping Manager, tracked mail."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /services/trackedmail/item/{code}/trackingInfo. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        items = [item for item in anywhere(root, "itemTracking") if said(item, "itemCode") or every(item, "stateInfo")]
        reports = [_report(item, asked) for item in items]
        return [Found(r.number, r) for r in reports] or refusals(asked, _refused(root, http_status))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; bpost has a passphrase
    ) -> list[Answer]:
        """Ask about one item after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = Bpost()


def _call(request: TrackRequest, account: Account) -> Call:
    secret = (account.credentials.get("account_id", ""), account.credentials.get("passphrase", ""))
    item = quote(plain(request.number), safe="")
    return Call(f"{account.api or MANIFEST.api}/services/trackedmail/item/{item}/trackingInfo", auth=secret)


# --- reading --------------------------------------------------------------------------------------------------


def _report(item: Node, asked: Sequence[str]) -> Report:
    number = said(item, "itemCode") or (asked[0] if len(asked) == 1 else "")
    found = report(
        MANIFEST.slug,
        number,
        [_checkpoint(state) for state in every(item, "stateInfo")],
        delivered_at=time(said(item, "deliveryTime")),
    )
    return replace(
        found,
        pickup_point=_pickup_point(first(item, "pickupPoint")),
        origin_country=country(said(item, "sender", "address", "countryCode")),
        destination_country=country(said(item, "addressee", "address", "countryCode")),
    )


def _checkpoint(state: Node) -> Checkpoint:
    code = said(state, "stateCode")
    meaning = STATES.get(code or "", UNKNOWN)
    return checkpoint(meaning, code=code, text=said(state, "stateDescription"), at=time(said(state, "time")))


def _pickup_point(point: Node) -> Place | None:
    name = said(point, "name")
    if name is None:
        return None
    return Place(city=said(point, "city"), postcode=said(point, "postalCode"), text=name)


def _refused(root: Node, http_status: int) -> CarrierError:
    """bpost's exceptions, of the system or of the business: a message, and no code."""
    message = said(root, "message") if root.name.endswith("Exception") else None
    if message is None:
        return unreadable(http_status)
    return CarrierError(kind_of_status(http_status), message, http_status=http_status)
