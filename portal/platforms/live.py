"""The contract between a connected shop's platform and whoever talks to it.

An adapter is build -> call -> parse -> map, and keeps no state: one `Shop` object serves one account. Everything
here may touch the network except `verify`. What the platform or the network does wrong is a `ShopError`; what an
order does not allow is an outcome, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from carriers.core.auth import TokenCache
from carriers.core.contract import Credential
from portal.kit.clock import Clock
from portal.platforms.changes import Applied, Begun, Can, Edit, NotApplied, Quote, Told, Variant
from portal.platforms.neutral.parts import NeutralOrder

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What there is to know about a platform before it is called. `names` the credentials; `hook_proof` and
    `hook_set_up` are for whoever connects it: what shows that a delivery is genuine, and where the address is
    entered when we cannot do it ourselves. `api_version` is the one version this adapter speaks. `kept_here`: the
    orders are nowhere else, so nothing is to be fetched."""

    slug: str
    label: str
    credentials: tuple[Credential, ...]
    can: frozenset[Can] = frozenset()
    hook_proof: str | None = None
    hook_set_up: str | None = None
    api_version: str | None = None
    docs: str | None = None
    kept_here: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """One shop's credentials; `api` replaces the address that the adapter would call."""

    platform: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    api: str | None = None


class Book(Protocol):
    """Orders that are kept here and nowhere else: the native shop's."""

    async def find(self, shop: str, order_id: str) -> NeutralOrder | None:
        """The order as it is now."""
        ...

    async def variants(self, shop: str, product_id: str, currency: str | None) -> Sequence[Variant]:
        """The variants of a product, as far as the shop told us; prices that it told in `currency`."""
        ...

    async def replace(self, seen: NeutralOrder, order: NeutralOrder) -> bool:
        """Store `order` in the place of `seen`; False when it is not there as it was seen any more."""
        ...


@dataclass(frozen=True, slots=True)
class Wire:
    """What an adapter reaches the world with."""

    client: httpx2.AsyncClient
    tokens: TokenCache
    clock: Clock
    book: Book | None = None


Kind = Literal["credentials", "scope", "throttled", "unreachable", "answer"]


class ShopError(Exception):
    """The platform did not do its part. `message` is for the shop's staff, in plain words, and holds no secret and
    no personal data; `retry_after` (seconds) is what the platform asks to wait. All kinds but `credentials` and
    `scope` are worth trying again."""

    def __init__(self, kind: Kind, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.retry_after = kind, message, retry_after


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `jalon connect` looked at. `fix` says what to do about it, in a sentence; `grave`: orders
    cannot be read (or edits not made) until it is done."""

    what: str
    ok: bool
    fix: str = ""
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, the one that changed first first. `cursor` reads on behind them, also in another process and
    after a day; None at the end. `unread` are ids of orders that could not be read, and why. `gone` are ids the
    platform has no more."""

    orders: Sequence[NeutralOrder]
    cursor: str | None
    unread: Sequence[tuple[str, str]] = ()
    gone: Sequence[str] = ()
    total: int | None = None


Purpose = Literal["orders", "ping", "data_request", "erase_person", "erase_shop", "disconnected", "nothing"]


@dataclass(frozen=True, slots=True)
class Hint:
    """A delivery that the platform has been shown to have sent. `event` is the same for each repetition of it and
    for nothing else. Nothing in a body is believed but the ids in it: `order_ids`, as `source.order_id` has them, are
    read again. `origin` is a mark of ours that came back (`marks`): such a delivery is an echo and causes nothing.
    `person` (pairs of email, phone or customer_id and its value; the last as `customer.external_id` has it) is for the
    purposes about a person."""

    event: str
    topic: str
    purpose: Purpose = "orders"
    order_ids: tuple[str, ...] = ()
    origin: str | None = None
    person: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Shop(Protocol):
    """One connected shop."""

    @property
    def name(self) -> str:
        """What `source.shop` of its orders says."""
        ...

    @property
    def manifest(self) -> Manifest:
        """Its platform's."""
        ...

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:
        """Whether credentials, permissions and webhooks are as they must be; `hooks_at` is our address for
        deliveries (None: nothing can reach us). Changes nothing. Never raises ShopError: that is a finding."""
        ...

    async def order(self, order_id: str) -> NeutralOrder | None:
        """One order as it is now; None when the platform has it no more. Raises ShopError."""
        ...

    async def page(self, since: datetime | None, cursor: str | None) -> Page:
        """The next orders that changed at or after `since` (None: all there are). Raises ShopError."""
        ...


@runtime_checkable
class Hooked(Shop, Protocol):
    """A shop whose platform sends deliveries."""

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:
        """Whether this shop's platform sent these bytes; None for every doubt, never an exception. Header names are
        in lower case. Takes the same time whatever is wrong with a signature."""
        ...

    async def subscribe(self, hooks_at: str) -> Sequence[Finding]:
        """Have every topic we need delivered to `hooks_at`, and none twice. Asking again changes nothing."""
        ...


@runtime_checkable
class Keyed(Hooked, Protocol):
    """A shop whose platform signs deliveries with keys that it publishes, and changes."""

    async def learn(self) -> bool:
        """Ask for them, seldom however often this is called; whether there are others than before, so that what could
        not be verified may be now. Raises ShopError."""
        ...


@runtime_checkable
class Editable(Shop, Protocol):
    """A shop whose orders can be changed from here, as far as its `manifest.can` goes."""

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """What the line could be instead: other variants of its product. Raises ShopError."""
        ...

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit would come to. Changes nothing that stays. Raises ShopError."""
        ...

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make the edit, once: `order` was read a moment ago, and the platform is asked to refuse if it is another
        by now, where it can be. Never in part: what a platform only does in steps is taken back, or found by
        `applied` and gone on with; then `order` is the one from before the first step. Raises ShopError, after which
        nobody knows whether it was made: ask `applied`."""
        ...

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether the edit was made, by its key where the platform keeps it, else by what the order is now beside
        `before`. None: nothing of it was, and `apply` may be called (again) on the order as it is. `Begun`: a part of
        it; then `apply` is called with `before`, nothing else being asked first. Raises ShopError."""
        ...


@runtime_checkable
class Holds(Shop, Protocol):
    """A shop that can keep an order from the warehouse for a while (`Can.HOLD`)."""

    async def hold(self, order_id: str, key: str) -> bool:
        """Keep what has not shipped back; False when that is not possible. Holding again changes nothing."""
        ...

    async def release(self, order_id: str, key: str) -> None:
        """Take our hold back; nothing happens when there is none."""
        ...


@runtime_checkable
class Listens(Shop, Protocol):
    """A shop that shows what carriers say (`Can.EVENTS`)."""

    async def tell(self, order_id: str, told: Told) -> None:
        """Write it once: the same `key` again changes nothing. An event that bears a key of ours (`marks.mark_in`)
        is read back with `origin` "portal", and what it says is not the shop's word. Raises ShopError."""
        ...


@runtime_checkable
class TakesReturns(Shop, Protocol):
    """A shop to which a wish to return becomes a request (`Can.RETURN`)."""

    async def request_return(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], reason: str, words: str
    ) -> Applied | NotApplied:
        """Ask for it. `reason` is a code: size, defective, wrong_item, not_as_described, unwanted, other."""
        ...


@runtime_checkable
class Ships(Shop, Protocol):
    """A shop whose parcels and pickups can be reported from here (`Can.SHIP`)."""

    async def ship(
        self, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], carrier: str | None, number: str | None
    ) -> Applied | NotApplied:
        """Units were handed to a carrier."""
        ...

    async def ready(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """What is to be collected is ready."""
        ...

    async def collected(self, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
        """It was collected."""
        ...

    async def delivered(self, order: NeutralOrder, key: str, parcel_id: str) -> Applied | NotApplied:
        """A parcel arrived, as somebody at the shop says."""
        ...


@runtime_checkable
class Prepares(Shop, Protocol):
    """A shop that is told from here what it does with an order before and after it ships (`Can.PREPARE`)."""

    async def preparing(self, order: NeutralOrder, key: str) -> Applied | NotApplied:
        """Somebody makes ready what is to be sent: its customer can change it no more."""
        ...

    async def settled(self, order: NeutralOrder, key: str) -> Applied | NotApplied:
        """What was to be paid back was paid back, and what was still to be paid was paid."""
        ...


class Live(Protocol):
    """How a platform's shops are talked to."""

    manifest: Manifest

    def open(self, account: Account, wire: Wire) -> Shop:
        """The shop of this account; calls nobody. Raises ShopError (`credentials`) for what cannot be right."""
        ...
