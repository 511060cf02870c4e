"""Tables of tracking: shipments, their checkpoints, and the tracker that asks about them.

Nothing personal is here: carriers' own words and places are in `private`. A shipment does not know who
sold it; `topic` is where its changes are told.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import NaiveDatetime
from sqlalchemy import Index, Table as SaTable, text
from sqlmodel import Field

from portal.kit.datamap import held, nobody
from portal.kit.tables import Table, key, link


class Shipment(Table, table=True):
    """One parcel on its way, as far as anyone has told us.

    `carrier` is an adapter's slug, None when we can only link. `carrier_*` is what the carrier last
    stated as the current status, `shop_*` what the shop said. `milestone`, `reason`, `finished_at`,
    `last_scan_at` are the fold of all that. `expired_at` is when we gave up for want of news.
    `shop_carrier` is the adapter that the shop's word stands for,
    `settled_by` who says that it is `carrier`: "shop", "poll", "staff" or "customer". Estimates are local
    to the destination: a day, and wall clock times "HH:MM".
    """

    id: int | None = key()
    source: str = Field(unique=True)
    topic: str = Field(index=True)
    carrier: str | None = None
    carrier_label: str | None = None
    number: str | None = Field(default=None, index=True)
    tracking_url: str | None = None
    milestone: str = "unknown"
    reason: str | None = None
    delayed: bool = False
    estimate_day: date | None = None
    estimate_from: str | None = None
    estimate_to: str | None = None
    carrier_milestone: str | None = None
    carrier_reason: str | None = None
    carrier_delayed: bool = False
    carrier_at: datetime | None = None
    shop_carrier: str | None = None
    settled_by: str | None = None
    shop_milestone: str | None = None
    shop_at: datetime | None = None
    shop_delayed: bool = False
    shop_estimate_day: date | None = None
    shipped_at: datetime | None = None
    finished_at: datetime | None = None
    last_scan_at: datetime | None = None
    expired_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


class Tracker(Table, table=True):
    """Asks the carrier about one shipment. `next_poll_at` is the queue and, while a worker asks, the
    lease: moving it forward claims the row. None: asking has ended. `candidates` are the carriers still to be
    tried for a number whose carrier nobody has named, separated by commas, the present one last.
    `urgency` (schedule.Urgency) says who
    goes first where not all can be asked; `expected_at` is when it is really asked then; before `quiet_until`
    nothing brings a question forward. `digest` is of the last report and
    `reply` names the reply that it was in alone, `problem` is a code of what is wrong."""

    __table_args__ = (
        Index(
            "ix_tracker_due",
            "carrier",
            "urgency",
            "next_poll_at",
            postgresql_where=text("next_poll_at IS NOT NULL"),
            sqlite_where=text("next_poll_at IS NOT NULL"),
        ),
    )

    shipment_id: int = link("shipment.id", primary_key=True)
    carrier: str
    urgency: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    next_poll_at: datetime | None = None
    expected_at: datetime | None = None
    quiet_until: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    known: bool = False
    problem: str | None = None
    watched_until: datetime | None = None
    candidates: str | None = None
    digest: str | None = None
    reply: str | None = None


class PollAccount(Table, table=True):
    """What all workers share about one carrier account. `levels` (JSON) is the budget of each window, see
    `budget`; `calls` were made on `day` (UTC). `failures` calls in a row got nothing, `refusals` were told to
    wait; until `rests_until` nobody asks, but for one probe after failures. `stretch` (JSON) is by how much
    the intervals of each urgency are lengthened so that the budget suffices."""

    __tablename__ = "poll_account"

    account: str = Field(primary_key=True, max_length=60)
    levels: str = "{}"
    day: date | None = None
    calls: int = 0
    failures: int = 0
    refusals: int = 0
    rests_until: datetime | None = None
    rests_for: str | None = None
    stretch: str = "[1, 1, 1]"
    planned_at: datetime | None = None


class PollWorker(Table, table=True):
    """How many calls a worker has under way at an account, for as long as it is believed to live."""

    __tablename__ = "poll_worker"

    account: str = Field(primary_key=True, max_length=60)
    worker: str = Field(primary_key=True, max_length=40)
    calls: int = 0
    until: datetime


class Subscription(Table, table=True):
    """That a carrier was told to push one shipment's number, until a moment. `due_at` is when to tell it (again)
    and, while a worker does, the lease; None: not again."""

    shipment_id: int = link("shipment.id", primary_key=True)
    carrier: str
    number: str
    until: datetime | None = None
    due_at: datetime | None = Field(default=None, index=True)
    failures: int = 0
    problem: str | None = None


class Checkpoint(Table, table=True):
    """One dated carrier event. `wall` is the carrier's local reading, `offset_minutes` its zone where one
    was given, else `offset_inferred` what its place tells; `sort_at` is naive UTC by either (or the wall clock, zone
    unknown) to order by. `town…` is the gazetteer's, not the carrier's: a town, never an exact place."""

    __table_args__ = (Index("uq_checkpoint_shipment_id_identity", "shipment_id", "identity", unique=True),)

    id: int | None = key()
    shipment_id: int = link("shipment.id", index=False)
    identity: str
    code: str | None = None
    milestone: str | None = None
    reason: str | None = None
    delayed: bool = False
    wall: Annotated[NaiveDatetime | None, Field(default=None)] = None
    offset_minutes: int | None = None
    date_only: bool = False
    sort_at: Annotated[NaiveDatetime | None, Field(default=None)] = None
    country: str | None = None
    town: str | None = None
    town_country: str | None = None
    town_lat: float | None = None
    town_lon: float | None = None
    offset_inferred: int | None = None
    seen_at: datetime


class Estimate(Table, table=True):
    """A day on which a shipment was said to arrive, by "carrier" or "shop", and when it was said first. Days that
    another one took the place of stay."""

    id: int | None = key()
    shipment_id: int = link("shipment.id")
    said_by: str
    day: date
    said_at: datetime


class Replacement(Table, table=True):
    """That another shipment took the place of one: sent anew, or under another number. The one that was replaced keeps
    its scans and is not asked about any more."""

    shipment_id: int = link("shipment.id", primary_key=True)
    by_id: int = link("shipment.id")
    at: datetime


class UnknownCode(Table, table=True):
    """A code that a carrier sent and that its adapter's table lacks, with how often a scan bore it."""

    __tablename__ = "unknown_code"

    carrier: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    count: int
    first_seen: datetime
    last_seen: datetime


SHIPMENT: SaTable = Shipment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
TRACKER: SaTable = Tracker.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SUBSCRIPTION: SaTable = Subscription.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
CHECKPOINT: SaTable = Checkpoint.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ESTIMATE: SaTable = Estimate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
REPLACEMENT: SaTable = Replacement.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
UNKNOWN_CODE: SaTable = UnknownCode.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
POLL_ACCOUNT: SaTable = PollAccount.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
POLL_WORKER: SaTable = PollWorker.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_AS_LONG = (
    "{order_days} days after the last news of the order, 30 days after its platform had it no more, or until the "
    "customer has it erased"
)
held(
    SHIPMENT,
    why="to follow a parcel; afterwards, without its number, for the shop's counts",
    kept=_AS_LONG + "; then the row stays without number, address and identifier",
    plain="topic carrier carrier_label milestone reason delayed estimate_day estimate_from estimate_to "
    "carrier_milestone carrier_reason carrier_delayed carrier_at shop_carrier settled_by shop_milestone shop_at "
    "shop_delayed shop_estimate_day shipped_at finished_at last_scan_at expired_at created_at updated_at",
    source="the platform's identifiers of order and parcel; a number of ours after erasure",
    number="the tracking number",
    tracking_url="the parcel's page at the carrier",
)
held(
    TRACKER,
    why="to ask the carrier at the right time",
    kept="as long as the parcel's personal data",
    plain="carrier urgency next_poll_at expected_at quiet_until asked_at answered_at failing_since failures known "
    "problem candidates digest reply",
    watched_until="until when a page of this parcel counts as open",
)
held(
    SUBSCRIPTION,
    why="to have the carrier push news",
    kept="as long as the parcel's personal data",
    plain="carrier until due_at failures problem",
    number="the tracking number",
)
held(
    CHECKPOINT,
    why="to show the way of a parcel; afterwards for the shop's counts",
    kept="as the shipment's row; the town goes with the order's personal data",
    plain="code milestone reason delayed wall offset_minutes date_only sort_at country offset_inferred seen_at",
    identity="a hash by which a scan is known again; a number of ours after erasure",
    town="the town of a scan, never a place in it",
    town_country="the country of that town",
    town_lat="the latitude of that town",
    town_lon="the longitude of that town",
)
nobody(ESTIMATE, "days on which a shipment was said to arrive, and when that was said")
nobody(REPLACEMENT, "which shipment took the place of another")
nobody(UNKNOWN_CODE, "codes of carriers that are in no table of ours, and how often they came")
nobody(POLL_ACCOUNT, "what is left of each carrier account's budget")
nobody(POLL_WORKER, "how busy each worker is at each carrier account")
