"""What the shop's people do, and how far it came. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What somebody may do or look at."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SEARCH = "search"
    OPEN = "open"  # an order with its person's name and address
    SEE_AS_CUSTOMER = "see_as_customer"
    SEE_AS_VISITOR = "see_as_visitor"
    TO_SHIP = "to_ship"
    SHIP = "ship"
    READY = "ready"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    SETTLED = "settled"
    CANCEL = "cancel"
    CANCEL_LINES = "cancel_lines"
    ACCEPT = "accept"
    DECLINE = "decline"
    SEND_AGAIN = "send_again"
    WAS_MADE = "was_made"
    WAS_NOT_MADE = "was_not_made"


class Step(StrEnum):
    """How far an act came."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: somebody of the shop, or whoever sits at the command line (no id)."""

    staff_id: int | None = None
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Noted:
    """One step as it is shown. `kind`: staff (`who` is None for the command line), person, api or clock."""

    at: datetime
    who: str | None
    act: str
    step: str
    code: str | None
    key: str
    kind: str = "staff"

    def __str__(self) -> str:
        """The step in one line, without its moment."""
        why = f" ({self.code})" if self.code else ""
        who = self.who or {"person": "the customer", "api": "a program", "clock": "by itself"}.get(self.kind)
        return f"{self.act} {self.step}{why}, {who or 'at the command line'}"

    def plain(self) -> dict[str, str | None]:
        """The step for programs."""
        about = {
            "kind": self.kind,
            "who": self.who,
            "act": self.act,
            "step": self.step,
            "code": self.code,
            "key": self.key,
        }
        return {"at": self.at.isoformat(), **about}
