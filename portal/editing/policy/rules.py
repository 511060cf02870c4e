"""A policy as the resolver uses it: compiled from a document, frozen, without anything of the file it came from.

Pure values. Matching an order or a line against an exception happens on tokens ("tag:sale", "kind:digital"), which
`facts` makes once for each order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from portal.editing.answers import Action, AddressLimits, Code, SwapLimits, Verdict

Since = Literal["placing", "shipping", "arrival"]
Tokens = frozenset[str]


def token(kind: str, value: str) -> str:
    """How something is called that an exception may name; capitals do not matter."""
    return f"{kind}:{value.casefold()}"


@dataclass(frozen=True, slots=True)
class CutOff:
    """A time of day up to which what was ordered is not packed yet. `times`: Monday first, None where the shop is
    closed; it is closed as well on the days `closed`, and on those of every year in `yearly` (month, day)."""

    zone: ZoneInfo
    times: tuple[time | None, ...]
    closed: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Fee:
    """What is kept back of a refund: a share of the items' price, in hundredths of a percent, and an amount by
    currency in minor units, together. Nothing within `free_for`."""

    hundredths: int = 0
    flat: Mapping[str, int] = field(default_factory=dict)
    free_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What is answered: `verdict` until the window or the cut-off ends, whichever is first, `afterwards` from then on.
    `code` tells why where the verdict is not ALLOWED."""

    verdict: Verdict
    code: Code = Code.POLICY
    name: str | None = None
    window: timedelta | None = None
    cut_off: CutOff | None = None
    afterwards: Verdict = Verdict.NO
    since: Since = "placing"
    fee: Fee | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    text_afterwards: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class When:
    """What an exception is for: all that is given has to fit, of each one token. `order` is about the whole order,
    `item` about a line; `any` may be found at either (tags). `skus` is one pattern for the whole SKU."""

    order: tuple[Tokens, ...] = ()
    item: tuple[Tokens, ...] = ()
    any: tuple[Tokens, ...] = ()
    skus: re.Pattern[str] | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """An exception: for which orders and lines, for which actions, and the rule that takes the place of the action's
    own."""

    when: When
    rules: Mapping[Action, Rule]


@dataclass(frozen=True, slots=True)
class Specials:
    """The exceptions in their order, and where to look for those that may fit: by the tokens of one of the things that
    each is for; `anywhere` are those that name no such thing. Those in `plain` are for nothing else. Made by
    `specials_of`."""

    listed: tuple[Special, ...] = ()
    by_token: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    anywhere: tuple[int, ...] = ()
    tokens: Tokens = frozenset()
    plain: frozenset[int] = frozenset()


def specials_of(listed: Sequence[Special]) -> Specials:
    """The exceptions with their index."""
    by_token: dict[str, list[int]] = {}
    anywhere: list[int] = []
    plain: list[int] = []
    for place, special in enumerate(listed):
        groups = (*special.when.item, *special.when.any)
        if len(groups) == 1 and special.when == When(item=special.when.item, any=special.when.any):
            plain.append(place)
        if not groups:
            anywhere.append(place)
        for token in groups[0] if groups else ():
            by_token.setdefault(token, []).append(place)
    places = {token: tuple(found) for token, found in by_token.items()}
    return Specials(tuple(listed), places, tuple(anywhere), frozenset(places), frozenset(plain))


@dataclass(frozen=True, slots=True)
class QuantityRules:
    """`maximum` units of a line in all; None: as many as there are."""

    up: Verdict
    down: Verdict
    maximum: int | None = None


_NO_SPECIALS: Final = Specials()
_ANY_VARIANT: Final = SwapLimits(None, Verdict.ALLOWED, Verdict.ALLOWED)
_ANY_QUANTITY: Final = QuantityRules(Verdict.ALLOWED, Verdict.ALLOWED)
_SAME_COUNTRY: Final = AddressLimits(Verdict.ASK, Verdict.ALLOWED)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a shop's customers may change. The first of `specials` that fits decides, else the action's own rule.

    `preparing`: what is answered about units that the warehouse has begun with. `part_shipped`: whether the address
    of the rest may be changed once something has left. `returns_at` is the shop's page for returns. `refund_days`:
    how long paying back takes, for the customer.
    """

    rules: Mapping[Action, Rule]
    specials: Specials = _NO_SPECIALS
    swap_limits: SwapLimits = _ANY_VARIANT
    quantity_limits: QuantityRules = _ANY_QUANTITY
    address_limits: AddressLimits = _SAME_COUNTRY
    part_shipped: Verdict = Verdict.ASK
    preparing: Verdict = Verdict.ASK
    returns_at: str | None = None
    refund_days: int | None = None
    add_text: Mapping[str, str] = field(default_factory=dict)
