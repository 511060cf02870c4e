"""Asking for a code: the same answer whatever there is to find, and no way to find out by asking often."""

from __future__ import annotations

import asyncio
import json
from collections import Counter as Counting
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kit.clock import ManualClock
from portal.kit.jobs import JOB
from portal.mail.models import MAIL
from portal.orders.sync import import_order
from portal.signin.models import BEGINNING
from portal.signin.private import BEGINNING_PRIVATE
from tests.signin.conftest import ADA, BEA, PHONE, POSTCODE, Counter, settings_of, shape
from tests.support.context import order, rows
from tests.support.visit import Visit
from tests.support.web import site

MANY = {"sign_ins_per_address": 10_000, "sign_ins_in_all": 10_000, "requests_per_minute": 10**7}
HITS: list[dict[str, str]] = [
    {"email": ADA},
    {"email": " Ada@Example.com "},
    {"email": ADA, "number": "1001"},
    {"email": ADA, "number": "#1001"},
    {"way": "order", "order_number": "1001", "hint": PHONE},
    {"way": "order", "order_number": "1001", "hint": "01 99 00 12 34"},
    {"way": "order", "order_number": "1005", "hint": "35 400", "own_email": "new@example.com"},
]
MISSES: list[dict[str, str]] = [
    {"email": "nobody@example.com"},
    {"email": BEA, "number": "1001"},
    {"email": ADA, "number": "9999"},
    {"way": "order", "order_number": "1001", "hint": POSTCODE},  # the shop has Ada's address
    {"way": "order", "order_number": "1001", "hint": POSTCODE, "own_email": "thief@example.com"},
    {"way": "order", "order_number": "1002", "hint": PHONE},
    {"way": "order", "order_number": "1004", "hint": PHONE},  # it cannot be written to
    {"way": "order", "order_number": "1004", "hint": POSTCODE, "own_email": "thief@example.com"},
    {"way": "order", "order_number": "1005", "hint": POSTCODE},  # nowhere to send it
    {"way": "order", "order_number": "1005", "hint": "75001", "own_email": "thief@example.com"},
]


@pytest.mark.parametrize("form", HITS, ids=json.dumps)
async def test_who_knows_enough_is_written_to(any_counter: Counter, form: dict[str, str]) -> None:
    await any_counter.begin(**form)
    (letter,) = await any_counter.post()
    assert letter.to == form.get("own_email", ADA)
    assert letter.message == "sign_in_code"


@pytest.mark.parametrize("form", MISSES, ids=json.dumps)
async def test_who_does_not_is_answered_the_same_and_nobody_is_written_to(
    counter: Counter, form: dict[str, str]
) -> None:
    visit = await counter.begin(**form)
    assert await counter.post() == []
    assert "on its way" in (await visit.go("/sign-in/code")).text


async def test_two_hundred_hits_and_two_hundred_misses_look_alike(counter: Counter) -> None:
    for number in range(3000, 3200):
        customer = {"email": f"c{number}@example.com", "phone": PHONE}
        await import_order(counter.context, order(number=f"#{number}", customer=customer))
    seen: dict[str, set[str]] = {"hit": set(), "miss": set()}
    async with settings_of(counter, **MANY) as shop:
        for turn in range(200):
            for name, number in (("hit", 3000 + turn), ("miss", 7000 + turn)):
                visit = Visit(shop.site)
                form = {"way": "order", "order_number": f"{number}", "hint": "+33 1 99 00 12 34"}
                answers = [await visit.send("/sign-in", form), await visit.ask("/sign-in/code")]
                answers.append(await visit.send("/sign-in/code", {"code": "12345"}))
                seen[name].add(repr([shape(answer) for answer in answers]))
    assert len(await counter.post()) == 200
    assert seen["hit"] == seen["miss"]
    assert len(seen["hit"]) == 1


async def test_the_page_for_the_code_says_the_same_before_and_after_the_look_up(counter: Counter) -> None:
    shown = []
    for number in ("1001", "9999"):
        visit = await counter.begin(way="order", order_number=number, hint=PHONE)
        before = await visit.ask("/sign-in/code")
        await counter.post()
        after = await visit.ask("/sign-in/code")
        assert shape(before) == shape(after)
        assert ADA not in after.text
        shown.append(shape(after))
    assert shown[0] == shown[1]


async def test_a_request_writes_as_much_for_a_miss_as_for_a_hit(counter: Counter) -> None:
    counts = []
    for email in (ADA, "nobody@example.com"):
        before = [
            len(await rows(counter.context, select(table))) for table in (BEGINNING, BEGINNING_PRIVATE, JOB, MAIL)
        ]
        await counter.begin(email=email)
        after = [len(await rows(counter.context, select(table))) for table in (BEGINNING, BEGINNING_PRIVATE, JOB, MAIL)]
        counts.append([b - a for a, b in zip(before, after, strict=True)])
    assert counts == [[1, 1, 1, 0]] * 2


@pytest.mark.slow
async def test_ten_thousand_numbers_give_five_answers(counter: Counter) -> None:
    statuses: Counting[int] = Counting()
    async with settings_of(counter, requests_per_minute=10**7) as shop:
        for start in range(0, 10_000, 200):  # two hundred at once: they share a commit
            tries = [
                Visit(shop.site).send("/sign-in", {"email": f"x{n}@example.com", "number": str(n)})
                for n in range(start, start + 200)
            ]
            statuses.update(answer.status for answer in await asyncio.gather(*tries))
    assert statuses == {303: 5, 429: 9995}


async def test_a_thousand_requests_for_one_address_are_three_messages(counter: Counter) -> None:
    async with settings_of(counter, **MANY) as shop:
        answers = [await Visit(shop.site).send("/sign-in", {"email": ADA}) for _ in range(1000)]
    assert len(await counter.post()) == 3
    assert [answer.status for answer in answers].count(303) == 3
    assert int(answers[-1].headers["retry-after"]) <= 3601


async def test_an_order_with_many_ways_in_is_three_messages_too(counter: Counter, clock: ManualClock) -> None:
    async with settings_of(counter, **MANY) as shop:
        for _ in range(5):
            await shop.begin(way="order", order_number="1001", hint=PHONE)
        await shop.begin(email=ADA)
    assert len(await counter.post()) == 3


async def test_there_is_a_budget_for_all(counter: Counter) -> None:
    async with settings_of(counter, sign_in_mails_per_hour=1) as shop:
        for email in (ADA, BEA):
            await shop.begin(email=email)
            await shop.post()
    assert [letter.to for letter in await counter.post()] == [ADA]


async def test_the_limit_is_for_one_network_and_ends(counter: Counter, clock: ManualClock) -> None:
    async def ask(client: str, number: int) -> int:
        form = f"email=x{number}%40example.com"
        kind = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
        answer = await counter.site.ask("/sign-in", "POST", client, form, **kind)
        return answer.status

    same = [await ask(f"2001:db8::{number}", number) for number in range(6)]
    assert same == [303] * 5 + [429]
    assert await ask("2001:db8:1::1", 7) == 303
    clock.advance(timedelta(minutes=15))
    assert await ask("2001:db8::9", 8) == 303


async def test_too_often_is_said_with_the_time_to_wait(counter: Counter) -> None:
    for number in range(5):
        await counter.begin(email=f"x{number}@example.com")
    answer = await Visit(counter.site).send("/sign-in", {"email": "x9@example.com"})
    assert (answer.status, answer.headers["retry-after"]) == (429, "901")
    assert "in 16 minutes" in answer.text


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Fill this in."),
        ({"email": "ada"}, "This is not an e-mail address."),
        ({"email": "a" * 250 + "@example.com"}, "This is too long"),
        ({"way": "order", "order_number": "1001"}, "Fill this in."),
        ({"way": "order", "order_number": "1001", "hint": "x"}, "This is too short."),
        ({"way": "order", "hint": "35400", "own_email": "nope"}, "This is not an e-mail address."),
    ],
)
async def test_what_is_missing_is_said_beside_the_field(counter: Counter, form: dict[str, str], message: str) -> None:
    answer = await Visit(counter.site).send("/sign-in", form)
    assert answer.status == 422
    assert answer.text.count(message) >= 2  # beside the field, and on top
    assert 'aria-invalid="true"' in answer.text
    assert await rows(counter.context, select(BEGINNING)) == []


async def test_what_was_typed_comes_back_escaped(counter: Counter) -> None:
    answer = await Visit(counter.site).send("/sign-in", {"email": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


async def test_fields_that_are_not_asked_for_change_nothing(counter: Counter) -> None:
    more = {"purpose": "add", "person_id": "1", "order_id": "1", "grants": "1", "tries": "-9", "sent_at": "2026-01-01"}
    await counter.begin(email="nobody@example.com", **more)
    (row,) = await rows(counter.context, select(BEGINNING))
    assert (row.purpose, row.person_id, row.order_id, row.grants, row.tries) == ("sign_in", None, None, False, 0)
    assert row.sent_at is None


async def test_without_a_mail_server_the_page_says_so(counter: Counter) -> None:
    honest = site(replace(counter.context, mailbox=False))
    assert "cannot send e-mail yet" in (await honest.ask("/sign-in")).text
    assert "cannot send e-mail yet" not in (await counter.site.ask("/sign-in")).text
