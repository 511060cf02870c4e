"""What a neutral document says of its parcels, as shipments to track. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import carriers
from carriers import Milestone
from portal.platforms.neutral import NeutralOrder, Parcel, Tracking
from portal.tracking.candidates import is_open
from portal.tracking.intake import ShipmentFacts

_NO_TRACKING = Tracking()


@dataclass(frozen=True, slots=True)
class Packed:
    """One parcel of an order: a fulfilment with two tracking numbers is two. Quantities by line id."""

    external_id: str
    shipment: ShipmentFacts
    quantities: dict[str, int]
    allocation: str
    state: str


def parcels_of(document: NeutralOrder, topic: str) -> list[Packed]:
    """The document's parcels, in its order; what is fetched at the shop is none."""
    return [
        packed
        for parcel in document.parcels
        if _is_parcel(document, parcel)
        for packed in _packed(document, parcel, topic)
    ]


def is_collected(document: NeutralOrder, parcel: Parcel) -> bool:
    """Whether this fulfilment is a hand-over at the shop and no parcel."""
    return _methods(document, parcel) == {"pickup"}


def _is_parcel(document: NeutralOrder, parcel: Parcel) -> bool:
    """Whether something travels: not what is fetched at the shop, nor what is sent by e-mail."""
    return not _methods(document, parcel) & {"pickup", "digital", "none"}


def _methods(document: NeutralOrder, parcel: Parcel) -> set[str]:
    """How a fulfilment without a tracking number reaches the customer; what has a number travels."""
    if parcel.tracking:
        return {"shipping"}
    methods: dict[str, str] = {delivery.id: delivery.method for delivery in document.deliveries}
    stated = methods.get(parcel.delivery_id or "")
    every = set(methods.values())
    return {stated} if stated else every if len(every) == 1 else {"shipping"}


def safe_url(url: str | None) -> str | None:
    """A link that a page may carry: http or https with a host and no blank or control character, or None."""
    plain = (url or "").strip()
    if len(plain) > 1000 or " " in plain or not plain.isprintable():
        return None
    try:
        parts = urlsplit(plain)
    except ValueError:
        return None
    return plain if parts.scheme in ("http", "https") and parts.hostname else None


def _packed(document: NeutralOrder, parcel: Parcel, topic: str) -> Iterator[Packed]:
    several = len(parcel.tracking) > 1
    quantities: dict[str, int] = {}
    for line in parcel.lines:
        quantities[line.line_id] = quantities.get(line.line_id, 0) + line.quantity
    for index, tracking in enumerate(parcel.tracking or (_NO_TRACKING,)):
        external_id = f"{parcel.id}#{index}" if several else parcel.id
        yield Packed(
            external_id,
            _facts(document, parcel, tracking, external_id, topic),
            quantities if index == 0 or not several else {},
            "unknown" if several else parcel.allocation,
            "ok" if parcel.state in ("ok", "unknown") else "gone",
        )


def _facts(document: NeutralOrder, parcel: Parcel, tracking: Tracking, external_id: str, topic: str) -> ShipmentFacts:
    address = document.address.shipping
    number = carriers.number_in(tracking.number or "") or None  # people write in groups, and words around them
    name = tracking.carrier or tracking.carrier_raw or _guess(number, address.country if address else None)
    carrier = carriers.named(name) if name else None
    milestone, at = _said(parcel)
    return ShipmentFacts(
        source=shipment_source(document, external_id),
        topic=topic,
        carrier=carrier.manifest.slug if carrier and number else None,
        carrier_label=tracking.carrier_raw or (carriers.label_of(name) if name else None),
        number=number,
        tracking_url=safe_url(tracking.url) or (carriers.tracking_page(name, number) if name and number else None),
        milestone=milestone,
        milestone_at=at,
        shipped_at=parcel.created_at,
        estimate_day=parcel.estimated_at.date() if parcel.estimated_at else None,
        delayed=(parcel.status_raw or "").lower() == "delayed",
        postcode=address.postcode if address else None,
        country=address.country if address else None,
        carrier_open=number is not None and carrier is None and is_open(name),
    )


def shipment_source(document: NeutralOrder, external_id: str) -> str:
    """What names a shipment of an order for ever."""
    source = document.source
    return "\x1f".join((source.platform, source.shop or "", source.order_id, external_id))


def _guess(number: str | None, country: str | None) -> str | None:
    """The carrier that a number alone proves by form and check digit, where the shop names none; None when
    several could have given it out."""
    found = carriers.detect(number, country=country) if number else ()
    proven = {guess.carrier for guess in found if guess.evidence is carriers.Evidence.FORM_AND_CHECK}
    return proven.pop() if len(proven) == 1 else None


def _said(parcel: Parcel) -> tuple[Milestone, datetime | None]:
    """What the shop says of a parcel: at least that it has left."""
    if parcel.state in ("cancelled", "failed"):
        return Milestone.CANCELLED, parcel.created_at
    newest = max((event.at for event in parcel.events if event.at), default=parcel.created_at)
    try:
        said = Milestone(parcel.status)
    except ValueError:
        said = Milestone.UNKNOWN
    if said is Milestone.UNKNOWN:
        return Milestone.HANDED_OVER, parcel.created_at
    return said, parcel.delivered_at if said is Milestone.DELIVERED and parcel.delivered_at else newest
