"""A policy as the engine asks it: the resolver and the wishes, with the policy's version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.editing.answers import Answer, Answers
from portal.editing.facts import NOWHERE
from portal.editing.policy.rules import Policy
from portal.editing.resolver import resolve
from portal.editing.wishes import decide
from portal.platforms.changes import Can, Change, Variant
from portal.platforms.neutral.parts import NeutralOrder


@dataclass(frozen=True, slots=True)
class Ruling:
    """`engine.Rules` by a policy of this version."""

    policy: Policy
    version: str

    def answers(
        self,
        order: NeutralOrder,
        can: frozenset[Can],
        now: datetime,
        *,
        open_edit: bool = False,
        delivered: Mapping[str, datetime] = NOWHERE,
    ) -> Answers:
        """What a customer may do."""
        return resolve(order, self.policy, can, now, open_edit=open_edit, delivered=delivered)

    def decide(
        self, order: NeutralOrder, can: frozenset[Can], now: datetime, change: Change, variant: Variant | None = None
    ) -> Answer:
        """Whether a customer may do just this."""
        return decide(order, change, self.policy, can, now, variant=variant)
