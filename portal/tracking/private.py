"""Personal columns of tracking. Carriers write names and streets into their texts, so all free text and
every place as the carrier writes it is here, in tables of their own, readable by this slice only."""

from datetime import datetime

from sqlalchemy import LargeBinary, Table as SaTable
from sqlmodel import Field

from portal.kit.tables import Table, key, link


class CheckpointPrivate(Table, table=True):
    """The carrier's own words about one checkpoint, and where it was."""

    __tablename__ = "checkpoint_private"

    checkpoint_id: int = link("checkpoint.id", primary_key=True)
    text: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None


class ShipmentPrivate(Table, table=True):
    """What is needed to ask about a parcel, and who received it."""

    __tablename__ = "shipment_private"

    shipment_id: int = link("shipment.id", primary_key=True)
    postcode: str | None = None
    country: str | None = None
    pickup_point: str | None = None
    signed_by: str | None = None


class RawAnswer(Table, table=True):
    """A carrier's answer as it came, compressed (zlib), kept for `raw_days`."""

    __tablename__ = "raw_answer"

    id: int | None = key()
    shipment_id: int = link("shipment.id")
    carrier: str
    http_status: int
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(index=True)


CHECKPOINT_PRIVATE: SaTable = CheckpointPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHIPMENT_PRIVATE: SaTable = ShipmentPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
RAW_ANSWER: SaTable = RawAnswer.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
