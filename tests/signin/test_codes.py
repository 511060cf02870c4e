"""The code and the address beside it: one browser, five tries, ten minutes, one use; nothing in the database."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select

from portal.accounts.models import SESSION
from portal.kit.clock import ManualClock
from portal.kit.ids import TOKEN, token_hash
from portal.kit.secrets import Keys
from portal.signin import codes
from portal.signin.private import BEGINNING_PRIVATE
from tests.signin.conftest import ADA, BEA, PHONE, POSTCODE, Counter
from tests.support.context import rows
from tests.support.visit import Visit

COOKIE = "__Host-jalon"
KEYS = Keys((b"k" * 32,))
SCANNERS = [
    "Mozilla/5.0 (compatible; BingPreview/1.0b)",
    "Microsoft Office/16.0 (Microsoft Outlook 16.0; SafeLinks)",
    "Barracuda Sentinel (EE)",
    "GoogleImageProxy",
]


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_code_signs_in_and_shows_the_orders(any_counter: Counter) -> None:
    visit = await any_counter.begin(email=ADA, number="1001")
    (letter,) = await any_counter.post()
    answer = await visit.send("/sign-in/code", {"code": letter.code})
    assert answer.status == 303
    assert orders_path(answer.headers["location"])
    page = await visit.ask("/account")
    assert ADA in page.text
    assert "this one" in page.text


async def test_afterwards_the_order_can_be_read(counter: Counter) -> None:
    visit = await counter.begin(email=ADA, number="1003")
    answer = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    order_page = await visit.ask(orders_path(answer.headers["location"]))
    assert order_page.status == 200
    assert "1003" in order_page.text
    assert (await Visit(counter.site).ask(orders_path(answer.headers["location"]))).status == 404


def orders_path(location: str) -> str:
    found = re.search(r"/orders/[0-9a-f]{16}|%2Forders%2F[0-9a-f]{16}", location)
    assert found, location
    return found[0].replace("%2F", "/")


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", " {}{} ", "{}\u00a0{}"])
async def test_a_code_may_be_typed_as_people_type(counter: Counter, typed: str) -> None:
    visit = await counter.begin(email=ADA)
    code = (await counter.post())[-1].code
    assert (await visit.send("/sign-in/code", {"code": typed.format(code[:3], code[3:])})).status == 303


async def test_another_browser_is_refused(counter: Counter) -> None:
    await counter.begin(email=ADA)
    code = (await counter.post())[-1].code
    stranger = Visit(counter.site)
    assert (await stranger.send("/sign-in/code", {"code": code})).status == 410
    other = await counter.begin(email=BEA)
    assert (await other.send("/sign-in/code", {"code": code})).status == 422
    assert COOKIE not in stranger.jar
    assert COOKIE not in other.jar


async def test_the_sixth_try_kills_it(any_counter: Counter) -> None:
    visit = await any_counter.begin(email=ADA)
    code = (await any_counter.post())[-1].code
    answers = [await visit.send("/sign-in/code", {"code": wrong(code)}) for _ in range(5)]
    assert [answer.status for answer in answers] == [422, 422, 422, 422, 410]
    assert "4 tries left" in answers[0].text
    assert "one try left" in answers[3].text
    assert (await visit.send("/sign-in/code", {"code": code})).status == 410
    assert COOKIE not in visit.jar


async def test_what_is_no_code_costs_no_try(counter: Counter) -> None:
    visit = await counter.begin(email=ADA)
    for typed in ("", "12345", "1234567", "abcdef"):
        assert (await visit.send("/sign-in/code", {"code": typed})).status == 422
    assert (await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})).status == 303


async def test_it_ends_after_ten_minutes_and_after_one_use(counter: Counter, clock: ManualClock) -> None:
    late = await counter.begin(email=ADA)
    code = (await counter.post())[-1].code
    clock.advance(timedelta(minutes=10))
    assert (await late.send("/sign-in/code", {"code": code})).status == 410
    visit = await counter.begin(email=ADA)
    kept = dict(visit.jar)
    code = (await counter.post())[-1].code
    assert (await visit.send("/sign-in/code", {"code": code})).status == 303
    assert (await Visit(counter.site, kept).send("/sign-in/code", {"code": code})).status == 410


async def test_nobody_guesses_a_code_that_was_never_sent(counter: Counter) -> None:
    visit = await counter.begin(email="nobody@example.com")
    from portal.signin.models import BEGINNING

    (row,) = await rows(counter.context, select(BEGINNING))
    right = codes.code_of(counter.context.keys, row.nonce)
    assert (await visit.send("/sign-in/code", {"code": right})).status == 422


async def test_scanners_use_up_nothing_and_the_person_comes_in_anywhere(any_counter: Counter) -> None:
    await any_counter.begin(email=ADA)
    link = (await any_counter.post())[-1].link
    for turn in range(20):
        for method in ("GET", "HEAD"):
            scanner = Visit(any_counter.site)
            answer = await scanner.ask(link, method, user_agent=SCANNERS[turn % 4], sec_fetch_site="none")
            assert (answer.status, scanner.jar) == (200, {})
    phone = Visit(any_counter.site)
    page = await phone.go(link)
    assert "a…a@example.com" in page.text
    assert ADA not in page.text
    assert (await phone.send(link, {})).status == 303
    assert ADA in (await phone.ask("/account")).text
    for method in ("GET", "POST"):
        assert (await Visit(any_counter.site).ask(link, method)).status == 410


async def test_code_and_address_are_used_once_together(counter: Counter) -> None:
    visit = await counter.begin(email=ADA)
    letter = (await counter.post())[-1]
    assert (await visit.send("/sign-in/code", {"code": letter.code})).status == 303
    assert (await Visit(counter.site).send(letter.link, {})).status == 410


@pytest.mark.parametrize("token", ["x", "A" * 27, "A" * 26 + "!", "../account"])
async def test_an_address_that_was_never_sent_looks_like_one_that_is_over(counter: Counter, token: str) -> None:
    answer = await Visit(counter.site).ask(f"/sign-in/link/{token}")
    assert answer.status in (404, 410)


async def test_a_dump_of_the_database_opens_nothing(counter: Counter) -> None:
    visit = await counter.begin(email=ADA)
    while not (letters := await counter.post()):
        pass
    letter = letters[-1]
    path = counter.context.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    token = letter.link.rpartition("/")[2]
    assert TOKEN.fullmatch(token)
    assert ADA in dump  # it is a dump of everything
    for secret in (letter.code, codes.spaced(letter.code), token, *visit.jar.values()):
        assert secret not in dump
    assert token_hash(token) in dump


async def test_the_session_is_a_new_one_and_the_old_cookie_is_worth_nothing(counter: Counter) -> None:
    visit = await counter.sign_in()
    before = visit.jar[COOKIE]
    await counter.sign_in(visit=Visit(counter.site, dict(visit.jar)))
    thief = Visit(counter.site, {COOKIE: before})
    assert (await thief.ask("/account")).status == 303


@pytest.mark.parametrize("cookie", ["A" * 27, "x", ""])
async def test_a_planted_cookie_is_not_taken_over(counter: Counter, cookie: str) -> None:
    visit = await counter.sign_in(visit=Visit(counter.site, {COOKIE: cookie}))
    assert visit.jar[COOKIE] != cookie
    assert len(await rows(counter.context, select(SESSION))) == 1


async def test_every_cookie_is_of_the_safe_kind(counter: Counter) -> None:
    visit = await counter.sign_in()
    assert len(visit.seen) >= 3
    for line in visit.seen:
        name, _, flags = line.partition("=")
        assert name in (COOKIE, "__Host-jalon-start")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert f"; {flag}" in flags
        assert "Domain" not in flags


async def test_guest_orders_gather_under_one_address(counter: Counter) -> None:
    await counter.sign_in()
    visit = await counter.sign_in()
    from portal.accounts.models import CONTACT, PERSON

    assert len(await rows(counter.context, select(PERSON))) == 1
    assert len(await rows(counter.context, select(CONTACT))) == 1
    assert visit.jar[COOKIE]


async def test_a_postcode_opens_one_order_in_one_browser_to_be_read(counter: Counter) -> None:
    form = {"way": "order", "order_number": "1005", "hint": POSTCODE, "own_email": "new@example.com"}
    visit = await counter.begin(**form)
    answer = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    path = orders_path(answer.headers["location"])
    assert (await visit.ask(path)).status == 200
    again = await counter.sign_in("new@example.com")
    assert (await again.ask(path)).status == 404  # it did not become theirs


async def test_what_was_typed_is_forgotten_once_it_was_used(counter: Counter) -> None:
    await counter.sign_in()
    assert await rows(counter.context, select(BEGINNING_PRIVATE)) == []


@pytest.mark.parametrize(
    ("back", "kept"),
    [
        ("/robots.txt", True),
        ("//evil.example", False),
        ("https://evil.example/", False),
        ("/\\evil.example", False),
        ("/%5cevil.example", False),
        ("javascript:alert(1)", False),
        ("/a\r\nx: y", False),
    ],
)
async def test_afterwards_one_is_where_one_wanted_to_be_and_never_elsewhere(
    counter: Counter, back: str, kept: bool
) -> None:
    from urllib.parse import quote

    visit = Visit(counter.site)
    page = await visit.ask(f"/sign-in?back={quote(back, safe='')}")
    assert "evil" not in page.text.replace("&amp;", "&").split("<main")[1]
    begun = await visit.send(f"/sign-in?back={quote(back, safe='')}", {"email": ADA})
    assert begun.status == 303
    done = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    target = done.headers["location"]
    assert ("robots.txt" in target) == kept
    assert "evil" not in target


async def test_another_code_can_be_asked_for_and_the_first_is_over_in_this_browser(counter: Counter) -> None:
    visit = await counter.begin(email=ADA, number="1001")
    first = (await counter.post())[-1].code
    assert (await visit.send("/sign-in/resend", {})).headers["location"] == "/sign-in/code"
    second = (await counter.post())[-1].code
    if first != second:
        assert (await visit.send("/sign-in/code", {"code": first})).status == 422
    assert (await visit.send("/sign-in/code", {"code": second})).status == 303


async def test_a_phone_number_sends_the_code_to_the_address_of_the_order_unseen(counter: Counter) -> None:
    visit = await counter.begin(way="order", order_number="1001", hint=PHONE)
    letter = (await counter.post())[-1]
    assert letter.to == ADA
    assert ADA not in (await visit.ask("/sign-in/code")).text
    assert (await visit.send("/sign-in/code", {"code": letter.code})).status == 303


async def test_another_site_cannot_send_the_forms(counter: Counter) -> None:
    visit = await counter.begin(email=ADA)
    code = (await counter.post())[-1].code
    for path, form in (("/sign-in", {"email": ADA}), ("/sign-in/code", {"code": code})):
        for headers in ({"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}):
            assert (await visit.send(path, form, **headers)).status == 403


@given(st.binary(min_size=16, max_size=16))
def test_codes_are_six_digits_and_addresses_are_tokens(seed: bytes) -> None:
    nonce = seed.hex()
    code, token = codes.code_of(KEYS, nonce), codes.link_token_of(KEYS, nonce)
    assert re.fullmatch(r"\d{6}", code)
    assert TOKEN.fullmatch(token)
    assert codes.is_code_of(KEYS, nonce, codes.spaced(code))
    assert not codes.is_code_of(KEYS, nonce, wrong(code))
    assert codes.code_of(Keys((b"another key, of 32 characters...",)), nonce) != code or nonce


@given(st.text(max_size=20))
def test_whatever_is_typed_is_no_error(text: str) -> None:
    assert codes.digits(text).isascii()
