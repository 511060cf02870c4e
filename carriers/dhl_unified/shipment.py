"""One shipment of a DHL answer as a report. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from carriers.core.answers import deciding, newest_first
from carriers.core.model import Checkpoint, Estimate, Milestone, Place, ProofOfDelivery, Reason, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.core.times import CarrierTime
from carriers.dhl_unified.codes import COARSE, FINER, PAKET, PAKET_REASONS, TURNING_PHRASES, TURNS, WORDINGS
from carriers.dhl_unified.divisions import DIVISIONS, WITHIN

_SLUG: Final = "dhl_unified"
_ARRIVED: Final = (Milestone.DELIVERED, Milestone.COLLECTED)


def report(shipment: Json, asked: Sequence[str]) -> Report:
    """The report on one shipment; `asked` fills in a number that the answer leaves out."""
    back = shipment.get("returnFlag") in (True, "true")
    service = text(shipment.get("service")) or ""
    checkpoints = newest_first(_checkpoint(event, service, back) for event in objects(shipment.get("events")))
    status = an_object(shipment.get("status"))
    now = _checkpoint(status, service, back)
    milestone = now.milestone if now.milestone is not Milestone.UNKNOWN else None
    current = now if milestone is not None else deciding(checkpoints)
    return Report(
        carrier=_SLUG,
        number=text(shipment.get("id")) or (asked[0] if len(asked) == 1 else ""),
        milestone=milestone,
        checkpoints=checkpoints,
        reason=current.reason if current is not None else None,
        estimate=_estimate(shipment),
        delivered_at=_delivered_at(current, checkpoints),
        proof=_proof(an_object(shipment.get("details"))),
        service=service or None,
        origin_country=_country_of(shipment.get("origin")),
        destination_country=_country_of(shipment.get("destination")),
        unknown_codes=tuple(
            dict.fromkeys(c.code for c in (now, *checkpoints) if c.code and c.code.lower() not in COARSE)
        ),
    )


def _checkpoint(event: Json, service: str, back: bool) -> Checkpoint:
    code = text(event.get("statusCode"))
    milestone, reason = _meaning(event, code, service, back)
    return Checkpoint(
        code=code,
        text=first_text(event.get("description"), event.get("status"), event.get("statusDetailed")),
        at=time(event.get("timestamp")),
        place=_place(event.get("location")),
        milestone=milestone,
        reason=reason,
    )


def _meaning(event: Json, code: str | None, service: str, back: bool) -> tuple[Milestone | None, Reason | None]:
    if code is None:
        return None, None
    coarse = _coarse(code)
    if back and coarse in (Milestone.IN_TRANSIT, Milestone.EXCEPTION):
        return Milestone.RETURNING, None
    if back and coarse is Milestone.DELIVERED:
        return Milestone.RETURNED, None
    words = [text(event.get(key)) for key in ("status", "statusDetailed", "description")]
    own = next((step for word in words[:2] if (step := DIVISIONS.get(service, {}).get(word or ""))), None)
    if own in WITHIN.get(coarse, ()):
        return own, None
    finer = next((step for word in words if (step := _sure(word)) in FINER.get(coarse, ())), coarse)
    reason = next((PAKET_REASONS[word] for word in words if word in PAKET_REASONS), None)
    return finer, reason if coarse is not Milestone.DELIVERED else None


def _coarse(code: str) -> Milestone:
    return COARSE.get(code.lower()) or PAKET.get(code, Milestone.UNKNOWN)


def _sure(words: str | None) -> Milestone | None:
    """The step that a division's code or a wording can only mean; None where it is not sure."""
    if words is None:
        return None
    if words in PAKET:
        return PAKET[words]
    plain = " ".join(words.split()).lower().rstrip(".!")
    for start, step in WORDINGS.items():
        if plain.startswith(start) and not _turned(plain.removeprefix(start)):
            return step
    return None


def _turned(rest: str) -> bool:
    """Whether a sentence goes on so that its beginning no longer means what it says."""
    if not rest:
        return False
    words = rest.replace(",", " ").replace(".", " ").split()
    return rest[0] not in " ,." or not TURNS.isdisjoint(words) or any(phrase in rest for phrase in TURNING_PHRASES)


def _known(code: str) -> bool:
    return code.lower() in COARSE or code in PAKET


def _place(location: object) -> Place:
    if isinstance(location, str):
        return Place(text=text(location))
    place = an_object(location)
    address = an_object(place.get("address"))
    return Place(
        city=text(address.get("addressLocality")),
        postcode=text(address.get("postalCode")),
        region=text(address.get("addressRegion")),
        country=country(address.get("countryCode")),
        text=text(an_object(place.get("servicePoint")).get("label")),
    )


def _country_of(side: object) -> str | None:
    return country(an_object(an_object(side).get("address")).get("countryCode"))


def _estimate(shipment: Json) -> Estimate | None:
    frame = an_object(shipment.get("estimatedDeliveryTimeFrame"))
    earliest, latest = time(frame.get("estimatedFrom")), time(frame.get("estimatedThrough"))
    day = time(shipment.get("estimatedTimeOfDelivery")) or latest or earliest
    if day is None:
        return None
    if earliest is None or latest is None or earliest.date_only or earliest.sort_key >= latest.sort_key:
        return Estimate(day.wall.date())
    return Estimate(day.wall.date(), earliest, latest)


def _delivered_at(current: Checkpoint | None, checkpoints: Sequence[Checkpoint]) -> CarrierTime | None:
    if current is None or current.milestone not in _ARRIVED:
        return None
    scan = next((c for c in checkpoints if c.milestone in _ARRIVED), None)
    return current.at or (scan.at if scan is not None else None)


def _proof(details: Json) -> ProofOfDelivery | None:
    proof = an_object(details.get("proofOfDelivery"))
    signed = an_object(proof.get("signed"))
    names = [name for key in ("givenName", "familyName") if (name := text(signed.get(key))) is not None]
    signed_by = (
        " ".join(names) if len(names) == 2 else first_text(signed.get("name"), *names, signed.get("organizationName"))
    )
    document = first_text(*(url for key in ("documentUrl", "signatureUrl") if _is_url(url := proof.get(key))))
    if signed_by is None and document is None:
        return None
    return ProofOfDelivery(signed_by=signed_by, document_url=document)


def _is_url(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))
