"""What may be done with an order and each of its lines, as the resolver answers it. Pure values.

The page, the API and the staff's commands all read these; none of them decides anything itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from portal.platforms.neutral.parts import Amount


class Action(StrEnum):
    """What a customer may want. Those of `OF_LINES` are answered for each line and, summed up, for the order; the
    others for the order alone."""

    SWAP = "swap"  # another size or colour
    QUANTITY = "quantity"
    CANCEL_LINE = "cancel_line"
    RETURN = "return"  # of a line
    PROBLEM = "problem"  # of a line: report it
    ADDRESS = "address"
    INSTRUCTIONS = "instructions"
    CANCEL_ORDER = "cancel_order"
    ADD = "add"  # other items: never, but the answer says what to do instead


OF_LINES: Final = (Action.SWAP, Action.QUANTITY, Action.CANCEL_LINE, Action.RETURN, Action.PROBLEM)
CHANGES: Final = frozenset(Action) - {Action.RETURN, Action.PROBLEM, Action.ADD}


class Verdict(StrEnum):
    """Whether it may be done."""

    ALLOWED = "allowed"
    ASK = "ask"  # it needs the shop's yes
    NO = "no"


NO, ASK, ALLOWED = Verdict.NO, Verdict.ASK, Verdict.ALLOWED  # looked up in enumerations, they cost as much as a call
RANK: Final = {NO: 0, ASK: 1, ALLOWED: 2}


def narrower(one: Verdict, other: Verdict) -> Verdict:
    """The one that allows less."""
    return one if RANK[one] <= RANK[other] else other


class Code(StrEnum):
    """Why, as a word that stays: pages and programs have a sentence for each. The list is closed; docs/policies.md
    explains it."""

    # it may be done
    ALLOWED = "allowed"
    SOME = "some"  # for a part of the units, or of the items: the rest has left, or needs another answer
    RETURN_REQUEST = "return_request"  # the wish to return becomes a request on the platform
    RETURN_LINK = "return_link"  # returns are made on the shop's own page, `Answer.link`
    # the policy
    POLICY = "policy"  # the shop has it so for every order
    EXCEPTION = "exception"  # the shop has it so for such items or orders
    PERSONALISED = "personalised"
    PREORDER = "preorder"
    FINAL_SALE = "final_sale"
    DIGITAL = "digital"
    GIFT_CARD = "gift_card"
    SERVICE = "service"
    WINDOW_OVER = "window_over"
    RETURN_OVER = "return_over"
    TIME_UNKNOWN = "time_unknown"  # there is a time limit, and nobody knows when the order was placed
    NEW_ORDER = "new_order"  # more items are a new order
    # the order as it stands
    CANCELLED = "cancelled"
    CLOSED = "closed"
    REFUNDED = "refunded"
    PAYMENT = "payment"  # the payment is in a state in which a person has to look
    EDIT_OPEN = "edit_open"  # another change of the order has not come to its end
    SHIPPED = "shipped"
    PARTLY_SHIPPED = "partly_shipped"
    PREPARING = "preparing"  # in the warehouse's hands
    READY = "ready"  # waits at the shop to be collected
    LOCKED = "locked"  # the platform says that it cannot be changed
    UNCLEAR = "unclear"  # nobody says which items are in which parcel
    PICKUP = "pickup"
    PICKUP_POINT = "pickup_point"
    NO_DELIVERY = "no_delivery"
    NOT_SHIPPED = "not_shipped"  # nothing to return yet: it can be cancelled
    RETURNED = "returned"
    REMOVED = "removed"  # nothing of this line is wanted any more
    NOT_AN_ITEM = "not_an_item"  # a fee or a tip
    NO_ITEMS = "no_items"
    NO_OPTIONS = "no_options"  # there is no other size or colour
    SINGLE = "single"  # neither more nor fewer: fewer would be to cancel it
    # the platform
    PLATFORM = "platform"  # it cannot do this from here, the shop's people can
    FEE_BY_SHOP = "fee_by_shop"  # the fee has to be kept back by hand
    FEE_UNKNOWN = "fee_unknown"  # the policy has no fee in this order's currency
    # the wish itself (`wishes.decide`)
    NOTHING_NEW = "nothing_new"  # it is so already
    TOO_MANY = "too_many"  # more units than can be had, or than are left to change
    OPTION_FIXED = "option_fixed"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    PRICE_UNKNOWN = "price_unknown"
    UNAVAILABLE = "unavailable"
    MORE = "more"
    FEWER = "fewer"
    OTHER_COUNTRY = "other_country"
    OTHER_REGION = "other_region"
    WHOLE_ORDER = "whole_order"  # nothing would be left: that is to cancel the order
    NOT_THERE = "not_there"  # the order has no such line


class SwapLimits(NamedTuple):
    """What may differ. `options`: names of options, folded (None: all); prices are those of one unit."""

    options: frozenset[str] | None
    dearer: Verdict
    cheaper: Verdict


class QuantityLimits(NamedTuple):
    """From `least` to `most` units of the line in all, those that have shipped included; beyond is never allowed."""

    least: int
    most: int
    up: Verdict
    down: Verdict


class AddressLimits(NamedTuple):
    """What is answered when the new address is in another country, or in another region of the same."""

    other_country: Verdict
    other_region: Verdict


Limits = SwapLimits | QuantityLimits | AddressLimits

NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})


class Answer(NamedTuple):
    """One answer.

    `code` tells why. `until` is the moment from which this holds no more (at it, not after it), and `then` what is
    answered from there on (of what is summed up for the order: that at most); None: no time limit that is known.
    `units`: of how many units it is true. `fee` is kept back of what is refunded, for all `units` (for a number of
    them: `wishes.decide`); it is asked from `free_until` on. `rule`: the policy's exception that decided, if one did;
    `standard:…` are those that come with the program. `text`: the shop's own words, by language; else
    `words.sentence` has the built-in ones. `instead`: what the customer may do, where this may not be done. `limits`:
    how far the wish may go. `link`: the shop's page for it. `over`: the moment from which it is refused, however often
    the answer changes until then; None: never, or not known; of several items summed up it is not said.
    """

    verdict: Verdict
    code: Code
    until: datetime | None = None
    then: Verdict | None = None
    units: int = 0
    fee: Amount | None = None
    free_until: datetime | None = None
    rule: str | None = None
    text: Mapping[str, str] = NO_WORDS
    instead: Action | None = None
    limits: Limits | None = None
    link: str | None = None
    over: datetime | None = None


@cache
def refusal(code: Code, instead: Action | None = None) -> Answer:
    """The answer that what has happened forbids it."""
    return Answer(NO, code, instead=instead)


@dataclass(frozen=True, slots=True)
class Answers:
    """For one order: by action (all of them), and by the platform's line id and action (those of `OF_LINES`).
    `refund_days`: how many days the shop takes to pay back, for the customer."""

    order: Mapping[Action, Answer]
    lines: Mapping[str, Mapping[Action, Answer]]
    refund_days: int | None = None


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
