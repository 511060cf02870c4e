"""The PostNL adapter. Knows the Shippingstatus API v2 and nothing of who asks.

"Not found" is an empty object inside an HTTP 200.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.model import Answer, Document, Found
from carriers.core.proving import proven
from carriers.core.reading import Json, an_object, first_text, kind_of_status, objects, read_json, text, unreadable
from carriers.postnl.codes import FAULTS
from carriers.postnl.shipment import SLUG, read, said

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="PostNL",
    names=("Post NL", "PostNL International", "PostNL Parcels", "PostNL Pakketten", "PostNL Netherlands"),
    tracking_page=None,  # its page wants the country and the postcode beside the barcode
    api="https://api.postnl.nl/shipment/v2/status",
    credentials=(Credential("api_key", "API key with access to Shippingstatus"),),
    quality=Quality.VENDOR_SAMPLES,
    retention_days=90,
    docs="https://developer.postnl.nl/apis/shippingstatus-webservice",
    gives=gives(Gives.ESTIMATE, Gives.WINDOW),
    times=Times.LOCAL,
)

_WRAPPERS: Final = ("CompleteStatus", "CurrentStatus")


class PostNl:
    """Shippingstatus v2."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of GET /barcode/{barcode}, or of the feed of updated shipments. See `Carrier.parse`."""
        try:
            data = read_json(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        reports = [read(shipment, asked) for shipment in _shipments(data)]
        return [Found(r.number, r) for r in reports] or refusals(asked, _refused(an_object(data), data, http_status))

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """The signature in an answer of GET /signature/{barcode}. Raises CarrierError for an unreadable body."""
        image = an_object(an_object(read_json(body)).get("Signature")).get("SignatureImage")
        content = "".join(image.split()) if isinstance(image, str) else ""
        return (Document("image", content),) if content and said(content) is not None else ()

    async def prove(
        self,
        request: TrackRequest,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; PostNL has a plain key
    ) -> tuple[Document, ...]:
        """Ask for the signature of one parcel. See `Proves.prove`."""
        return await proven(send(_proof_call(request, account), client), self)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; PostNL has a plain key
    ) -> list[Answer]:
        """Ask about one barcode after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = PostNl()


def _call(request: TrackRequest, account: Account) -> Call:
    return Call(
        f"{account.api or MANIFEST.api}/barcode/{quote(plain(request.number), safe='')}",
        headers={"apikey": account.credentials.get("api_key", ""), "Accept": "application/json"},
        params={"detail": "true", "language": "EN"},
    )


def _proof_call(request: TrackRequest, account: Account) -> Call:
    url = f"{account.api or MANIFEST.api}/signature/{quote(plain(request.number), safe='')}"
    return Call(url, headers={"apikey": account.credentials.get("api_key", ""), "Accept": "application/json"})


# --- reading --------------------------------------------------------------------------------------------------


def _shipments(data: Json | list[Any]) -> list[Json]:
    """What is a shipment in an answer: it has a barcode or a status."""
    found = objects(data) if isinstance(data, list) else []
    for wrapper in _WRAPPERS:
        for status in objects(an_object(data).get(wrapper)):
            found += objects(status.get("Shipment"))
    return [
        s
        for s in found
        if isinstance(s.get("Status"), dict) and (_has(s, "Barcode") or _has(s["Status"], "StatusCode"))
    ]


def _has(item: Json, key: str) -> bool:
    return said(item.get(key)) is not None


def _refused(data: Json, whole: object, http_status: int) -> CarrierError:
    """PostNL's errors come in several spellings; an answer that is empty means that it knows nothing."""
    fault = an_object(data.get("fault"))
    problem = next(iter(objects(data.get("Errors")) or objects(data.get("Error")) or objects(data.get("errors"))), {})
    code = first_text(
        an_object(fault.get("detail")).get("errorcode"), *(problem.get(k) for k in ("Code", "ErrorNumber", "ErrorCode"))
    )
    words = ("Description", "ErrorMsg", "ErrorDescription", "Message", "title", "detail")
    message = first_text(fault.get("faultstring"), *(problem.get(k) for k in words), data.get("message"))
    if message is not None or code is not None:
        kind = FAULTS[code] if code in FAULTS else kind_of_status(http_status)
        return CarrierError(kind, message or f"PostNL refuses ({code}).", code=code, http_status=http_status)
    return _nothing(data, http_status) if http_status == 200 and _is_empty(whole) else unreadable(http_status)


def _is_empty(whole: object) -> bool:
    """Whether an answer is PostNL's "nothing": {}, or nothing but warnings around no shipment."""
    data = whole if isinstance(whole, dict) else None
    return data is not None and set(data) <= {*_WRAPPERS, "Warnings"}


def _nothing(data: Json, http_status: int) -> CarrierError:
    inner = next((i for w in _WRAPPERS for i in objects(data.get(w))), {})
    warning = next(iter(objects(data.get("Warnings")) or objects(inner.get("Warnings"))), {})
    message = first_text(warning.get("Description"), warning.get("Message")) or "PostNL does not know this barcode."
    return CarrierError(ErrorKind.NOT_FOUND, message, code=text(warning.get("Code")), http_status=http_status)
