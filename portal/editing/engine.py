"""What editing works with beside the context: the connected shops, and the policy in force. Both are injected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.context import Context
from portal.editing.answers import Answer, Answers, Code
from portal.editing.asking import NEEDS
from portal.editing.facts import NOWHERE
from portal.editing.wishes import action_of
from portal.kit.db import Database, Reader
from portal.platforms.changes import Can, Change, Variant
from portal.platforms.live import Editable, Shop
from portal.platforms.neutral.parts import Amount, NeutralOrder


class Shops(Protocol):
    """The connected shops."""

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """The connected shop that an order with this source is from."""
        ...


class Rules(Protocol):
    """The policy in force, asked about orders. `version` names it in the record of each edit."""

    @property
    def version(self) -> str:
        """Its name."""
        ...

    def answers(
        self,
        order: NeutralOrder,
        can: frozenset[Can],
        now: datetime,
        *,
        open_edit: bool = False,
        delivered: Mapping[str, datetime] = NOWHERE,
    ) -> Answers:
        """What a customer may do. `delivered`: when parcels (by the platform's id) arrived, as carriers say."""
        ...

    def decide(
        self, order: NeutralOrder, can: frozenset[Can], now: datetime, change: Change, variant: Variant | None = None
    ) -> Answer:
        """Whether a customer may do just this, and the fee of just this. `variant`: what a line is swapped for."""
        ...


class Policies(Protocol):
    """Where the policy in force is found."""

    async def in_force(self, reader: Reader) -> Rules:
        """The policy of this moment."""
        ...

    async def event(self, db: Database) -> int:
        """The event by which it was published, as far as is known; 0 for one that never was."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """Handed to every action."""

    context: Context
    shops: Shops
    policies: Policies

    async def rules(self) -> Rules:
        """The policy in force."""
        async with self.context.db.read() as reader:
            return await self.policies.in_force(reader)


def editable(shop: Shop | None) -> Editable | None:
    """The shop as one whose orders can be changed from here, if it is one."""
    return None if shop is None or not isinstance(shop, Editable) else shop


def able(shop: Shop | None) -> frozenset[Can]:
    """What the shop of an order lets us do; nothing when it is not connected."""
    return frozenset() if shop is None or editable(shop) is None else shop.manifest.can


def makes(shop: Shop | None, change: Change, fee: Amount) -> bool:
    """Whether this change, with this fee kept back, can be made at its platform from here."""
    can = able(shop)
    return NEEDS[action_of(change)] in can and (Can.FEE in can or not (fee.shop or fee.buyer))


def is_by_hand(shop: Shop | None, code: str | None, change: Change, fee: Amount) -> bool:
    """Whether somebody at the shop has to make it in its own system. `code`: why the shop was asked."""
    return code == Code.PLATFORM or not makes(shop, change, fee)
