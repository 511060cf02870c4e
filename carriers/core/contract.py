"""The contract between an adapter and whoever asks it.

An adapter is build -> call -> parse -> map. Only `track` touches the network; `parse` is pure, so
recorded answers test it directly. One adapter object serves all accounts and keeps no state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from carriers.core.errors import CarrierError
from carriers.core.model import Answer, Document

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache


class Quality(StrEnum):
    """How far an adapter has been proven."""

    VENDOR_SAMPLES = "vendor_samples"
    RECORDINGS = "recordings"
    UNVERIFIED = "unverified"


class Gives(StrEnum):
    """What a carrier tells besides what happened and when."""

    PLACES = "places"
    COORDINATES = "coordinates"
    ESTIMATE = "estimate"
    WINDOW = "window"
    SIGNER = "signer"
    PICKUP_POINT = "pickup_point"


def gives(*what: Gives) -> frozenset[Gives]:
    """For a manifest: all that a carrier gives."""
    return frozenset(what)


class Times(StrEnum):
    """How a carrier writes times: with their offset, without (local, zone unknown), or some so and some so."""

    OFFSET = "offset"
    MIXED = "mixed"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Credential:
    """One secret or identifier that an account needs. `name` is the settings key, in lower case."""

    name: str
    help: str
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """Published limits of one account; None where the carrier publishes none. `counts_tokens`: calls for
    access tokens count as well."""

    per_second: float | None = None
    per_day: int | None = None
    per_minute: float | None = None
    per_hour: float | None = None
    counts_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """How a carrier sends reports by itself. Both texts are for whoever sets it up: `proof` says what shows that
    a report is genuine, `set_up` where the address is entered and where the secret comes from. `secrets` are the
    account's credentials of which one is enough to receive.

    Where parcels are subscribed to in calls of their own, `subscribe_size` is how many go in one (0: there is no
    such call), and `subscribed_for` how long that holds.
    """

    proof: str
    set_up: str
    secrets: tuple[str, ...] = ("push_secret", "push_secret_old")
    subscribe_size: int = 0
    subscribed_for: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What there is to know about a carrier before asking it anything.

    `names` are the spellings under which shops know it, matched without case, accents and
    punctuation. `tracking_page` has `{number}` where the URL-encoded number goes. `api` is the
    production base URL. `services` pairs such a spelling with the `TrackRequest.service` it stands for.
    `instead` are the slugs of adapters that know the same parcels and can be asked for want of an account here.
    `stand_ins` pairs a required field with the account's credential that stands in for it.
    `required_fields` are those of `TrackRequest` without which there is no answer, `better_with` those that
    make it better. `retention_days` is how long the carrier remembers, `terms` what to know before relying on
    it: None where we do not know. `push` says how the carrier reports by itself, where it does and proves it.
    """

    slug: str
    label: str
    names: tuple[str, ...]
    tracking_page: str | None
    api: str
    credentials: tuple[Credential, ...] = ()
    batch_size: int = 1
    quota: Quota = field(default_factory=Quota)
    required_fields: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    instead: tuple[str, ...] = ()
    better_with: tuple[str, ...] = ()
    gives: frozenset[Gives] = frozenset()
    times: Times = Times.LOCAL
    quality: Quality = Quality.UNVERIFIED
    retention_days: int | None = None
    docs: str | None = None
    terms: str | None = None
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One set of credentials at one carrier; `api` replaces the manifest's base URL when set."""

    carrier: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    api: str | None = None


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One parcel to ask about, with the hints that some carriers want."""

    number: str
    postcode: str | None = None
    country: str | None = None
    service: str | None = None


class Carrier(Protocol):
    """What every adapter offers."""

    manifest: Manifest

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read the body of a poll. One answer per parcel in it, or per number asked.

        Never raises for a strange body: that is a `Failed` with kind `server`.
        """
        ...

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask the carrier about at most `manifest.batch_size` parcels; exactly one answer per request,
        in order. Never raises for what the carrier or the network does: that is a `Failed`.
        """
        ...


@runtime_checkable
class Pushes(Protocol):
    """An adapter whose carrier can send reports by itself."""

    def parse_push(self, body: bytes) -> list[Answer]:
        """Read one pushed body (already verified)."""
        ...


@dataclass(frozen=True, slots=True)
class Genuine:
    """A push that its carrier has been shown to have sent. `event` tells it from every other one of the account,
    and is taken out of what the proof covers: what lies around it could be changed to make an old push a new one.
    """

    event: str


@runtime_checkable
class SignedPushes(Pushes, Protocol):
    """An adapter whose carrier proves its pushes. Its manifest has a `push`."""

    manifest: Manifest

    def verify_push(self, headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> Genuine | None:
        """Whether the carrier of this account sent these bytes, and lately; None for every doubt, never an
        exception. Header names are in lower case. Takes the same time whatever is wrong with a secret.
        """
        ...


@runtime_checkable
class Subscribes(SignedPushes, Protocol):
    """An adapter whose carrier pushes only what was subscribed to, parcel by parcel."""

    async def subscribe(
        self,
        numbers: Sequence[str],
        address: str,
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,
    ) -> list[CarrierError | None]:
        """Have at most `subscribe_size` parcels pushed to `address`; one outcome a number, in order. Subscribing
        again changes nothing. Never raises for what the carrier or the network does.
        """
        ...


@runtime_checkable
class Unsubscribes(Subscribes, Protocol):
    """An adapter whose carrier can be told to stop."""

    async def unsubscribe(
        self,
        numbers: Sequence[str],
        account: Account,
        client: httpx2.AsyncClient,
        tokens: TokenCache,
    ) -> list[CarrierError | None]:
        """Have these parcels pushed no more; one outcome a number, in order. None also for one that was not."""
        ...


@runtime_checkable
class Proves(Protocol):
    """An adapter whose carrier hands out proof-of-delivery documents."""

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """Read the body of a proof-of-delivery answer. Raises CarrierError for one that cannot be read."""
        ...

    async def prove(
        self, request: TrackRequest, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> tuple[Document, ...]:
        """Ask for the documents of one parcel that has arrived; none where there are none (yet). Raises
        CarrierError when the carrier does not answer.
        """
        ...
