"""A shop that runs on a real engine, and the hands of those who work in it: what customers and the back office do
there by the engine's own means. Nothing of the portal is used for it, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from portal.platforms.live import Account
from tests.engines.relay import Relay

CUSTOMER = "zoe.lambert@mail.example"


@dataclass(frozen=True, slots=True)
class Street:
    """An address in France, as a customer types it."""

    line1: str = "3 rue du Port"
    postcode: str = "69002"
    city: str = "Lyon"


HOME = Street()


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as the engine itself tells it. Units by SKU, those of which none is wanted left out; amounts in minor
    units of what the customer pays in."""

    units: Mapping[str, int]
    shipped: Mapping[str, int]
    numbers: frozenset[str]
    delivered: int  # parcels
    street: str
    total: int
    refunded: int
    outstanding: int  # what is still to be paid; negative: to be paid back
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """What every shop of the tests sells, by SKU: a shirt in three sizes (the large one dearer) and two colours, and a
    mug. Prices in minor units of EUR, before the tax of 20 % that is added to them."""

    shirts: Sequence[str] = ("TEE-S-RED", "TEE-S-SAGE", "TEE-M-RED", "TEE-M-SAGE", "TEE-L-RED", "TEE-L-SAGE")
    mug: str = "MUG"
    prices: Mapping[str, int] = field(
        default_factory=lambda: {"TEE-S": 2500, "TEE-M": 2500, "TEE-L": 2750, "MUG": 1800, "shipping": 490}
    )


class Merchant(Protocol):
    """One shop. Orders and parcels are named as the engine names them to the portal."""

    slug: str
    account: Account  # what the portal connects with
    relay: Relay  # where its deliveries go
    refuses_shipped: bool  # whether the engine itself refuses to take back what has shipped

    def place(self, wanted: Mapping[str, int], street: Street = HOME, *, paid: bool = True) -> str:
        """A customer's order of these units, paid unless said; returns its id."""
        ...

    def ship(self, order_id: str, units: Mapping[str, int], number: str) -> str:
        """Hand units to Colissimo under this number; returns the parcel's id."""
        ...

    def deliver(self, order_id: str, parcel_id: str) -> None:
        """Say that the parcel arrived."""
        ...

    def settle(self, order_id: str) -> None:
        """The customer pays what is still to be paid."""
        ...

    def seen(self, order_id: str) -> Seen:
        """The order as it is now."""
        ...

    def begin_edit(self, order_id: str) -> None:
        """Somebody at the shop begins to edit the order and leaves it open."""
        ...

    def end_edit(self, order_id: str) -> None:
        """They change their mind."""
        ...

    def lose(self, order_id: str) -> None:
        """The order is deleted without a trace, as by hand in the engine's database."""
        ...
