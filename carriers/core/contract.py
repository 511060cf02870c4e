"""The contract between an adapter and whoever asks it.

An adapter is build -> call -> parse -> map. Only `track` touches the network; `parse` is pure, so
recorded answers test it directly. One adapter object serves all accounts and keeps no state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from carriers.core.model import Answer, Document

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache


class Quality(StrEnum):
    """How far an adapter has been proven."""

    VENDOR_SAMPLES = "vendor_samples"
    RECORDINGS = "recordings"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Credential:
    """One secret or identifier that an account needs. `name` is the settings key, in lower case."""

    name: str
    help: str
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """Published limits of one account; None where the carrier publishes none."""

    per_second: float | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What there is to know about a carrier before asking it anything.

    `names` are the spellings under which shops know it, matched without case, accents and
    punctuation. `tracking_page` has `{number}` where the URL-encoded number goes. `api` is the
    production base URL. `services` pairs such a spelling with the `TrackRequest.service` it stands for.
    `instead` are the slugs of adapters that know the same parcels and can be asked for want of an account here.
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
    services: tuple[tuple[str, str], ...] = ()
    instead: tuple[str, ...] = ()
    gives_places: bool = True
    gives_offsets: bool = False
    quality: Quality = Quality.UNVERIFIED
    retention_days: int | None = None
    docs: str | None = None
    terms: str | None = None


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


@runtime_checkable
class Proves(Protocol):
    """An adapter whose carrier hands out proof-of-delivery documents."""

    def parse_proof(self, body: bytes) -> tuple[Document, ...]:
        """Read the body of a proof-of-delivery answer."""
        ...
