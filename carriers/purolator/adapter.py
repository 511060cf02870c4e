"""The Purolator adapter. Knows TrackPackagesByPin (tracking service v1) and nothing of who asks.

Times are local. The same scan may come twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from carriers.core.answers import refusal, refusals
from carriers.core.asking import answered, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, send
from carriers.core.meaning import checkpoint, report
from carriers.core.model import Answer, Checkpoint, Found, Milestone, Place, ProofOfDelivery, Report
from carriers.core.reading import kind_of_status, unreadable
from carriers.core.soap import element, fault_in, fields, soap_call
from carriers.core.times import CarrierTime, parse_compact
from carriers.core.xml import Node, anywhere, every, first, read_xml, said
from carriers.purolator.codes import meaning

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="purolator",
    label="Purolator",
    names=("Purolator Courier", "Purolator Inc", "Purolator Ground", "Purolator Express"),
    tracking_page="https://www.purolator.com/en/shipping/tracker?searchValue={number}",
    api="https://webservices.purolator.com",
    credentials=(
        Credential("key", "Production key of E-Ship Web Services", secret=False),
        Credential("password", "Password of the same key"),
        Credential("user_token", "User token of the same key"),
    ),
    batch_size=10,
    quality=Quality.VENDOR_SAMPLES,
    docs="https://eship.purolator.com",
    gives=gives(Gives.PLACES, Gives.SIGNER),
    times=Times.LOCAL,
)

_TYPES: Final = "http://purolator.com/pws/datatypes/v1"
_ACTION: Final = "http://purolator.com/pws/service/v1/TrackPackagesByPin"


class Purolator:
    """E-Ship tracking."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer to TrackPackagesByPin. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        parcels = [p for p in anywhere(root, "TrackingInformation") if said(p, "PIN", "Value") or _scans(p)]
        answers = [_answer(parcel, http_status, asked) for parcel in parcels]
        return answers or refusals(asked, _refused(root, http_status))

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Purolator has a plain key
    ) -> list[Answer]:
        """Ask about several PINs in one call. See `Carrier.track`."""
        return await answered(send(_call(requests, account), client), requests, self)


CARRIER: Final = Purolator()


def _call(requests: Sequence[TrackRequest], account: Account) -> Call:
    secrets = account.credentials
    context = fields(
        [
            ("v1:Version", "1.2"),
            ("v1:Language", "en"),
            ("v1:GroupID", ""),
            ("v1:RequestReference", "jalon"),
            ("v1:UserToken", secrets.get("user_token", "")),
        ]
    )
    pins = "".join(element("v1:PIN", fields({"v1:Value": plain(request.number)})) for request in requests)
    question = element("v1:TrackPackagesByPinRequest", element("v1:PINs", pins), xmlns_v1=_TYPES)
    call = soap_call(
        f"{account.api or MANIFEST.api}/PWS/V1/Tracking/TrackingService.asmx",
        question,
        action=_ACTION,
        header=element("v1:RequestContext", context, xmlns_v1=_TYPES),
    )
    return replace(call, auth=(secrets.get("key", ""), secrets.get("password", "")))


# --- reading --------------------------------------------------------------------------------------------------


def _scans(parcel: Node) -> list[Node]:
    return every(first(parcel, "Scans"), "Scan")


def _answer(parcel: Node, http_status: int, asked: Sequence[str]) -> Answer:
    number = said(parcel, "PIN", "Value") or (asked[0] if len(asked) == 1 else "")
    scans = _scans(parcel)
    if scans:
        return Found(number, _report(number, scans))
    problem = _problem(parcel)
    code, words = said(problem, "Code"), said(problem, "Description") or "Purolator has no scan of this parcel."
    return refusal(number, CarrierError(ErrorKind.NOT_FOUND, words, code=code, http_status=http_status))


def _report(number: str, scans: Sequence[Node]) -> Report:
    found = report(MANIFEST.slug, number, dict.fromkeys(_checkpoint(scan) for scan in scans))
    names = [name for scan in scans if (name := said(scan, "ScanDetails", "DeliverySignature")) is not None]
    arrived = any(c.milestone is Milestone.DELIVERED for c in found.checkpoints)
    return replace(found, proof=ProofOfDelivery(signed_by=names[0]) if names and arrived else None)


def _checkpoint(scan: Node) -> Checkpoint:
    kind, words = said(scan, "ScanType"), said(scan, "Description")
    place = Place(text=said(scan, "Depot", "Name"))
    return checkpoint(meaning(kind, words), code=kind, text=words, at=_time(scan), place=place)


def _time(scan: Node) -> CarrierTime | None:
    day, clock = said(scan, "ScanDate"), said(scan, "ScanTime")
    try:
        return parse_compact(day.replace("-", ""), clock) if day is not None else None
    except ValueError:
        return None


def _problem(node: Node) -> Node:
    """The first error in an answer's or a parcel's own ResponseInformation; nothing where there is none."""
    return first(node, "ResponseInformation", "Errors", "Error")


def _refused(root: Node, http_status: int) -> CarrierError:
    """A fault, an error of the whole answer, or an answer without a parcel."""
    fault = fault_in(root)
    if fault is not None:
        return CarrierError(kind_of_status(http_status), fault.message, code=fault.code, http_status=http_status)
    response = next(iter(anywhere(root, "TrackPackagesByPinResponse")), None)
    if response is None:
        return unreadable(http_status)
    problem = _problem(response)
    code, words = said(problem, "Code"), said(problem, "Description")
    if code is None and words is None:
        nothing = "Purolator's answer has no parcel in it."
        return CarrierError(ErrorKind.NOT_FOUND, nothing, http_status=http_status)
    words = words or f"Purolator refuses ({code})."
    return CarrierError(kind_of_status(http_status), words, code=code, http_status=http_status)
