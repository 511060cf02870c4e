"""One track result of a FedEx answer as a report. Pure.

Nearly all times carry an offset; now and then one comes as a naive midnight, and that stays naive.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.core import meaning
from carriers.core.answers import milestone_of
from carriers.core.meaning import UNKNOWN, Meaning
from carriers.core.model import Checkpoint, Document, Estimate, Milestone, Place, ProofOfDelivery, Reason, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.core.times import CarrierTime
from carriers.fedex.codes import DELAYS, STATUSES

SLUG: Final = "fedex"
_CODES: Final = ("code", "derivedCode", "derivedStatusCode")  # the finer one first


def report(result: Json, asked: str) -> Report:
    """The report on one track result under the number that was asked."""
    latest = an_object(result.get("latestStatusDetail"))
    scans = [_scan(scan) for scan in objects(result.get("scanEvents"))]
    stated = _stated(latest, scans)
    read = meaning.report(
        SLUG,
        asked,
        scans,
        stated=stated,
        delivered_at=_dates(result).get("ACTUAL_DELIVERY"),
        unknown_codes=[code for key in _CODES if (code := text(latest.get(key))) not in STATUSES],
    )
    return replace(
        read,
        reason=read.reason or _delay_reason(latest),
        delayed=read.delayed or _delayed(latest),
        estimate=_estimate(result),
        proof=_proof(result, milestone_of(read)),
        service=text(an_object(result.get("serviceDetail")).get("description")),
        origin_country=_country_of(result.get("shipperInformation")),
        destination_country=_country_of(result.get("recipientInformation")),
    )


def _stated(latest: Json, scans: list[Checkpoint]) -> Meaning:
    """FedEx's own latest status, as far as one of its codes says where the parcel is."""
    meanings = [STATUSES.get(text(latest.get(key)) or "", UNKNOWN) for key in _CODES]
    said = next((m for m in meanings if m.milestone not in (None, Milestone.UNKNOWN)), UNKNOWN)
    went_back = any(scan.milestone is Milestone.RETURNING for scan in scans)
    return Meaning(Milestone.RETURNED) if said.milestone is Milestone.DELIVERED and went_back else said


def _scan(scan: Json) -> Checkpoint:
    code = first_text(scan.get("eventType"), scan.get("derivedStatusCode"))
    said = STATUSES.get(code or "", UNKNOWN)
    return meaning.checkpoint(
        Meaning(said.milestone, said.reason or _delay_reason(scan), said.delayed or _delayed(scan)),
        code=code,
        text=first_text(scan.get("eventDescription"), scan.get("exceptionDescription"), scan.get("derivedStatus")),
        at=time(scan.get("date")),
        place=_place(an_object(scan.get("scanLocation"))),
    )


def _place(address: Json) -> Place:
    return Place(
        city=text(address.get("city")),
        postcode=text(address.get("postalCode")),
        region=text(address.get("stateOrProvinceCode")),
        country=country(first_text(address.get("countryCode"), address.get("countryName"))),
    )


def _delayed(status: Json) -> bool:
    return text(an_object(status.get("delayDetail")).get("status")) == "DELAYED"


def _delay_reason(status: Json) -> Reason | None:
    kind = text(an_object(status.get("delayDetail")).get("type"))
    return DELAYS.get(kind or "") if _delayed(status) else None


def _dates(result: Json) -> dict[str, CarrierTime]:
    stamps = ((text(d.get("type")), time(d.get("dateTime"))) for d in objects(result.get("dateAndTimes")))
    return {kind: at for kind, at in stamps if kind is not None and at is not None}


def _estimate(result: Json) -> Estimate | None:
    """FedEx's estimate; standardTransitTimeWindow is the promise of the service and is left out."""
    window = an_object(an_object(result.get("estimatedDeliveryTimeWindow")).get("window"))
    begins, ends = time(window.get("begins")), time(window.get("ends"))
    day = _dates(result).get("ESTIMATED_DELIVERY") or ends or begins
    if day is None:
        return None
    ordered = begins is not None and ends is not None and begins.sort_key < ends.sort_key
    if begins is None or ends is None or not ordered or begins.date_only or ends.date_only:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), begins, ends)


def _proof(result: Json, now: Milestone) -> ProofOfDelivery | None:
    """Who received it; the documents are named only, without content: FedEx sends them when asked for each."""
    if now is Milestone.RETURNED:
        return None
    details, arrived = an_object(result.get("deliveryDetails")), now is Milestone.DELIVERED
    signed_by = first_text(details.get("signedByName"), details.get("receivedByName"))
    where = text(details.get("locationDescription")) if arrived else None
    names = [text(image.get("type")) for image in objects(result.get("availableImages"))] if arrived else []
    papers = tuple(Document(name, "") for name in names if name is not None)
    if signed_by is None and where is None and not papers:
        return None
    return ProofOfDelivery(signed_by=signed_by, description=where, documents=papers)


def _country_of(side: object) -> str | None:
    address = an_object(an_object(side).get("address"))
    return country(first_text(address.get("countryCode"), address.get("countryName")))
