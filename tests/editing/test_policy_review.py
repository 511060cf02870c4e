"""What is odd about a policy, and how it is read back to the person who wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.editing.policy.document import known_members
from portal.editing.policy.example import EXAMPLE
from portal.editing.policy.reading import read_policy
from portal.editing.policy.review import review
from portal.editing.policy.standard import STANDARD, standard_document
from portal.editing.policy.summary import summary
from portal.platforms.members import name_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HEAD = 'schema = "policy/1"\n'
ZONE = '[calendar]\nzone = "Europe/Paris"\n'
LIMITED = '[swap]\nverdict = "allowed"\nwindow = "1h"\n'


def remarks(text: str) -> list[str]:
    read = read_policy(HEAD + text, "toml")
    found = [(read.line(path), name_of(path), said) for path, said in review(read.document, NOW)]
    return [f"{line}: {member}: {said}" for line, member, said in sorted(found)]


def exception(name: str, when: str, more: str = 'verdict = "no"') -> str:
    return f'[[exceptions]]\nname = "{name}"\n{more}\nwhen = {{ {when} }}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIMITED, []),
        ('[swap]\nverdict = "no"\nwindow = "1h"', ['4: swap.window: means nothing where the verdict is "no"']),
        ('[swap]\nverdict = "allowed"\nafterwards = "ask"', [
            "4: swap.afterwards: never comes: the rule has neither window nor cut_off"]),
        ('[swap]\nverdict = "ask"\nwindow = "1h"\nafterwards = "ask"', [
            '5: swap.afterwards: is "ask" as the verdict: the time limit changes nothing']),
        ('[cancel_order]\nverdict = "allowed"\nwindow = "1h"\nfee = { percent = 5, free_for = "2h" }', [
            "2: cancel_order: is limited, and cancel_line is not named: items can be cancelled as is standard",
            "5: cancel_order.fee: is never asked: it is free for 2h, and possible for 1h only"]),
        ('[quantity]\nverdict = "allowed"\nup = "no"\ndown = "no"', [
            '2: quantity: up and down are both "no": the quantity can never be changed']),
        ('[return]\nverdict = "allowed"', [
            "2: return: names no page: where the platform takes no requests for returns, the shop is asked instead"]),
        ('[calendar]\nholidays = ["2025-12-25", "01-01"]', [
            "2: calendar: opening days and holidays are for cut-offs, and no rule has one",
            "3: calendar.holidays: all are past: the last one was 2025-12-25"]),
        ('[calendar]\nzone = "Europe/Paris"\nholidays = ["2026-12-26"]\n' + LIMITED + 'cut_off = "14:00"', [
            "4: calendar.holidays[0]: 2026-12-26 is a Saturday, on which the shop is closed anyway"]),
        ('languages = ["en", "fr", "pl"]\n[adding]\ntext = { en = "A new one" }', [
            "2: languages: pl is not spoken by the pages: de, en, es, fr, it, nl are",
            "4: adding.text: has no text in fr"]),
        ('[adding]\ntext = { en = "A new one", fr = "Une autre" }\n' + LIMITED + 'text.fr = "Vite"', [
            "7: swap.text: has no text in en"]),
        (exception("a", 'tags = ["x", "y"]') + exception("b", 'tags = ["X"], skus = ["1"]'), [
            "6: exceptions[1]: is never reached: 'a' stands before it and holds wherever it does"]),
        (exception("a", 'skus = ["RING-*"]') + exception("b", 'skus = ["ring-7-*", "ring-?"]'), [
            "6: exceptions[1]: is never reached: 'a' stands before it and holds wherever it does"]),
        (exception("a", 'skus = ["RING-?"]') + exception("b", 'skus = ["ring-*"]'), []),
        (exception("a", 'skus = ["RING-*"]') + exception("b", 'tags = ["x"]'), []),
        (exception("a", 'tags = ["x"], countries = ["FR"]') + exception("b", 'tags = ["x"]'), []),
        (exception("a", 'tags = ["x"]', 'verdict = "no"\nactions = ["swap"]') + exception("b", 'tags = ["x"]'), [
            "7: exceptions[1]: is never reached for swap: 'a' stands before it and holds wherever it does"]),
        (ZONE + exception("a", "placed_until = 2026-11-18"), [
            "7: exceptions[0].when.placed_until: is past: no new order falls under this exception"]),
        (ZONE + exception("a", "placed_until = 2026-11-20"), []),
        (ZONE + exception("a", "placed_from = 2026-12-02, placed_until = 2026-12-01"), [
            "7: exceptions[0].when: never holds: placed_until is before placed_from"]),
        (LIMITED + exception("a", 'tags = ["x"]', 'verdict = "ask"'), [
            '5: exceptions[0]: has no time limit, while swap itself has one and then says "no": is that meant?']),
        (LIMITED + 'afterwards = "ask"\n' + exception("a", 'tags = ["x"]', 'verdict = "ask"'), []),
    ],
)  # fmt: skip
def test_what_is_odd_is_remarked_where_it_stands(text: str, expected: list[str]) -> None:
    assert remarks(text) == expected


def test_a_day_until_which_an_exception_holds_is_past_when_it_is_over_on_the_shops_clock() -> None:
    text = HEAD + '[calendar]\nzone = "Pacific/Auckland"\n' + exception("a", "placed_until = 2026-11-19")
    document = read_policy(text, "toml").document
    late, over = (datetime(2026, 11, 19, hour, 59, tzinfo=UTC) for hour in (10, 11))
    assert [len(review(document, now)) for now in (late, over)] == [0, 1]


def test_what_comes_with_the_program_has_nothing_odd() -> None:
    for text in (STANDARD, EXAMPLE):
        assert review(read_policy(text, "toml").document, NOW) == []


def test_a_policy_is_read_back_in_plain_words() -> None:
    lines = summary(read_policy(EXAMPLE, "toml").document, standard_document())
    said = {line[:24].strip(): line[24:] for line in lines}
    assert said["another size or colour"] == (
        "allowed for 1h and until 14:00 on mon, tue, wed, thu, fri, whichever ends first, then ask the shop, "
        "only size, colour, dearer: ask the shop"
    )
    assert said["cancel the order"] == "allowed, fee 5 % and 2.50 EUR and 3.00 CHF after 1h"
    assert said["return items"] == "allowed for 30d, then not allowed, counted from the arrival"
    assert lines[-3:] == [
        "     when personalised",
        "  2. clearance: swap, quantity, cancel_line, cancel_order ask the shop for 30m, then not allowed",
        "     when tag clearance and country FR or BE",
    ]


def test_what_is_left_to_the_standard_policy_is_marked() -> None:
    lines = summary(read_policy(HEAD + LIMITED, "toml").document, standard_document())
    marked = {line.endswith("(standard)") for line in lines if not line.startswith(("another size", "being prepared"))}
    assert marked == {True}
    assert not lines[0].endswith("(standard)")


def test_the_example_says_every_member() -> None:

    names = set().union(*known_members().values()) - {"products", "skus", "categories", "kinds", "shops", "channels"}
    names -= {"methods", "placed_from", "placed_until"}  # conditions of exceptions are told in the guide
    assert {name for name in names if name not in EXAMPLE} == set()
