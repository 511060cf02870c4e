"""Exceptions: for what they hold, that the first one decides, and that an order is as narrow as its narrowest item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.editing.answers import Action, Verdict
from portal.editing.policy.rules import Policy
from portal.editing.policy.standard import policy_from
from tests.editing.samples import HOUR, PLACED, ask, brief, line, order

NO, ASK, ALLOWED = Verdict.NO, Verdict.ASK, Verdict.ALLOWED
BASE = """\
schema = "policy/1"
[calendar]
zone = "Europe/Paris"
[swap]
verdict = "allowed"
[cancel_line]
verdict = "allowed"
[cancel_order]
verdict = "allowed"
[address]
verdict = "allowed"
[return]
verdict = "allowed"
page = "https://shop.example/returns"
"""


def having(*exceptions: str) -> Policy:
    """The base with exceptions, each of `verdict | when` and perhaps more members, named by their place."""
    tables = []
    for place, written in enumerate(exceptions):
        verdict, when, *more = (part.strip() for part in written.split("|"))
        members = "\n".join(more)
        tables.append(f'[[exceptions]]\nname = "{place}"\nverdict = "{verdict}"\n{members}\nwhen = {{ {when} }}\n')
    return policy_from(BASE + "".join(tables), "toml")


ITEM = line(
    "a",
    product_id="gid://shopify/Product/632910392",
    sku="Ring-7",
    categories=["Jewellery", "Home > Jewellery"],
    tags=["Made to order"],
    flags={"personalised": False},
)


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ('products = ["gid://shopify/Product/632910392"]', True),
        ("products = [632910392]", True),
        ("products = [63291039]", False),
        ('skus = ["RING-?"]', True),
        ('skus = ["ring-*", "x"]', True),
        ('skus = ["ring"]', False),
        ('skus = ["r[i]ng-7"]', False),
        ('categories = ["jewellery"]', True),
        ('categories = ["Home > jewellery"]', True),
        ('categories = ["home"]', False),
        ('tags = ["made to order"]', True),
        ('tags = ["vip"]', True),
        ('tags = ["made"]', False),
        ('kinds = ["physical"]', True),
        ('kinds = ["digital"]', False),
        ('flags = ["preorder"]', False),
        ('shops = ["A.example"]', True),
        ('shops = ["b.example"]', False),
        ('channels = ["POS", "web"]', True),
        ('channels = ["pos"]', False),
        ('countries = ["fr", "be"]', True),
        ('countries = ["be"]', False),
        ('methods = ["shipping"]', True),
        ('methods = ["pickup"]', False),
        ("placed_from = 2026-11-20", True),
        ("placed_from = 2026-11-21", False),
        ("placed_until = 2026-11-20", True),
        ("placed_until = 2026-11-19", False),
        ("placed_from = 2026-11-20T11:00:00+01:00", True),
        ("placed_from = 2026-11-20T11:00:01+01:00", False),
        ("placed_until = 2026-11-20T11:00:00+01:00", False),
        ('tags = ["made to order"], countries = ["FR"]', True),
        ('tags = ["made to order"], countries = ["BE"]', False),
        ('skus = ["ring-7"], kinds = ["digital"]', False),
    ],
)
def test_all_that_is_given_has_to_fit_and_one_of_each_list(when: str, fits: bool) -> None:
    document = order(ITEM, tags=["VIP"], source={"shop": "a.example", "channel": "web"})
    answers = ask(document, having(f"no | {when}"))
    said = "no:exception" if fits else "allowed:allowed"
    assert brief(answers, "a")["swap"] == said
    assert brief(answers)["cancel_order"] == said
    assert brief(answers)["address"] == "allowed:allowed"  # not among the actions of an exception that names none


def test_the_first_exception_that_fits_decides() -> None:
    wide, narrow = 'ask | tags = ["made to order"]', "no | products = [632910392]"
    for exceptions, said in (((wide, narrow), "ask:exception"), ((narrow, wide), "no:exception")):
        answer = ask(order(ITEM), having(*exceptions)).lines["a"][Action.SWAP]
        assert (f"{answer.verdict}:{answer.code}", answer.rule) == (said, "0")


def test_an_exception_speaks_of_its_actions_alone_and_leaves_the_others_to_the_next() -> None:
    rules = having(
        'no | tags = ["made to order"] | actions = ["swap"]',
        'ask | tags = ["made to order"] | actions = ["swap", "return"]',
    )
    answers = ask(order(ITEM, line("b"), parcels=[{"id": "p", "lines": [{"line_id": "b", "quantity": 1}]}]), rules)
    assert brief(answers, "a")["swap"] == "no:exception"
    assert brief(answers, "a")["cancel_line"] == "allowed:allowed"
    assert brief(answers, "b")["return"] == "allowed:return_request"


def test_an_exception_takes_the_place_of_the_whole_rule() -> None:
    text = BASE.replace('[swap]\nverdict = "allowed"', '[swap]\nverdict = "allowed"\nwindow = "1h"\nafterwards = "no"')
    exception = '[[exceptions]]\nname = "x"\nverdict = "ask"\nwhen.tags = ["made to order"]'
    rules = policy_from(text + exception, "toml")
    assert brief(ask(order(ITEM), rules, after=2 * HOUR), "a")["swap"] == "ask:exception"
    assert brief(ask(order(line("a")), rules, after=2 * HOUR), "a")["swap"] == "no:window_over"


def test_an_order_is_as_narrow_as_its_narrowest_item() -> None:
    rules = having('no | tags = ["a"]', 'ask | tags = ["b"]')
    plain, asked, refused = line("c"), line("b", tags=["b"]), line("a", tags=["a"])
    orders = ((plain,), (plain, asked), (plain, asked, refused), (refused, plain))
    found = [ask(order(*lines), rules).order[Action.CANCEL_ORDER] for lines in orders]
    assert [answer.verdict for answer in found] == [ALLOWED, ASK, NO, NO]
    assert [answer.rule for answer in found] == [None, "1", "0", "0"]


def test_an_item_that_has_left_narrows_nothing_any_more() -> None:
    rules = having('no | tags = ["a"] | actions = ["address"]')
    refused = line("a", tags=["a"])
    assert brief(ask(order(refused, line("b")), rules))["address"] == "no:exception"
    left = order(refused, line("b"), parcels=[{"id": "p", "lines": [{"line_id": "a", "quantity": 1}]}])
    assert brief(ask(left, rules))["address"] == "ask:partly_shipped"


def test_an_order_holds_until_the_first_of_its_items_ends() -> None:
    rules = having(
        'allowed | tags = ["one"] | window = "1h"',
        'allowed | tags = ["two"] | window = "2h" | afterwards = "ask"',
        'ask | tags = ["three"] | window = "3h"',
    )
    one, two, three = (line(name, tags=[name]) for name in ("one", "two", "three"))

    def ends(*lines: dict[str, Any], after: timedelta = timedelta(0)) -> tuple[str, float | None, str | None]:
        answer = ask(order(*lines), rules, after).order[Action.CANCEL_ORDER]
        hours = (answer.until - PLACED) / HOUR if answer.until else None
        return str(answer.verdict), hours, answer.then and str(answer.then)

    assert ends(one, two) == ("allowed", 1, "no")
    assert ends(two, line("x")) == ("allowed", 2, "ask")
    assert ends(two, three) == ("ask", 3, "no")
    assert ends(two, three, after=2 * HOUR) == ("ask", 3, "no")
    assert ends(one, three) == ("ask", 1, "no")


def test_the_standard_exceptions_stand_behind_the_shops_own() -> None:
    flagged = line("a", flags={"personalised": True})
    assert brief(ask(order(flagged), having()), "a")["swap"] == "ask:personalised"
    assert brief(ask(order(flagged), having('allowed | flags = ["personalised"]')), "a")["swap"] == "allowed:allowed"
    answer = ask(order(flagged), having()).lines["a"][Action.SWAP]
    assert answer.rule == "standard:personalised"
    assert brief(ask(order(flagged), having()))["address"] == "allowed:allowed"


@pytest.mark.parametrize(
    ("members", "swap", "back"),
    [
        ({"flags": {"personalised": True}}, "ask:personalised", "ask:personalised"),
        ({"flags": {"final_sale": True}}, "ask:final_sale", "ask:final_sale"),
        ({"flags": {"preorder": True}}, "ask:preorder", "allowed:return_request"),
        ({"kind": "digital"}, "ask:digital", "no:digital"),
        ({"kind": "gift_card"}, "ask:gift_card", "no:gift_card"),
        ({"kind": "service"}, "ask:service", "ask:service"),
        ({"kind": "tip"}, "no:not_an_item", "no:not_an_item"),
    ],
)
def test_goods_of_their_own_kind_are_asked_about(members: dict[str, Any], swap: str, back: str) -> None:
    document = order(line("a", 2, **members), parcels=[{"id": "p", "lines": [{"line_id": "a", "quantity": 1}]}])
    answers = ask(document, having())
    assert (brief(answers, "a")["swap"], brief(answers, "a")["return"]) == (swap, back)


def test_the_shops_words_go_with_its_rule_until_its_time_is_over() -> None:
    text = '[swap]\nverdict = "allowed"\nwindow = "1h"\ntext.en = "While we cut"\ntext_afterwards.en = "It is cut"'
    rules = policy_from('schema = "policy/1"\n' + text, "toml")
    assert ask(order(), rules).lines["a"][Action.SWAP].text == {"en": "While we cut"}
    assert ask(order(), rules, after=HOUR).lines["a"][Action.SWAP].text == {"en": "It is cut"}
    preparing = order(deliveries=[{"state": "in_progress", "lines": [{"line_id": "a", "quantity": 1}]}])
    assert ask(preparing, rules).lines["a"][Action.SWAP].text == {}


def test_who_wants_more_reads_what_the_shop_says() -> None:
    rules = policy_from('schema = "policy/1"\n[adding]\ntext.en = "Order again: no postage within the hour."', "toml")
    answer = ask(order(), rules).order[Action.ADD]
    assert (answer.verdict, answer.text["en"][:11]) == (NO, "Order again")
