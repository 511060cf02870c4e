"""docs/policies.md is right: examples are policies, cases come out as it says, members and codes are all there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.editing.answers import OF_LINES, Action, Answer, Code, Verdict
from portal.editing.policy.document import known_members
from portal.editing.policy.reading import Format, read_policy
from portal.editing.policy.review import review
from portal.editing.policy.rules import Policy
from portal.editing.policy.standard import policy_of
from portal.editing.resolver import resolve
from portal.platforms.changes import Can
from portal.platforms.neutral import NeutralOrder
from portal.platforms.neutral.money import exponent
from tests.editing.samples import Json, line, order

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
HEAD = 'schema = "policy/1"\n'
FENCED = re.findall(r"```(toml|yaml)\n(.*?)```", GUIDE, re.DOTALL)
EXAMPLES: list[tuple[Format, str]] = [("yaml" if kind == "yaml" else "toml", text) for kind, text in FENCED]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
ORDERS: dict[str, Json] = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])


@dataclass(frozen=True)
class Case:
    """A row of a table below a policy."""

    policy: Policy
    zone: ZoneInfo
    order: str
    placed: str
    asked: str
    wish: str
    answer: str


def whole(text: str) -> str:
    return text if text.startswith(("schema",)) else HEAD + text


@pytest.mark.parametrize(("format_", "text"), EXAMPLES)
def test_every_example_is_a_policy(format_: Format, text: str) -> None:
    read = read_policy(whole(text), format_)
    assert isinstance(policy_of(read.document), Policy)
    if text.startswith("schema") and "exceptions" in text:
        assert review(read.document, NOW) == []


def cases() -> Iterator[Case]:
    """The cases of each whole policy: the rows of the table behind it."""
    for found in re.finditer(r"```(toml|yaml)\n(schema(?:(?!```).)*)```\n\n((?:\|[^\n]*\n)+)", GUIDE, re.DOTALL):
        format_: Format = "yaml" if found[1] == "yaml" else "toml"
        document = read_policy(found[2], format_).document
        assert document.calendar.zone is not None
        for row in found[3].splitlines()[2:]:
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            yield Case(policy_of(document), document.calendar.zone, *cells)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """ "Fri 20 Nov 10:00"; the day of the week has to be right."""
    found = datetime.strptime(f"{text[4:]} 2026", "%d %b %H:%M %Y").replace(tzinfo=zone)
    assert f"{found:%a}" == text[:3], text
    return found


def built(case: Case) -> NeutralOrder:
    """The order that a case names."""
    told, placed = ORDERS[case.order], moment(case.placed, case.zone)
    lines = [_line(dict(item)) for item in told["lines"]]
    delivery: Json = {"id": "d", "method": told.get("method", "shipping")}
    if told.get("begun"):
        delivery |= {"state": "in_progress", "lines": [{"line_id": item["id"], "quantity": 1} for item in lines]}
    left = [{"line_id": name, "quantity": 1} for name in told.get("left", ())]
    arrived = moment(told["arrived"], case.zone).isoformat() if "arrived" in told else None
    gone = (placed + timedelta(minutes=15)).isoformat()
    parcel = {"id": "p", "created_at": gone, "lines": left, "delivered_at": arrived}
    parcels = [parcel] if left else []
    return order(*lines, placed_at=placed.isoformat(), deliveries=[delivery], parcels=parcels)


def _line(item: dict[str, Any]) -> Json:
    units, price = item.pop("units", 1), item.pop("price")
    prices = {"unit": {"shop": price}, "total_after_discounts": {"shop": price * units}}
    return line(item.pop("id"), units, price=prices, **item)


def said(answer: Answer, zone: ZoneInfo) -> str:
    """An answer as the tables write it."""
    parts = [str(answer.verdict)]
    if answer.code is not Code.ALLOWED:
        parts.append(f"`{answer.code}`")
    if answer.rule:
        parts.append(f"({answer.rule})")
    if answer.until:
        parts.append(f"until {answer.until.astimezone(zone):%a %d %b %H:%M}")
    fee = answer.fee.shop if answer.fee else None
    return " ".join(parts) + (f", fee {fee / 10 ** exponent('EUR'):.2f} EUR" if fee else "")


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.order}-{case.asked}-{case.wish}")
def test_every_case_is_answered_as_the_guide_says(case: Case) -> None:
    action, _, item = case.wish.partition(" the ")
    document = built(case)
    answers = resolve(document, case.policy, frozenset(Can), moment(case.asked, case.zone))
    found = answers.order
    if item or Action(action) in OF_LINES:
        found = answers.lines[item or document.lines[0].id]
    assert said(found[Action(action)], case.zone) == case.answer


def test_there_are_three_whole_policies_with_cases_of_every_verdict() -> None:
    assert len({id(case.policy) for case in CASES}) >= 3
    assert {case.answer.split()[0] for case in CASES} == set(Verdict)
    assert {case.order for case in CASES} == set(ORDERS)
    assert len(CASES) >= 30


def test_every_code_is_explained() -> None:
    table = GUIDE[GUIDE.index("## Reasons") : GUIDE.index("## Checking")]
    first = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    explained = [code for cell in first for code in re.findall(r"`(\w+)`", cell)]
    assert sorted(explained) == sorted(code.value for code in Code)


def test_every_member_is_explained() -> None:
    named = set(re.findall(r"`\[{0,2}(\w+)\]{0,2}`", GUIDE))
    assert set().union(*known_members().values()) - named == set()


def test_what_the_check_is_said_to_print_is_what_it_prints() -> None:
    exception = '[[exceptions]]\nname = "x"\nverdict = "no"\nwhen = { flags = ["custom"] }\n'
    text = HEAD + '[swap]\nverdict = "allowed"\nwindw = "1h"\n\n' + exception
    with pytest.raises(ValueError, match="windw") as refused:
        read_policy(text, "toml")
    for fault in getattr(refused.value, "faults", ()):
        assert f"    policy.toml:{fault}\n" in GUIDE, str(fault)
