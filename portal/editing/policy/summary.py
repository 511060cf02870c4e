"""A policy in plain English, as the person who wrote it should read it back: what holds for every action, in which
order the exceptions are looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from portal.editing.answers import Action, Verdict
from portal.editing.policy.document import (
    EVERY_DAY,
    AddressTable,
    FeeTable,
    PolicyDocument,
    QuantityTable,
    ReturnTable,
    RuleTable,
    SwapTable,
    WhenTable,
    member,
)
from portal.editing.policy.spans import written
from portal.platforms.neutral.money import exponent

ACTIONS: Final = {
    Action.SWAP: "another size or colour",
    Action.QUANTITY: "another quantity",
    Action.CANCEL_LINE: "cancel items",
    Action.CANCEL_ORDER: "cancel the order",
    Action.ADDRESS: "another address",
    Action.INSTRUCTIONS: "delivery instructions",
    Action.RETURN: "return items",
    Action.PROBLEM: "report a problem",
}
_VERDICTS: Final = {Verdict.ALLOWED: "allowed", Verdict.ASK: "ask the shop", Verdict.NO: "not allowed"}
_WIDTH: Final = max(map(len, ACTIONS.values()))


def summary(document: PolicyDocument, standard: PolicyDocument) -> list[str]:
    """The policy in lines. What the document leaves to the standard policy is marked."""
    lines = []
    for action, name in ACTIONS.items():
        own = getattr(document, member(action))
        rule = own or getattr(standard, member(action))
        mark = "" if own else "  (standard)"
        lines.append(f"{name:{_WIDTH}}  {said(rule, document)}{mark}")
    lines.append(f"{'being prepared':{_WIDTH}}  {_VERDICTS[document.preparing.verdict]}")
    if document.refunds:
        lines.append(f"{'refunds':{_WIDTH}}  within {document.refunds.days} days")
    if document.exceptions:
        lines += ["", "Exceptions; the first that fits decides:"]
    for place, table in enumerate(document.exceptions, 1):
        lines.append(f"{place:3}. {table.name}: {', '.join(table.actions)} {said(table, document)}")
        lines.append(f"     when {when(table.when)}")
    return lines


def said(rule: RuleTable, document: PolicyDocument) -> str:
    """A rule as a phrase."""
    return ", ".join([_timed(rule, document), *_limits(rule), *_fee(rule)])


def when(table: WhenTable) -> str:
    """What an exception is for."""
    return " and ".join(_conditions(table))


def _timed(rule: RuleTable, document: PolicyDocument) -> str:
    verdict = _VERDICTS[rule.verdict]
    if rule.verdict is Verdict.NO or not rule.is_limited:
        return verdict
    ends = [f"for {written(rule.window)}"] if rule.window else []
    if rule.cut_off:
        ends.append(f"until {_cut_off(rule, document)}")
    whichever = ", whichever ends first" if len(ends) > 1 else ""
    return f"{verdict} {' and '.join(ends)}{whichever}, then {_VERDICTS[rule.afterwards]}"


def _cut_off(rule: RuleTable, document: PolicyDocument) -> str:
    times = rule.cut_off or {}
    if EVERY_DAY in times:
        return f"{times[EVERY_DAY]:%H:%M} on {', '.join(document.calendar.opening_days)}"
    return ", ".join(f"{at:%H:%M} on {day}" for day, at in times.items())


def _limits(rule: RuleTable) -> Iterator[str]:
    if isinstance(rule, SwapTable):
        yield from [f"only {', '.join(rule.options)}"] if rule.options else []
        yield from _unless_allowed("dearer", rule.dearer)
        yield from _unless_allowed("cheaper", rule.cheaper)
    elif isinstance(rule, QuantityTable):
        yield from _unless_allowed("more", rule.up)
        yield from _unless_allowed("fewer", rule.down)
        yield from [f"{rule.maximum} at most"] if rule.maximum else []
    elif isinstance(rule, AddressTable):
        yield from _unless_allowed("another country", rule.other_country)
        yield from _unless_allowed("another region", rule.other_region)
        yield from _unless_allowed("once a part has shipped", rule.part_shipped)
    elif isinstance(rule, ReturnTable) and rule.window:
        yield f"counted from {'the arrival' if rule.counts_from == 'arrival' else rule.counts_from}"


def _unless_allowed(what: str, verdict: Verdict) -> list[str]:
    return [] if verdict is Verdict.ALLOWED else [f"{what}: {_VERDICTS[verdict]}"]


def _fee(rule: RuleTable) -> Iterator[str]:
    fee = getattr(rule, "fee", None)
    if not isinstance(fee, FeeTable):
        return
    parts = [f"{fee.percent / 100:g} %"] if fee.percent else []
    parts += [f"{amount / 10 ** exponent(code):.{exponent(code)}f} {code}" for code, amount in fee.flat.items()]
    free = f" after {written(fee.free_for)}" if fee.free_for else ""
    yield f"fee {' and '.join(parts)}{free}"


def _conditions(table: WhenTable) -> Iterator[str]:
    names = {"products": "product", "skus": "SKU", "categories": "category", "tags": "tag", "flags": "", "kinds": ""}
    more = {"shops": "shop", "channels": "channel", "countries": "country", "methods": "delivery by"}
    for name, word in {**names, **more}.items():
        if values := getattr(table, name):
            yield f"{word} {' or '.join(map(str, values))}".strip()
    if table.placed_from:
        yield f"placed from {_day(table.placed_from)} on"
    if table.placed_until:
        yield f"placed until {_day(table.placed_until)}"


def _day(day: date | datetime) -> str:
    return day.isoformat(" ", "minutes") if isinstance(day, datetime) else day.isoformat()
