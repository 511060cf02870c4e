"""What may be done with an order and each of its lines, as the resolver answers it. Pure values.

The page, the API and the staff's commands all read these; none of them decides anything itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.platforms.neutral.parts import Amount


class Action(StrEnum):
    """What a customer may want. Those about lines are answered for each line, the others for the order."""

    SWAP = "swap"  # another size or colour
    QUANTITY = "quantity"
    CANCEL_LINE = "cancel_line"
    RETURN = "return"  # of a line
    PROBLEM = "problem"  # of a line: report it
    ADDRESS = "address"
    INSTRUCTIONS = "instructions"
    CANCEL_ORDER = "cancel_order"


class Verdict(StrEnum):
    """Whether it may be done."""

    ALLOWED = "allowed"
    ASK = "ask"  # it needs the shop's yes
    NO = "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` tells why, as a word that pages have a sentence for. `until`: the last moment at which this holds.
    `fee` is kept back of a refund. `units`: of how many units it is true. `rule`: which of the policy's exceptions
    decided, if one did."""

    verdict: Verdict
    code: str
    until: datetime | None = None
    fee: Amount | None = None
    units: int = 0
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """For one order: by action, and by the platform's line id and action."""

    order: Mapping[Action, Answer]
    lines: Mapping[str, Mapping[Action, Answer]]


class EditState(StrEnum):
    """Where an edit is. OPEN ones let no other one begin on their order."""

    DRAFT = "draft"  # previewed, not confirmed
    REQUESTED = "requested"  # waits for the shop's yes
    PENDING = "pending"  # confirmed, can be undone until it is sent
    SENDING = "sending"  # the platform is being asked; nobody knows yet
    APPLIED = "applied"
    REFUSED = "refused"  # the platform said no, or it shipped meanwhile
    UNDONE = "undone"
    DECLINED = "declined"  # the shop said no
    EXPIRED = "expired"  # a draft, or a request, that nobody went on with
    STUCK = "stuck"  # the platform could not be reached for long: a person has to look


OPEN = frozenset({EditState.REQUESTED, EditState.PENDING, EditState.SENDING, EditState.STUCK})
