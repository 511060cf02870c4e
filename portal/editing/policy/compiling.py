"""From a policy document to the policy that the resolver uses. Pure.

What every policy has, whatever it says, is added here: the exceptions of `STANDARD_EXCEPTIONS` stand behind its own.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from portal.editing.answers import Action, AddressLimits, Code, SwapLimits, Verdict
from portal.editing.policy.document import (
    EVERY_DAY,
    WITH_FEES,
    CalendarTable,
    ExceptionTable,
    FeeTable,
    PolicyDocument,
    RuleTable,
    WhenTable,
)
from portal.editing.policy.fields import DAYS
from portal.editing.policy.rules import (
    CutOff,
    Fee,
    Policy,
    QuantityRules,
    Rule,
    Since,
    Special,
    Tokens,
    When,
    specials_of,
    token,
)

T = TypeVar("T")

# `size` and `colour` mean the option of that kind, whatever a shop calls it in its own language.
_SAME_OPTION: Final = (
    frozenset({"size", "taille", "größe", "grösse", "groesse", "talla", "tamaño", "taglia", "misura", "maat"}),
    frozenset({"colour", "color", "couleur", "coloris", "farbe", "colore", "kleur"}),
)
_COUNTED: Final = (Action.RETURN, Action.PROBLEM)
_GOODS: Final = (Action.SWAP, Action.QUANTITY, Action.CANCEL_LINE, Action.CANCEL_ORDER)
_OF_FLAG: Final = {"personalised": Code.PERSONALISED, "preorder": Code.PREORDER, "final_sale": Code.FINAL_SALE}
_OF_KIND: Final = {"digital": Code.DIGITAL, "gift_card": Code.GIFT_CARD, "service": Code.SERVICE}


def _standard(mark: str, code: Code, rules: Mapping[Action, Verdict]) -> Special:
    when = When(item=(frozenset({f"{mark}:{code}"}),))
    return Special(when, {action: Rule(verdict, code, f"standard:{code}") for action, verdict in rules.items()})


_ASK_ABOUT_GOODS: Final = dict.fromkeys(_GOODS, Verdict.ASK)
STANDARD_EXCEPTIONS: Final = (
    *(
        _standard("flag", code, {**_ASK_ABOUT_GOODS, Action.RETURN: Verdict.ASK})
        for code in (Code.PERSONALISED, Code.FINAL_SALE)
    ),
    _standard("flag", Code.PREORDER, _ASK_ABOUT_GOODS),
    *(
        _standard("kind", code, {**_ASK_ABOUT_GOODS, Action.RETURN: Verdict.NO})
        for code in (Code.DIGITAL, Code.GIFT_CARD)
    ),
    _standard("kind", Code.SERVICE, {**_ASK_ABOUT_GOODS, Action.RETURN: Verdict.ASK}),
)


def compile_policy(own: PolicyDocument, standard: PolicyDocument) -> Policy:
    """The policy. What the shop's own document does not name is as in `standard`, which names everything."""
    calendar = own.calendar
    returns, address = _either(own.return_, standard.return_), _either(own.address, standard.address)
    swap, quantity = _either(own.swap, standard.swap), _either(own.quantity, standard.quantity)
    tables: dict[Action, RuleTable] = {
        Action.SWAP: swap,
        Action.QUANTITY: quantity,
        Action.CANCEL_LINE: _either(own.cancel_line, standard.cancel_line),
        Action.CANCEL_ORDER: _either(own.cancel_order, standard.cancel_order),
        Action.ADDRESS: address,
        Action.INSTRUCTIONS: _either(own.instructions, standard.instructions),
        Action.RETURN: returns,
        Action.PROBLEM: _either(own.problem, standard.problem),
    }
    since = returns.counts_from
    specials = [_special(table, calendar, since) for table in own.exceptions]
    return Policy(
        {action: _rule(table, calendar, action, since, Code.POLICY) for action, table in tables.items()},
        specials=specials_of([*specials, *STANDARD_EXCEPTIONS]),
        swap_limits=SwapLimits(option_names(swap.options), swap.dearer, swap.cheaper),
        quantity_limits=QuantityRules(quantity.up, quantity.down, quantity.maximum),
        address_limits=AddressLimits(address.other_country, address.other_region),
        part_shipped=address.part_shipped,
        preparing=own.preparing.verdict,
        returns_at=returns.page,
        refund_days=own.refunds.days if own.refunds else None,
        add_text=own.adding.text if own.adding else {},
    )


def _either(own: T | None, standard: T | None) -> T:
    found = own or standard
    if found is None:
        raise LookupError("the standard policy says nothing of an action")
    return found


def _rule(
    table: RuleTable, calendar: CalendarTable, action: Action, since: Since, code: Code, name: str | None = None
) -> Rule:
    fee = getattr(table, "fee", None) if action in WITH_FEES else None
    return Rule(
        table.verdict,
        code,
        name,
        table.window,
        _cut_off(table.cut_off, calendar),
        table.afterwards,
        since if action in _COUNTED else "placing",
        _fee(fee),
        table.text,
        table.text_afterwards,
    )


def _special(table: ExceptionTable, calendar: CalendarTable, since: Since) -> Special:
    code = _code(table.when)
    rules = {Action(name): _rule(table, calendar, Action(name), since, code, table.name) for name in table.actions}
    return Special(_when(table.when, calendar.zone), rules)


def _code(when: WhenTable) -> Code:
    """An exception for one kind of goods alone is said by the name of that kind."""
    found = [*(_OF_FLAG[flag] for flag in when.flags), *(_OF_KIND.get(kind, Code.EXCEPTION) for kind in when.kinds)]
    return found[0] if len(found) == 1 else Code.EXCEPTION


def _when(when: WhenTable, zone: ZoneInfo | None) -> When:
    return When(
        order=tuple(
            _groups(
                _tokens("shop", when.shops),
                _tokens("channel", when.channels),
                frozenset(f"country:{code}" for code in when.countries),
                frozenset(f"method:{method}" for method in when.methods),
            )
        ),
        item=tuple(
            _groups(
                frozenset(f"product:{product}" for product in when.products),
                _tokens("category", when.categories),
                frozenset(f"flag:{flag}" for flag in when.flags),
                frozenset(f"kind:{kind}" for kind in when.kinds),
            )
        ),
        any=tuple(_groups(_tokens("tag", when.tags))),
        skus=_skus(when.skus),
        placed_from=_moment(when.placed_from, zone, timedelta()),
        placed_until=_moment(when.placed_until, zone, timedelta(days=1)),
    )


def _tokens(kind: str, values: Iterable[str]) -> Tokens:
    return frozenset(token(kind, value) for value in values)


def _groups(*groups: Tokens) -> Iterator[Tokens]:
    yield from (group for group in groups if group)


def _skus(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """`*` stands for anything, `?` for one character; all else for itself, capitals as well as small letters."""
    if not patterns:
        return None
    plain = (fnmatch.translate(pattern.replace("[", "[[]")) for pattern in patterns)
    return re.compile("|".join(plain), re.IGNORECASE)


def _moment(day: date | datetime | None, zone: ZoneInfo | None, more: timedelta) -> datetime | None:
    """A moment as it is; a day as its beginning on the shop's clock, `more` later."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day + more, time(), zone)


def _cut_off(times: Mapping[str, time] | None, calendar: CalendarTable) -> CutOff | None:
    if times is None or calendar.zone is None:
        return None
    everyday = times.get(EVERY_DAY)
    return _shared_cut_off(
        calendar.zone,
        tuple(times.get(day, everyday if day in calendar.opening_days else None) for day in DAYS),
        frozenset(day for day in calendar.holidays if isinstance(day, date)),
        frozenset(day for day in calendar.holidays if not isinstance(day, date)),
    )


@lru_cache(256)
def _shared_cut_off(
    zone: ZoneInfo,
    times: tuple[time | None, ...],
    closed: frozenset[date],
    yearly: frozenset[tuple[int, int]],
) -> CutOff:
    """Rules with the same cut-off have the very same one: when it comes is worked out once for them all."""
    return CutOff(zone, times, closed, yearly)


def _fee(table: FeeTable | None) -> Fee | None:
    return Fee(table.percent, table.flat, table.free_for) if table else None


@lru_cache(64)
def option_names(names: tuple[str, ...] | None) -> frozenset[str] | None:
    """The options that are meant, folded, with what the same option is called in other languages."""
    if names is None:
        return None
    folded = {name.casefold() for name in names}
    return frozenset(folded.union(*(group for group in _SAME_OPTION if group & folded)))
