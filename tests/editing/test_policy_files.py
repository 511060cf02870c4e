"""A policy's file: what is read, and how every fault is told with its member, its line and what would be right."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import example, given, strategies as st

from portal.editing.answers import Action, Code, Verdict
from portal.editing.policy.reading import Format, InvalidPolicy, read_policy
from portal.editing.policy.rules import Policy
from portal.editing.policy.spans import span, written
from portal.editing.policy.standard import policy_from, policy_of, standard_policy

TOML = """\
schema = "policy/1"
languages = ["en", "fr"]

[calendar]
zone = "Europe/Paris"
opening_days = ["mon", "tue", "sat"]
holidays = [2026-12-25, "01-01"]

[swap]
verdict = "allowed"
window = "1h30m"
cut_off = 14:00:00
options = ["size"]
dearer = "no"

[cancel_order]
verdict = "allowed"
[cancel_order.fee]
percent = 12.5
flat = { EUR = "5.00", JPY = 300 }
free_for = "30m"

[return]
verdict = "allowed"
window = "30d"
page = "https://shop.example/returns"

[[exceptions]]
name = "sale"
verdict = "no"
actions = ["swap", "return"]
text.en = "Sale goods stay as they are."
[exceptions.when]
tags = ["Sale"]
skus = ["S-*"]
placed_from = 2026-11-20
"""
YAML = """\
schema: policy/1
languages: [en, fr]
calendar:
  zone: Europe/Paris
  opening_days: [mon, tue, sat]
  holidays: [2026-12-25, 01-01]
swap: {verdict: allowed, window: 1h30m, cut_off: 14:00, options: [size], dearer: no}
cancel_order:
  verdict: allowed
  fee:
    percent: 12.5
    flat: {EUR: "5.00", JPY: 300}
    free_for: 30m
return: {verdict: allowed, window: 30d, page: "https://shop.example/returns"}
exceptions:
  - name: sale
    verdict: no
    actions: [swap, return]
    text: {en: Sale goods stay as they are.}
    when: {tags: [Sale], skus: [S-*], placed_from: 2026-11-20}
"""


def faults(text: str, format_: Format = "toml") -> list[str]:
    with pytest.raises(InvalidPolicy) as refused:
        read_policy(text, format_)
    return [str(fault) for fault in refused.value.faults]


def test_both_formats_say_the_same() -> None:
    assert read_policy(TOML, "toml").document == read_policy(YAML, "yaml").document


def test_a_file_becomes_a_policy() -> None:
    found = policy_from(TOML, "toml")
    swap = found.rules[Action.SWAP]
    assert (swap.verdict, swap.window, swap.since) == (Verdict.ALLOWED, timedelta(minutes=90), "placing")
    assert swap.cut_off is not None
    assert swap.cut_off.times == (time(14), time(14), None, None, None, time(14), None)
    assert (swap.cut_off.closed, swap.cut_off.yearly) == (frozenset({date(2026, 12, 25)}), frozenset({(1, 1)}))
    assert found.swap_limits.options is not None
    assert {"size", "taille", "größe", "talla", "taglia", "maat"} <= found.swap_limits.options
    fee = found.rules[Action.CANCEL_ORDER].fee
    assert fee is not None
    assert (fee.hundredths, dict(fee.flat), fee.free_for) == (1250, {"EUR": 500, "JPY": 300}, timedelta(minutes=30))
    assert (found.rules[Action.RETURN].since, found.returns_at) == ("arrival", "https://shop.example/returns")
    sale = found.specials.listed[0]
    assert set(sale.rules) == {Action.SWAP, Action.RETURN}
    assert (sale.rules[Action.RETURN].since, sale.rules[Action.SWAP].since) == ("arrival", "placing")
    assert sale.when.skus is not None
    assert [bool(sale.when.skus.fullmatch(sku)) for sku in ("S-1", "s-", "XS-1", "S")] == [True, True, False, False]


def test_what_a_file_does_not_name_is_as_in_the_standard_policy() -> None:
    found = policy_from('schema = "policy/1"', "toml")
    assert found == standard_policy()
    only = policy_from('schema = "policy/1"\n[swap]\nverdict = "no"', "toml")
    changed = {action for action in found.rules if found.rules[action] != only.rules[action]}
    assert changed == {Action.SWAP}


def test_the_standard_policy_is_careful() -> None:
    found = standard_policy()
    limited = {action for action, rule in found.rules.items() if rule.window == timedelta(hours=1)}
    assert limited == {Action.SWAP, Action.QUANTITY, Action.ADDRESS}
    names = [{rule.name for rule in special.rules.values()} for special in found.specials.listed]
    assert names == [{f"standard:{name}"} for name in (
        "personalised", "final_sale", "preorder", "digital", "gift_card", "service"
    )]  # fmt: skip
    verdicts = {rule.verdict for special in found.specials.listed for rule in special.rules.values()}
    assert Verdict.ALLOWED not in verdicts


FEES = "quantity, cancel_line, cancel_order, return"
FEE_TABLES = "[cancel_line] or [cancel_order] or [exceptions] or [quantity] or [return]"
LATER = "what may not be done at once may not be done later"
HEAD = 'schema = "policy/1"\n'
RULE = HEAD + '[swap]\nverdict = "allowed"\n'
EXCEPTION = HEAD + '[[exceptions]]\nname = "x"\nverdict = "no"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1: schema: is missing"]),
        ('schema = "policy/2"', ["1: schema: expected 'policy/1'"]),
        (HEAD + "[swap]\n", ["2: swap.verdict: is missing"]),
        (HEAD + '[swap]\nverdict = "yes"', ['3: swap.verdict: expected "allowed", "ask" or "no"']),
        (HEAD + "[swap]\nverdict = false", ['3: swap.verdict: expected "allowed", "ask" or "no"']),
        (HEAD + "[swap]\nverdict = allowed", ['3: invalid value: texts stand in quotes, like "ask"']),
        (HEAD + "[swop]\n", ["2: swop: is not known: did you mean swap?"]),
        (RULE + 'windw = "1h"', ["4: swap.windw: is not known: did you mean window?"]),
        (RULE + "cut-off = 1", ["4: swap.cut-off: is not known: did you mean cut_off?"]),
        (RULE + '"" = 1', ["2: swap: holds a member without a name"]),
        (RULE + "zone = 1", ["4: swap.zone: does not belong here but in [calendar]"]),
        (RULE + 'languages = ["fr"]', ["4: swap.languages: does not belong here but in the top of the file"]),
        (RULE + 'verdict = "no"', ["4: cannot overwrite a value"]),
        (RULE + "window = 60", ['4: swap.window: expected a length of time as a text, like "30m", "1h" or "2d"']),
        (RULE + 'window = "1 hour"', ["4: swap.window: '1 hour' is no length of time: write 30m, 1h, 1h30m, 2d or 1w"]),
        (RULE + 'window = "0h"', ["4: swap.window: must be more than nothing, and ten years at most"]),
        (RULE + 'cut_off = "2 pm"', ['4: swap.cut_off: expected a time of day, like "14:00"']),
        (RULE + 'cut_off = "14:00"', [
            "4: swap.cut_off: is a time on the shop's clock: calendar.zone has to say which, like Europe/Paris"]),
        (RULE + 'cut_off = { mo = "14:00" }', [
            "4: swap.cut_off: 'mo' is no day: mon, tue, wed, thu, fri, sat, sun"]),
        (RULE + 'options = []', ["4: swap.options: must not be empty"]),
        (RULE + 'text = "Hello"', ['4: swap.text: expected a text for each language, like {en = "…", fr = "…"}']),
        (RULE + 'text = { en = "<b>now</b>" }', [
            "4: swap.text: is plain text: HTML is not shown as such, take the < > out"]),
        (RULE + 'text = { english = "now" }', [
            '4: swap.text.english: expected a language of two letters, like "fr"']),
        (HEAD + '[swap]\nverdict = "ask"\nwindow = "1h"\nafterwards = "allowed"', [
            f'2: swap: afterwards is "allowed", which allows more than "ask": {LATER}']),
        (HEAD + '[cancel_order]\nverdict = "allowed"\nfee = { percent = 101 }', [
            "4: cancel_order.fee.percent: expected a number from 0 to 100, like 10 or 12.5"]),
        (HEAD + '[cancel_order]\nverdict = "allowed"\nfee.percent = 1.005', [
            "4: cancel_order.fee.percent: has more than two digits behind the point"]),
        (HEAD + '[cancel_order]\nverdict = "allowed"\nfee.flat = { EUR = "4.999" }', [
            "4: cancel_order.fee.flat: EUR: 4.999 is not a whole number of the currency's smallest coin"]),
        (HEAD + '[cancel_order]\nverdict = "allowed"\nfee.flat = 5', [
            '4: cancel_order.fee.flat: expected an amount for each currency, like {EUR = "5.00", USD = "6.00"}']),
        (HEAD + '[cancel_order]\nverdict = "allowed"\nfee = {}', [
            "4: cancel_order.fee: is nothing: give percent, flat or both, or leave the fee out"]),
        (HEAD + '[quantity]\nverdict = "allowed"\nmaximum = 0', [
            "4: quantity.maximum: must be greater than or equal to 1"]),
        (HEAD + '[address]\nverdict = "allowed"\nother_country = "allowed"', [
            '2: address: other_country can be "ask" or "no": taxes and carriers are other ones there']),
        (HEAD + '[preparing]\nverdict = "allowed"', [
            '2: preparing: verdict can be "ask" or "no": what is being packed is nobody\'s to change from outside']),
        (HEAD + '[return]\nverdict = "allowed"\npage = "http://shop.example"', [
            '4: return.page: expected the address of a page, like "https://shop.example/returns"']),
        (HEAD + '[calendar]\nzone = "Paris"', [
            "3: calendar.zone: 'Paris' is no time zone: write one like Europe/Paris"]),
        (HEAD + '[calendar]\nholidays = ["2026-12-25", "12-32"]', [
            '3: calendar.holidays[1]: expected a day like "2026-12-25", or "12-25" for every year']),
        (HEAD + '[calendar]\nopening_days = ["monday", "someday"]', [
            "3: calendar.opening_days[1]: expected one of mon, tue, wed, thu, fri, sat, sun"]),
        (EXCEPTION, ["2: exceptions[0].when: is missing"]),
        (EXCEPTION + "when = {}", [
            "5: exceptions[0].when: names nothing: an exception for everything is the action's own rule"]),
        (EXCEPTION + 'when.sku = ["A"]', ["5: exceptions[0].when.sku: is not known: did you mean skus?"]),
        (EXCEPTION + 'when.skus = "A"', ["5: exceptions[0].when.skus: expected a list"]),
        (EXCEPTION + 'when.flags = ["custom"]', [
            "5: exceptions[0].when.flags[0]: expected 'personalised', 'preorder' or 'final_sale'"]),
        (EXCEPTION + 'when.countries = ["FR", "UK"]', [
            "5: exceptions[0].when.countries[1]: expected a country code of two letters, like FR or GB"]),
        (EXCEPTION + "when.placed_from = 2026-11-20", [
            "5: exceptions[0].when: names a day: calendar.zone has to say on which clock it begins"]),
        (EXCEPTION + "when.placed_from = 2026-11-20T10:00:00", [
            "5: exceptions[0].when.placed_from: says no offset: write 2026-12-01T08:00:00+01:00, or a day alone"]),
        (EXCEPTION + 'when.tags = ["a"]\n' + EXCEPTION.removeprefix(HEAD) + 'when.tags = ["b"]', [
            "3: exceptions[0].name: 'x' is given twice: names tell exceptions apart",
            "7: exceptions[1].name: 'x' is given twice: names tell exceptions apart"]),
        (EXCEPTION + 'when.tags = ["a"]\nactions = ["address"]\nfee.percent = 5', [
            f"2: exceptions[0]: fee is for {FEES}: none of them is among its actions"]),
        (HEAD + '[swap]\nverdict = "allowed"\nfee.percent = 5', [
            f"4: swap.fee: does not belong here but in {FEE_TABLES}"]),
        (RULE + "x = " + "[" * 500 + "]" * 500, ["1: is nested deeper than a policy is"]),
        ("#" * 262_145, ["1: is longer than 256 KB"]),
    ],
)  # fmt: skip
def test_every_fault_is_told_where_it_is(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: expected members, the first of them schema = \"policy/1\""),
        ("- schema", "1: expected members, the first of them schema = \"policy/1\""),
        ("schema: policy/1\nswap: {verdict: off}", '2: swap.verdict: expected "allowed", "ask" or "no"'),
        ("schema: policy/1\nschema: policy/1", "2: 'schema' is given twice"),
        ("schema: policy/1\nswap:\n  verdict: no\n  verdict: no", "4: 'verdict' is given twice"),
        ("a: &a [x, x]\nb: [*a, *a]", "1: refers to another place (& or *): write the value out"),
        ("a: 1\n---\nb: 2", "2: begins another document: a file holds one policy"),
        ("a: !!python/name:os.system", "1: has a tag (!): leave it out"),
        ("a:\n\t- b", "2: found character '\\t' that cannot start any token"),
        ("a: {b: [c", "1: expected ',' or ']', but got '<stream end>'"),
        ("[" * 300 + "]" * 300, "1: is nested deeper than a policy is"),
        ("? [a]\n: b", "1: has a name that is no word"),
        ("a: \x00", "1: holds characters that YAML does not know"),
        ("schema: policy/1\nexceptions:\n- name: a\n  verdict: ask\n  when:\n    tag: [b]",
         "6: exceptions[0].when.tag: is not known: did you mean tags?"),
    ],
)  # fmt: skip
def test_yaml_is_read_strictly(text: str, expected: str) -> None:
    assert faults(text, "yaml") == [expected]


def test_words_of_yaml_stay_words() -> None:
    text = (
        "schema: policy/1\ncalendar: {zone: Europe/Oslo}\nswap: {verdict: no, text: {no: nei}}\n"
        "exceptions:\n- {name: yes, verdict: ask, when: {countries: [NO], skus: [012, 1e3]}}"
    )
    document = read_policy(text, "yaml").document
    (exception,) = document.exceptions
    assert (exception.name, exception.when.countries, exception.when.skus) == ("yes", ("NO",), ("012", "1e3"))
    assert document.swap is not None
    assert (document.swap.verdict, document.swap.text) == (Verdict.NO, {"no": "nei"})


@given(st.integers(1, 5 * 10**6))
def test_lengths_of_time_are_written_as_they_are_read(minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert span(written(length)) == length


@given(st.text(max_size=300))
@example("\x85\x85\x85{")
@example("?")
@example("swap: {? : 1}")
def test_whatever_a_file_holds_it_is_a_policy_or_its_faults_are_told(text: str) -> None:
    formats: tuple[Format, ...] = ("toml", "yaml")
    for format_ in formats:
        try:
            assert isinstance(policy_of(read_policy(text, format_).document), Policy)
        except InvalidPolicy as refused:
            found = refused.faults
        else:
            found = ()
        lines = len(text.splitlines()) + 1  # YAML ends lines at other characters as well
        assert all(1 <= fault.line <= lines and fault.message for fault in found)


def test_an_exception_for_one_kind_of_goods_is_said_by_its_name() -> None:
    def code(when: str) -> Code:
        found = policy_from(EXCEPTION + when, "toml")
        return found.specials.listed[0].rules[Action.SWAP].code

    assert code('when.flags = ["personalised"]') is Code.PERSONALISED
    assert code('when.kinds = ["gift_card"]') is Code.GIFT_CARD
    assert code('when.kinds = ["physical"]') is Code.EXCEPTION
    assert code('when.flags = ["personalised", "preorder"]') is Code.EXCEPTION
    assert code('when.tags = ["x"]') is Code.EXCEPTION
