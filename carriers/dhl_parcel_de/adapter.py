"""The DHL Paket adapter. Knows Parcel DE Tracking and nothing of who asks.

The question is an XML document in the address, and the account's second pair of credentials stands in
it. "No data" is code 100 inside an HTTP 200; in an answer about several numbers each has a code of its own.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.model import Answer, Document, Failed, Found
from carriers.core.proving import proven
from carriers.core.reading import kind_of_status, unreadable
from carriers.core.soap import element
from carriers.core.xml import Node, anywhere, attribute, read_xml
from carriers.dhl_parcel_de.codes import ERRORS
from carriers.dhl_parcel_de.piece import SLUG, events_of, report

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="DHL Paket",
    names=("DHL Parcel Germany", "DHL Parcel DE", "DHL Germany", "DHL Deutschland", "DHL Paket International"),
    tracking_page="https://www.dhl.de/de/privatkunden.html?piececode={number}",
    api="https://api-eu.dhl.com/parcel/de/tracking/v0",
    credentials=(
        Credential("client_id", "API key of an app with Parcel DE Tracking", secret=False),
        Credential("client_secret", "API secret of the same app"),
        Credential("appname", "User of the business customer portal for tracking (zt…)", secret=False),
        Credential("password", "Password of this user"),
    ),
    instead=("dhl_unified",),
    batch_size=20,
    quota=Quota(per_second=3, per_day=1000),
    quality=Quality.VENDOR_SAMPLES,
    docs="https://developer.dhl.com/api-reference/dhl-parcel-de-tracking-post-parcel-germany",
    gives=gives(Gives.PLACES, Gives.ESTIMATE, Gives.WINDOW),
    times=Times.LOCAL,
    terms="The number of calls a day is by hearsay; the contract says what holds.",
)

# A number of another shape would spoil the answer for a whole batch.
_NUMBER: Final = re.compile(r"^[0-9A-Z]{8,39}$")
_PIECES: Final = ("piece-shipment", "pieceshipment", "piece-status-public")
_FINE: Final = (None, "0")
_GIF: Final = re.compile(r"^47494638[0-9A-Fa-f]+$")


class DhlParcelDe:
    """d-get-piece-detail of Parcel DE Tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /shipments. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        pieces = [node for node in anywhere(root, "data") if attribute(node, "name") in _PIECES]
        answers = [_answer(piece, http_status, asked) for piece in pieces]
        return answers or refusals(asked, _problem(root, http_status))

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The signatures in an answer of d-get-signature, GIF pictures in hexadecimal. Raises CarrierError."""
        values = [value for node in anywhere(read_xml(body), "data") for value in node.attributes.values()]
        pictures = [value for value in values if _GIF.match(value) and len(value) % 2 == 0]
        return tuple(Document("image/gif", base64.b64encode(bytes.fromhex(p)).decode()) for p in pictures)

    async def prove(
        self,
        request: TrackRequest,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; DHL Paket has plain passwords
    ) -> tuple[Document, ...]:
        """Ask for the signature of one parcel. See `Proves.prove`."""
        return await proven(send(_proof_call(request, account), client), self)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; DHL Paket has plain passwords
    ) -> list[Answer]:
        """Ask about up to twenty numbers in one call. See `Carrier.track`."""
        askable = [r for r in requests if _NUMBER.match(plain(r.number))]
        asked = await answered(send(_call(askable, account), client), askable, self) if askable else []
        answers = {id(r): a for r, a in zip(askable, asked, strict=True)}
        return [answers.get(id(r)) or Failed(r.number, _not_a_number()) for r in requests]


CARRIER: Final = DhlParcelDe()


def _not_a_number() -> CarrierError:
    return CarrierError(ErrorKind.INVALID_NUMBER, "DHL Paket's numbers have 8 to 39 letters and digits.")


def _proof_call(request: TrackRequest, account: Account) -> Call:
    return _call([request], account, "d-get-signature")


def _call(requests: Sequence[TrackRequest], account: Account, wanted: str = "d-get-piece-detail") -> Call:
    client_id, secret, appname, password = (account.credentials.get(c.name, "") for c in MANIFEST.credentials)
    question = {
        "appname": appname,
        "password": password,
        "request": wanted,
        "language-code": "en",
        "piece-code": ";".join(plain(request.number) for request in requests),
    }
    return Call(
        f"{account.api or MANIFEST.api}/shipments",
        headers={"Accept": "application/xml"},
        params={"xml": '<?xml version="1.0" encoding="UTF-8"?>' + element("data", **question)},
        auth=(client_id, secret),
    )


def _answer(piece: Node, http_status: int, asked: Sequence[str]) -> Answer:
    own = attribute(piece, "searched-piece-code", "piece-code")
    number = own or (asked[0] if len(asked) == 1 else "")
    code = attribute(piece, "error-status")
    if code in _FINE or events_of(piece):
        return Found(number, report(piece, number))
    return refusal(number, _error(code, attribute(piece, "status", "error"), http_status))


def _problem(root: Node, http_status: int) -> CarrierError:
    """The first code in the document that is not 0; an answer without codes is none."""
    coded = [node for node in anywhere(root, "data") if attribute(node, "code") is not None]
    if not coded:
        return unreadable(http_status)
    refused = next((node for node in coded if attribute(node, "code") not in _FINE), None)
    if refused is None:
        return CarrierError(ErrorKind.NOT_FOUND, "DHL's answer has no parcel in it.", http_status=http_status)
    return _error(attribute(refused, "code"), attribute(refused, "error"), http_status)


def _error(code: str | None, message: str | None, http_status: int) -> CarrierError:
    kind = ERRORS.get(code or "") or kind_of_status(http_status)
    return CarrierError(kind, message or f"DHL refuses ({code}).", code=code, http_status=http_status)
