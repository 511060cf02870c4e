"""Personal columns of tracking. Carriers write names and streets into their texts, so all free text and
every place as the carrier writes it is here, in tables of their own, readable by this slice only."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import BigId, Table, key, link


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
    """A carrier's answer as it came, compressed (zlib), kept for `raw_days`; a batch's once for all its parcels.

    `carrier` is the adapter that reads it, `asked` the numbers that were asked about (JSON), `pushed` whether
    the carrier sent it by itself.
    """

    __tablename__ = "raw_answer"
    __table_args__ = (Index("uq_raw_answer_digest", "digest", unique=True),)

    id: int | None = key()
    digest: str = Field(max_length=32)
    carrier: str
    asked: str = "[]"
    http_status: int
    pushed: bool = False
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(index=True)


class RawAnswerParcel(Table, table=True):
    """A parcel of which a raw answer brought news, at the moment that its checkpoints bear as `seen_at`.
    `number` is how the carrier writes the parcel's number in that answer."""

    __tablename__ = "raw_answer_parcel"

    raw_id: int = link("raw_answer.id", primary_key=True)
    shipment_id: int = Field(foreign_key="shipment.id", primary_key=True, index=True, sa_type=BigId, ondelete="CASCADE")
    number: str
    at: datetime


class UnknownCodeSample(Table, table=True):
    """A parcel on which a code that no table of ours has was seen, and the carrier's own words for it."""

    __tablename__ = "unknown_code_sample"

    carrier: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    shipment_id: int = link("shipment.id")
    text: str | None = None


class ProofDocument(Table, table=True):
    """What proves that a parcel was handed over: a signature, a photo or a page, compressed (zlib). Owner only."""

    __tablename__ = "proof_document"
    __table_args__ = (Index("uq_proof_document_shipment_id_digest", "shipment_id", "digest", unique=True),)

    id: int | None = key()
    shipment_id: int = link("shipment.id", index=False)
    digest: str = Field(max_length=32)
    kind: str
    size: int
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime


class PushInbox(Table, table=True):
    """What a carrier pushed, as it came, compressed (zlib), until it is merged: then the body is empty, and the row
    stays as the memory that a repetition meets. `event` is the hash of what tells it from every other push."""

    __tablename__ = "push_inbox"
    __table_args__ = (Index("uq_push_inbox_carrier_event", "carrier", "event", unique=True),)

    id: int | None = key()
    carrier: str
    event: str = Field(max_length=64)
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(index=True)
    merged_at: datetime | None = None
    problem: str | None = None


CHECKPOINT_PRIVATE: SaTable = CheckpointPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHIPMENT_PRIVATE: SaTable = ShipmentPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
RAW_ANSWER: SaTable = RawAnswer.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
RAW_ANSWER_PARCEL: SaTable = RawAnswerParcel.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
UNKNOWN_CODE_SAMPLE: SaTable = UnknownCodeSample.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PROOF_DOCUMENT: SaTable = ProofDocument.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PUSH_INBOX: SaTable = PushInbox.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_AS_LONG = (
    "{order_days} days after the last news of the order, 30 days after its platform had it no more, or until the "
    "customer has it erased"
)
held(
    CHECKPOINT_PRIVATE,
    why="to show the customer what the carrier says",
    kept=_AS_LONG,
    text="the carrier's own words, which may name people and streets",
    city="where it was, as the carrier writes it",
    region="where it was: region",
    postcode="where it was: postcode",
    place="where it was: shop, depot, pickup point",
    lat="where it was: latitude",
    lon="where it was: longitude",
)
held(
    SHIPMENT_PRIVATE,
    why="to ask the carrier, and to show the customer who took the parcel",
    kept=_AS_LONG,
    postcode="where it goes: postcode",
    country="where it goes: country",
    pickup_point="where it waits",
    signed_by="who signed for it",
)
held(
    RAW_ANSWER,
    why="to read an answer again after a mistake of ours was mended",
    basis=Basis.INTEREST,
    kept="{raw_days} days; less when one of its parcels is erased",
    plain="digest carrier http_status pushed at",
    asked="the tracking numbers that were asked about",
    body="the carrier's answer as it came, which may name people and streets",
)
held(
    RAW_ANSWER_PARCEL,
    why="to know which parcels an answer is about",
    basis=Basis.INTEREST,
    kept="as long as the answer",
    plain="at",
    number="the tracking number, as the carrier writes it",
)
held(
    UNKNOWN_CODE_SAMPLE,
    why="to learn what a carrier means by a code that is not known yet",
    basis=Basis.INTEREST,
    kept="as long as the parcel's personal data",
    plain="carrier code",
    text="the carrier's own words",
)
held(
    PROOF_DOCUMENT,
    why="to show the customer that their parcel was handed over",
    kept=_AS_LONG,
    plain="digest kind size at",
    body="a signature, a photo or a page of the carrier's",
)
held(
    PUSH_INBOX,
    why="to take in what a carrier pushes, once",
    kept="the body until it is merged; what could not be read {raw_days} days",
    plain="carrier at merged_at problem",
    event="a hash of what tells one push from another",
    body="what the carrier pushed, which may name people and streets",
)
