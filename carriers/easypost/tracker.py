"""One tracker of EasyPost as a report. Pure. Its events come oldest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from carriers.core.meaning import UNKNOWN, Meaning, checkpoint, report
from carriers.core.model import Checkpoint, Estimate, Place, ProofOfDelivery, Report
from carriers.core.reading import Json, an_object, country, first_text, objects, text, time
from carriers.easypost.codes import DETAILS, STATUSES

SLUG: Final = "easypost"


def read(tracker: Json) -> Report:
    """The report on one tracker."""
    status, stated = text(tracker.get("status")), _meaning(tracker)
    found = report(
        SLUG,
        text(tracker.get("tracking_code")) or "",
        [_checkpoint(detail) for detail in objects(tracker.get("tracking_details"))],
        stated=stated,
        unknown_codes=[status if stated is UNKNOWN else None],
    )
    carrier = an_object(tracker.get("carrier_detail"))
    return replace(
        found,
        estimate=_estimate(tracker, carrier),
        proof=_proof(tracker),
        service=first_text(carrier.get("service"), tracker.get("carrier")),
        origin_country=country(an_object(carrier.get("origin_tracking_location")).get("country")),
        destination_country=country(an_object(carrier.get("destination_tracking_location")).get("country")),
    )


def _meaning(item: Json) -> Meaning:
    status, detail = text(item.get("status")) or "", text(item.get("status_detail")) or ""
    return DETAILS.get((status, detail)) or STATUSES.get(status, UNKNOWN)


def _checkpoint(detail: Json) -> Checkpoint:
    where = an_object(detail.get("tracking_location"))
    return checkpoint(
        _meaning(detail),
        code=first_text(detail.get("status"), detail.get("status_detail")),
        text=first_text(detail.get("message"), detail.get("description")),
        at=time(detail.get("datetime")),
        place=Place(
            city=text(where.get("city")),
            postcode=text(where.get("zip")),
            region=text(where.get("state")),
            country=country(where.get("country")),
        ),
    )


def _estimate(tracker: Json, carrier: Json) -> Estimate | None:
    """The carrier's own local day where EasyPost passes it on; else EasyPost's."""
    day = time(carrier.get("est_delivery_date_local")) or time(tracker.get("est_delivery_date"))
    return Estimate(day.wall.date()) if day is not None else None


def _proof(tracker: Json) -> ProofOfDelivery | None:
    signed_by = text(tracker.get("signed_by"))
    return ProofOfDelivery(signed_by=signed_by) if signed_by is not None else None
