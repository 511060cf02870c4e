"""The Mondial Relay adapter. Knows WSI2_TracingColisDetaille and nothing of who asks.

The status number is half an answer and half an error: 80 to 83 are parcels. The answer does not repeat
the parcel's number, its events are padded with empty rows, and its times are local.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from carriers.core import meaning
from carriers.core.answers import refusals
from carriers.core.asking import one_by_one, plain
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call
from carriers.core.meaning import Meaning
from carriers.core.model import Answer, Checkpoint, Found, Milestone, Place, Report
from carriers.core.reading import country, kind_of_status, unreadable
from carriers.core.registry import fold
from carriers.core.soap import element, fault_in, fields, soap_call
from carriers.core.times import CarrierTime, parse_compact
from carriers.core.xml import Node, anywhere, every, first, read_xml, said
from carriers.mondial_relay.codes import ANSWERS, BEGINNINGS, LANGUAGE, REFUSALS, WORDINGS

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug="mondial_relay",
    label="Mondial Relay",
    names=("Mondial Relay Point Relais", "Mondial Relay Locker", "Mondial Relay France", "Point Relais"),
    tracking_page="https://www.mondialrelay.fr/suivi-de-colis?numeroExpedition={number}",
    api="https://api.mondialrelay.com",
    credentials=(
        Credential("enseigne", "Code of the shop at Mondial Relay (Enseigne)", secret=False),
        Credential("private_key", "Private key that belongs to this code"),
    ),
    batch_size=1,
    quota=Quota(),
    quality=Quality.RECORDINGS,
    docs="https://api.mondialrelay.com/Web_Services.asmx?op=WSI2_TracingColisDetaille",
    gives=gives(Gives.PLACES, Gives.PICKUP_POINT),
    times=Times.LOCAL,
)

_NAMESPACE: Final = "http://www.mondialrelay.fr/webservice/"
_OPERATION: Final = "WSI2_TracingColisDetaille"
_DAY: Final = re.compile(r"^(\d{2})/(\d{2})/(?:20)?(\d{2})$")
_SURE: Final = (Milestone.READY_FOR_PICKUP, Milestone.RETURNING)  # what the status number cannot say


class MondialRelay:
    """WSI2_TracingColisDetaille."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of WSI2_TracingColisDetaille. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        result = next(iter(anywhere(root, f"{_OPERATION}Result")), None)
        if result is None:
            return refusals(asked, _fault(root, http_status))
        stated = ANSWERS.get(said(result, "STAT") or "")
        if stated is None:
            return refusals(asked, _refused(result, http_status))
        number = asked[0] if len(asked) == 1 else ""
        return [Found(number, _report(result, number, stated))]

    async def track(
        self,
        requests: Sequence[TrackRequest],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,  # noqa: ARG002  # part of the contract; Mondial Relay signs each question
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        return await one_by_one(requests, self, lambda request: _call(request, account), client)


CARRIER: Final = MondialRelay()


def _call(request: TrackRequest, account: Account) -> Call:
    values = {
        "Enseigne": account.credentials.get("enseigne", ""),
        "Expedition": plain(request.number),
        "Langue": LANGUAGE,
    }
    signed = "".join(values.values()) + account.credentials.get("private_key", "")
    # MD5 is what the service wants; it protects nothing that TLS does not.
    security = hashlib.md5(signed.encode("utf-8", "replace"), usedforsecurity=False).hexdigest().upper()
    body = element(_OPERATION, fields(values | {"Security": security}), xmlns=_NAMESPACE)
    url = f"{account.api or MANIFEST.api}/Web_Services.asmx"
    return soap_call(url, body, action=f"{_NAMESPACE}{_OPERATION}")


# --- reading --------------------------------------------------------------------------------------------------


def _refused(result: Node, http_status: int) -> CarrierError:
    code = said(result, "STAT")
    if code is None:
        return unreadable(http_status)
    kind = REFUSALS.get(code, ErrorKind.BAD_REQUEST)
    return CarrierError(kind, f"Mondial Relay refuses ({code}).", code=code, http_status=http_status)


def _fault(root: Node, http_status: int) -> CarrierError:
    fault = fault_in(root)
    if fault is None:
        return unreadable(http_status)
    return CarrierError(kind_of_status(http_status), fault.message, code=fault.code, http_status=http_status)


def _report(result: Node, number: str, stated: Meaning) -> Report:
    rows = every(first(result, "Tracing"), "ret_WSI2_sub_TracingColisDetaille")
    scans = [_checkpoint(row) for row in reversed(rows) if said(row, "Libelle") or said(row, "Date")]
    read = meaning.report(MANIFEST.slug, number, scans, stated=_finer(stated, result, scans))
    arrived = read.milestone is Milestone.DELIVERED and read.delivered_at is None
    relay = said(result, "Relais_Libelle")
    return replace(
        read,
        # Delivery ends a history: where no wording says so, the newest event is the delivery.
        delivered_at=next((c.at for c in read.checkpoints if c.at), None) if arrived else read.delivered_at,
        pickup_point=Place(text=relay) if relay is not None else None,
    )


def _finer(stated: Meaning, result: Node, scans: list[Checkpoint]) -> Meaning:
    """The stated step, or the finer one that the newest wording gives it; a return that arrived went back."""
    went_back = any(scan.milestone is Milestone.RETURNING for scan in scans)
    if stated.milestone is Milestone.DELIVERED:
        return Meaning(Milestone.RETURNED) if went_back else stated
    newest = meaning.report(MANIFEST.slug, "", scans).checkpoints[:1]
    steps = [_meant(said(result, "Libelle01")), *(scan.milestone for scan in newest)]
    finer = next((step for step in steps if step in _SURE), None)
    return Meaning(finer) if finer is not None and stated.milestone is Milestone.IN_TRANSIT else stated


def _checkpoint(row: Node) -> Checkpoint:
    label = said(row, "Libelle")
    return meaning.checkpoint(
        Meaning(_meant(label)),
        code=None,
        text=label,
        at=_stamp(said(row, "Date"), said(row, "Heure")),
        place=Place(text=said(row, "Emplacement"), country=country(said(row, "Relais_Pays"))),
    )


def _meant(label: str | None) -> Milestone:
    words = fold(label or "")
    begun = next((step for start, step in BEGINNINGS.items() if words.startswith(start)), Milestone.UNKNOWN)
    return WORDINGS.get(words, begun)


def _stamp(day: str | None, clock: str | None) -> CarrierTime | None:
    match = _DAY.match(day or "")
    if match is None:
        return None
    compact = f"20{match[3]}{match[2]}{match[1]}"
    for given in (clock, None):
        try:
            return parse_compact(compact, given)
        except ValueError:
            continue
    return None
