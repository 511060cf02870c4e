"""The Chronopost adapter. Knows trackSkybillV2 and nothing of who asks.

Events come oldest first, with the offset of Paris; a place is the name of an office and its postcode.
A number that Chronopost does not know yet is an answer without events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from carriers.chronopost.codes import EVENTS, SIGNED_BY
from carriers.core import meaning
from carriers.core.answers import refusal, refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.meaning import UNKNOWN
from carriers.core.model import Answer, Checkpoint, Found, Place, ProofOfDelivery, Report
from carriers.core.reading import kind_of_status, time, unreadable
from carriers.core.soap import element, fault_in, fields, soap_call
from carriers.core.xml import Node, anywhere, every, first, read_xml, said

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="chronopost",
    label="Chronopost",
    names=("Chronopost France", "Chrono 10", "Chrono 13", "Chrono 18", "Chrono Relais", "Chrono Classic"),
    tracking_page="https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}",
    api="https://ws.chronopost.fr/tracking-cxf",
    instead=("laposte",),
    batch_size=1,
    quota=Quota(),
    quality=Quality.RECORDINGS,
    docs="https://ws.chronopost.fr/tracking-cxf/TrackingServiceWS?wsdl",
    gives=gives(Gives.PLACES, Gives.SIGNER),
    times=Times.OFFSET,
)

_NAMESPACE: Final = "http://cxf.tracking.soap.chronopost.fr/"


class Chronopost:
    """trackSkybillV2 of the tracking service."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of trackSkybillV2. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        result = next(iter(anywhere(root, "return")), None)
        if result is None:
            return refusals(asked, _fault(root, http_status))
        return _answers(result, http_status, asked)

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Chronopost asks for no credentials
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = Chronopost()


def _call(request: TrackRequest, account: Account) -> Call:
    wanted = fields({"language": "en_GB", "skybillNumber": plain(request.number)})
    body = element("t:trackSkybillV2", wanted, xmlns_t=_NAMESPACE)
    return soap_call(f"{account.api or MANIFEST.api}/TrackingServiceWS", body)


# --- reading --------------------------------------------------------------------------------------------------


def _answers(result: Node, http_status: int, asked: Sequence[str]) -> list[Answer]:
    history = first(result, "listEventInfoComp")
    number = said(history, "skybillNumber") or (asked[0] if len(asked) == 1 else "")
    events = every(history, "events")
    if events:
        return [Found(number, _report(events, number))]
    error = _error(result, http_status)
    return [refusal(number, error)] if number else refusals(asked, error)


def _error(result: Node, http_status: int) -> CarrierError:
    """Chronopost does not say what its error codes mean, so all but 0 are asked again later."""
    code = said(result, "errorCode")
    if code == "0":
        return CarrierError(ErrorKind.NOT_FOUND, "Chronopost does not know this number.", http_status=http_status)
    if code is None:
        return unreadable(http_status)
    message = said(result, "errorMessage") or f"Chronopost refuses ({code})."
    return CarrierError(ErrorKind.SERVER, message, code=code, http_status=http_status)


def _fault(root: Node, http_status: int) -> CarrierError:
    fault = fault_in(root)
    if fault is None:
        return unreadable(http_status)
    return CarrierError(kind_of_status(http_status), fault.message, code=fault.code, http_status=http_status)


def _report(events: list[Node], number: str) -> Report:
    read = meaning.report(MANIFEST.slug, number, [_checkpoint(event) for event in reversed(events)])
    signed_by = _extra(events, SIGNED_BY)
    return replace(read, proof=ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None)


def _checkpoint(event: Node) -> Checkpoint:
    code = said(event, "code")
    return meaning.checkpoint(
        EVENTS.get(code or "", UNKNOWN),
        code=code,
        text=said(event, "eventLabel"),
        at=time(said(event, "eventDate")),
        place=Place(postcode=said(event, "zipCode"), text=said(event, "officeLabel")),
    )


def _extra(events: list[Node], name: str) -> str | None:
    """The newest value under this name among the further facts of the events."""
    facts = [fact for event in events for fact in every(event, "infoCompList") if said(fact, "name") == name]
    return next((value for fact in reversed(facts) if (value := said(fact, "value")) is not None), None)
