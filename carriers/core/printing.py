"""Answers as JSON objects and as lines for a terminal. Prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from carriers.core.answers import milestone_of
from carriers.core.contract import Manifest, Proves, Push
from carriers.core.errors import CarrierError
from carriers.core.model import (
    Answer,
    Checkpoint,
    Document,
    Estimate,
    Found,
    Milestone,
    NotFound,
    Place,
    ProofOfDelivery,
    Report,
)
from carriers.core.registry import get
from carriers.core.times import CarrierTime

Json = dict[str, Any]

_ARRIVED = (Milestone.DELIVERED, Milestone.COLLECTED)


def answer_json(carrier: str, answer: Answer) -> Json:
    """One answer as JSON: always carrier, tracking_number, status, delivered, edd and events; error or the rest.

    A carrier that takes a number and has nothing to tell refuses nothing: then the error is null.
    """
    if isinstance(answer, Found):
        return _report(carrier, answer.report)
    silent = isinstance(answer, NotFound) and answer.error.http_status is None
    return {
        "carrier": carrier,
        "tracking_number": answer.number or None,
        "status": Milestone.UNKNOWN.value,
        "delivered": False,
        "edd": None,
        "events": [],
        "error": None if silent else error_json(answer.error),
    }


def error_json(error: CarrierError) -> Json:
    """An error with its policy; `retry_after` in seconds."""
    return {
        "kind": error.kind.value,
        "code": error.code,
        "message": error.message,
        "http_status": error.http_status,
        "retryable": error.retryable,
        "retry_after": error.retry_after,
    }


def documents_json(carrier: str, documents: Iterable[Document]) -> Json:
    """Proof-of-delivery documents as one object."""
    return {"carrier": carrier, "tracking_number": None, "documents": [_document(d) for d in documents]}


def manifest_json(manifest: Manifest, missing: Sequence[str]) -> Json:
    """A carrier's facts, and the variables that still have to be set for it."""
    return {
        "slug": manifest.slug,
        "label": manifest.label,
        "names": list(manifest.names),
        "api": manifest.api,
        "tracking_page": manifest.tracking_page,
        "batch_size": manifest.batch_size,
        "quota": asdict(manifest.quota),
        "credentials": [{"name": c.name, "help": c.help, "required": c.required} for c in manifest.credentials],
        "missing": list(missing),
        "required_fields": list(manifest.required_fields),
        "better_with": list(manifest.better_with),
        "instead": list(manifest.instead),
        "gives": sorted(manifest.gives),
        "proof_documents": isinstance(get(manifest.slug), Proves),
        "times": manifest.times.value,
        "quality": manifest.quality.value,
        "retention_days": manifest.retention_days,
        "terms": manifest.terms,
        "docs": manifest.docs,
        "push": _push(manifest.push) if manifest.push is not None else None,
    }


def answer_lines(carrier: str, answer: Answer) -> list[str]:
    """One answer as lines of plain text."""
    if not isinstance(answer, Found):
        wait = f" Ask again in {answer.error.retry_after:g} s." if answer.error.retry_after else ""
        return [
            f"{answer.number or carrier}: {answer.error.kind.value.replace('_', ' ')}. {answer.error.message}{wait}"
        ]
    report = answer.report
    head = f"{report.number or carrier}: {milestone_of(report).value.replace('_', ' ')}"
    extras = [
        f"reason {report.reason.value}" if report.reason else "",
        "delayed" if report.delayed else "",
        f"expected {_edd(report.estimate)}" if report.estimate is not None else "",
        f"delivered at {report.delivered_at.isoformat()}" if report.delivered_at is not None else "",
    ]
    lines = [", ".join([head, *(extra for extra in extras if extra)])]
    return lines + [_line(checkpoint) for checkpoint in report.checkpoints]


def _push(push: Push) -> Json:
    return {"proof": push.proof, "set_up": push.set_up, "subscribes": push.subscribe_size > 0}


def _report(carrier: str, report: Report) -> Json:
    status = milestone_of(report)
    return {
        "carrier": carrier,
        "tracking_number": report.number or None,
        "status": status.value,
        "reason": report.reason.value if report.reason else None,
        "delayed": report.delayed,
        "delivered": status in _ARRIVED,
        "delivered_at": _iso(report.delivered_at),
        "edd": _edd(report.estimate),
        "edd_window": _window(report.estimate),
        "service": report.service,
        "origin_country": report.origin_country,
        "destination_country": report.destination_country,
        "pickup_point": _place(report.pickup_point) if report.pickup_point is not None else None,
        "events": [_event(checkpoint) for checkpoint in report.checkpoints],
        "pod": _proof(report.proof) if report.proof is not None else None,
        "unknown_codes": list(report.unknown_codes),
    }


def _event(checkpoint: Checkpoint) -> Json:
    return {
        "code": checkpoint.code,
        "description": checkpoint.text,
        "occurred_at": _iso(checkpoint.at),
        "location": _place(checkpoint.place),
        "status": checkpoint.milestone.value if checkpoint.milestone is not None else None,
        "reason": checkpoint.reason.value if checkpoint.reason is not None else None,
    }


def _place(place: Place) -> Json:
    return {
        "city": place.city,
        "postal_code": place.postcode,
        "region": place.region,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "text": place.text,
    }


def _proof(proof: ProofOfDelivery) -> Json:
    return {
        "signed_by": proof.signed_by,
        "description": proof.description,
        "document_url": proof.document_url,
        "documents": [_document(document) for document in proof.documents],
        "lat": proof.lat,
        "lon": proof.lon,
    }


def _document(document: Document) -> Json:
    return {"format": document.format, "content_base64": document.content_base64}


def _edd(estimate: Estimate | None) -> str | None:
    return estimate.day.isoformat() if estimate is not None and estimate.day is not None else None


def _window(estimate: Estimate | None) -> Json | None:
    if estimate is None or (estimate.earliest is None and estimate.latest is None):
        return None
    return {"from": _iso(estimate.earliest), "until": _iso(estimate.latest)}


def _iso(at: CarrierTime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _line(checkpoint: Checkpoint) -> str:
    place = checkpoint.place
    where = ", ".join(part for part in (place.text, place.postcode, place.city, place.country) if part)
    step = checkpoint.milestone.value.replace("_", " ") if checkpoint.milestone is not None else "note"
    at = checkpoint.at.isoformat() if checkpoint.at is not None else "no date"
    return f"  {at:<25}  {step:<16}  {checkpoint.text or checkpoint.code or ''}{f'  ({where})' if where else ''}"
