"""`jalon policy replay`: what a policy would have done with the orders of the past, beside the one in force."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from portal.editing.answers import Action, Answer
    from portal.editing.comparing import Case, Tally
    from portal.editing.policy.rules import Policy
    from portal.settings import Settings

_EPILOG: Final = """\
Two things are asked. What was really changed, cancelled or returned since: whether the policy would have allowed it at
that moment. And what could have been wished: every action at certain ages of every order (--after, several times).
Orders are taken as they were then, as far as it is known: what the warehouse had in hands is not, so it counts as begun
when the parcel left. Nothing is written. docs/policies.md says more.
"""
_AGES: Final = ("10m", "2h", "1d")
_OFTEN: Final = 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which policy, on which orders."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", help="the policy, .toml or .yaml")
    day = "orders that were placed from this day (UTC) on"
    parser.add_argument("--since", metavar="DATE", type=date.fromisoformat, required=True, help=day)
    age = f"how old orders are when they are asked about, like 30m or 2d; may be repeated ({', '.join(_AGES)})"
    parser.add_argument("--after", metavar="AGE", action="append", type=_age, help=age)
    lines = "one JSON object a line: each real change, each difference, and the sums at the end"
    parser.add_argument("--json", action="store_true", help=lines)


def _age(text: str) -> str:
    from portal.editing.policy.spans import span

    try:
        span(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong
    return text


def run(args: argparse.Namespace) -> int:
    """Replay, and say what came of it."""
    from portal.cli.policy_ import read_file
    from portal.cli.process import settings_from, start
    from portal.editing.policy.standard import policy_of

    policy = policy_of(read_file(args.file).document)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_do(settings, policy, args))


async def _do(settings: Settings, policy: Policy, args: argparse.Namespace) -> int:
    from portal.context import opened
    from portal.editing import policies
    from portal.editing.policy.spans import span
    from portal.editing.replay import Trial, replay

    ages = {age: span(age) for age in dict.fromkeys(args.after or _AGES)}
    async with opened(settings, accounts={}) as context:
        async with context.db.read() as reader:
            current = await policies.current(reader)
        since = datetime(args.since.year, args.since.month, args.since.day, tzinfo=UTC)
        trial = Trial(policy, current.policy, since, ages, context.clock.now())
        tally = await replay(context.db, trial, _print_case if args.json else _ignore, _progress)
    if args.json:
        print(json.dumps({"sums": [*_sums(tally)], "orders": tally.orders, "in_force": current.version}))
    else:
        print("\n".join(_report(tally, current.version, ages)))
    return 0


def _ignore(case: Case) -> None:
    """Cases are counted; only programs want each."""


def _print_case(case: Case) -> None:
    from portal.editing.comparing import REALLY

    if case.question.group == REALLY or case.differs:
        print(json.dumps(_as_json(case), ensure_ascii=False))


def _as_json(case: Case) -> dict[str, Any]:
    question = case.question
    asked = {"order": case.order, "at": question.at.astimezone(UTC).isoformat(), "group": question.group}
    return {**asked, "action": question.action, "would": _answered(case.would), "in_force": _answered(case.is_now)}


def _answered(answer: Answer) -> dict[str, Any]:
    return {"verdict": answer.verdict, "code": answer.code, "rule": answer.rule}


def _sums(tally: Tally) -> Iterator[dict[str, Any]]:
    for (group, action), would in tally.would.items():
        codes = [
            {"verdict": verdict, "code": code, "count": count}
            for (verdict, code), count in tally.codes[group, action].most_common()
        ]
        yield {
            "group": group,
            "action": action,
            "would": dict(would),
            "in_force": dict(tally.is_now[group, action]),
            "codes": codes,
        }


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"{done} of {total} orders", end="\r", file=sys.stderr)
    elif done % _OFTEN == 0 or done >= total:
        print(f"{done} of {total} orders", file=sys.stderr)


def _report(tally: Tally, version: str, ages: dict[str, timedelta]) -> Iterator[str]:
    from portal.editing.comparing import REALLY

    name = "the standard policy" if version == "standard" else f"version {version}"
    yield f"{tally.orders} order{'' if tally.orders == 1 else 's'}, beside {name}, which is in force (in brackets)."
    yield from _group(tally, REALLY, "What was really changed")
    for age in ages:
        yield from _group(tally, age, f"{age} after the order, whatever is wished")


def _group(tally: Tally, group: str, title: str) -> Iterator[str]:
    from portal.editing.policy.summary import ACTIONS

    actions = [action for action in ACTIONS if (group, action) in tally.would]
    yield ""
    if not actions:
        yield f"{title}: nothing."
        return
    yield f"{title}: {_would(tally, group, actions)}."
    width = max(len(ACTIONS[action]) for action in actions)
    for action in actions:
        yield f"  {ACTIONS[action]:{width}}  {_counts(tally, group, action)}"
        if reasons := _reasons(tally, group, action):
            yield f"  {'':{width}}  because: {reasons}"
    yield from _shown(tally, group)


def _would(tally: Tally, group: str, actions: list[Action]) -> str:
    from portal.editing.answers import Verdict

    sums = {verdict: sum(tally.would[group, action][verdict] for action in actions) for verdict in Verdict}
    return (
        f"would have allowed {sums[Verdict.ALLOWED]}, refused {sums[Verdict.NO]}, asked the shop {sums[Verdict.ASK]}; "
        f"{tally.differing[group]} of them differ from what is in force"
    )


def _counts(tally: Tally, group: str, action: Action) -> str:
    from portal.editing.answers import Verdict

    words = {Verdict.ALLOWED: "allowed", Verdict.ASK: "ask", Verdict.NO: "no"}
    would, is_now = tally.would[group, action], tally.is_now[group, action]
    return ", ".join(
        f"{word} {would[verdict]} ({is_now[verdict]})"
        for verdict, word in words.items()
        if would[verdict] or is_now[verdict]
    )


def _reasons(tally: Tally, group: str, action: Action) -> str:
    found = tally.codes[group, action].most_common()
    return ", ".join(f"{verdict} {code} {count}" for (verdict, code), count in found)


def _shown(tally: Tally, group: str) -> Iterator[str]:
    """The cases themselves: all real changes, and of others those that differ, as far as there is room."""
    from portal.editing.policy.summary import ACTIONS

    cases = tally.shown[group]
    for case in cases:
        question = case.question
        at = f"{question.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        differs = f", in force: {_word(case.is_now)}" if case.differs else ""
        yield f"    {case.order}  {at}  {ACTIONS[question.action]}: {_word(case.would)}{differs}"
    more = tally.worth[group] - len(cases)
    if more > 0:
        yield f"    … and {more} more: --json prints all"


def _word(answer: Answer) -> str:
    from portal.editing.answers import Code

    why = "" if answer.code is Code.ALLOWED else f" {answer.code}"
    return f"{answer.verdict}{why}" + (f" ({answer.rule})" if answer.rule else "")
