"""The account: contacts, browsers, language, and the fresh proof that some changes ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from portal.accounts.models import CONTACT, PERSON, SESSION
from portal.accounts.stepup import proven
from portal.accounts.viewer import NOBODY, Viewer
from portal.kit.browsers import label
from portal.kit.clock import ManualClock
from portal.kit.errors import Elsewhere
from tests.signin.conftest import ADA, BEA, Counter
from tests.support.context import NOW, rows
from tests.support.visit import Visit
from tests.support.web import site

COOKIE = "__Host-jalon"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def where(problem: Elsewhere | None) -> str | None:
    return None if problem is None else problem.target


def asked(viewer: Viewer) -> Elsewhere | None:
    """Where somebody is sent who wants to change something."""
    try:
        proven(viewer, NOW, "/orders/x?a=1&b=2")
    except Elsewhere as problem:
        return problem
    return None


def test_who_is_sent_where_before_a_change() -> None:
    ada = Viewer(1, 1, stepped_up_at=NOW - timedelta(minutes=14))
    assert where(asked(NOBODY)) == "/sign-in?back=%2Forders%2Fx%3Fa%3D1%26b%3D2"
    late = Viewer(1, 1, stepped_up_at=NOW - timedelta(minutes=15))
    assert where(asked(late)) == "/sign-in/again?back=%2Forders%2Fx%3Fa%3D1%26b%3D2"
    assert asked(ada) is None


async def test_a_stranger_is_asked_to_sign_in_and_comes_back(counter: Counter) -> None:
    visit = Visit(counter.site)
    answer = await visit.ask("/account")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?back=%2Faccount")
    assert (await visit.send(answer.headers["location"], {"email": ADA})).status == 303
    done = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    assert done.headers["location"].endswith("/account") or done.headers["location"].endswith("%2Faccount")


async def test_a_second_address_is_proven_and_brings_its_orders(any_counter: Counter) -> None:
    visit = await any_counter.sign_in()
    begun = await visit.send("/account/contacts", {"email": "BEA@example.com"})
    assert begun.headers["location"] == "/sign-in/code"
    assert BEA in (await visit.ask("/sign-in/code")).text
    letter = (await any_counter.post())[-1]
    assert (letter.to, letter.message) == (BEA, "confirm_code")
    assert "/sign-in/link/" not in letter.text
    done = await visit.send("/sign-in/code", {"code": letter.code})
    assert done.headers["location"] == "/account#contacts"
    page = (await visit.ask("/account")).text
    assert ADA in page
    assert BEA in page
    assert len(await rows(any_counter.context, select(PERSON))) == 1
    assert [(one.to, one.message) for one in (await any_counter.post())[2:]] == [(ADA, "contact_added")]


async def test_an_address_is_not_added_by_somebody_else_with_the_code(counter: Counter) -> None:
    visit = await counter.sign_in()
    await visit.send("/account/contacts", {"email": BEA})
    code = (await counter.post())[-1].code
    only_start = {name: value for name, value in visit.jar.items() if name != COOKIE}
    assert (await Visit(counter.site, only_start).send("/sign-in/code", {"code": code})).status == 410
    assert len(await rows(counter.context, select(CONTACT))) == 1


async def test_an_address_that_is_theirs_already_is_said_beside_the_field(counter: Counter) -> None:
    visit = await counter.sign_in()
    answer = await visit.send("/account/contacts", {"email": " ADA@example.com"})
    assert answer.status == 422
    assert "This address is yours already." in answer.text


async def test_an_address_can_be_removed_but_not_the_last(counter: Counter) -> None:
    visit = await counter.sign_in()
    await visit.send("/account/contacts", {"email": BEA})
    await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    ids = {row.hash: row.id for row in await rows(counter.context, select(CONTACT))}
    first, second = sorted(ids.values())
    assert (await visit.send(f"/account/contacts/{second}/remove", {})).status == 303
    assert (await visit.send(f"/account/contacts/{first}/remove", {})).status == 404
    assert [row.id for row in await rows(counter.context, select(CONTACT))] == [first]
    told = [(one.to, one.message) for one in await counter.post()]
    assert [one for one in told if one[1] == "contact_removed"] == [(ADA, "contact_removed"), (BEA, "contact_removed")]


async def test_anothers_contact_and_browser_are_out_of_reach(counter: Counter) -> None:
    await counter.sign_in()
    (contact,), (session,) = await rows(counter.context, select(CONTACT)), await rows(counter.context, select(SESSION))
    bea = await counter.sign_in(BEA)
    assert (await bea.send(f"/account/contacts/{contact.id}/remove", {})).status == 404
    assert (await bea.send(f"/account/sessions/{session.id}/end", {})).status == 404
    assert (await rows(counter.context, select(SESSION.c.ended_at).where(SESSION.c.id == session.id)))[
        0
    ].ended_at is None


async def test_changes_ask_for_a_fresh_proof_by_code(counter: Counter, clock: ManualClock) -> None:
    visit = await counter.sign_in()
    before = visit.jar[COOKIE]
    clock.advance(timedelta(minutes=15))
    answer = await visit.send("/account/contacts", {"email": BEA})
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in/again?back=%2Faccount")
    assert "Some changes need a fresh proof" in (await visit.ask("/account")).text
    page = await visit.ask(answer.headers["location"])
    assert f"Send a code to {ADA}" in page.text
    await visit.send(answer.headers["location"], {})
    done = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
    assert done.headers["location"] == "/account"
    assert visit.jar[COOKIE] != before
    assert (await visit.send("/account/contacts", {"email": BEA})).headers["location"] == "/sign-in/code"


async def test_browsers_are_listed_and_signed_out(counter: Counter) -> None:
    visit, other, third = [await counter.sign_in(visit=Visit(counter.site)) for _ in range(3)]
    assert (await other.ask("/account", user_agent=WINDOWS)).status == 200
    ids = [row.id for row in await rows(counter.context, select(SESSION).order_by(SESSION.c.id))]
    assert len(ids) == 3
    assert (await visit.send(f"/account/sessions/{ids[1]}/end", {})).status == 303
    assert [(await one.ask("/account")).status for one in (visit, other, third)] == [200, 303, 200]
    assert (await visit.send("/account/sessions/end", {})).status == 303
    assert [(await one.ask("/account")).status for one in (visit, third)] == [200, 303]


async def test_signing_out_ends_the_session_here_and_on_the_server(counter: Counter) -> None:
    visit = await counter.sign_in()
    kept = dict(visit.jar)
    answer = await visit.send("/sign-out", {})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert visit.jar == {}
    assert (await Visit(counter.site, kept).ask("/account")).status == 303


async def test_the_language_is_remembered_and_the_address_is_above_it(counter: Counter) -> None:
    visit = await counter.sign_in()
    assert (await visit.send("/account/language", {"language": "fr"})).status == 303
    assert "Votre compte" in (await visit.ask("/account", accept_language="en")).text
    assert "Your account" in (await visit.ask("/account?lang=en")).text
    assert (await visit.send("/account/language", {"language": "xx"})).status == 404
    await visit.send("/account/language", {"language": ""})
    assert "Your account" in (await visit.ask("/account", accept_language="en")).text


async def test_pages_and_messages_stay_in_the_language_of_the_address(counter: Counter) -> None:
    visit = Visit(counter.site)
    begun = await visit.send("/sign-in?lang=fr", {"email": ADA})
    assert begun.headers["location"] == "/sign-in/code?lang=fr"
    letter = (await counter.post())[-1]
    assert "Bonjour," in letter.text
    done = await visit.send("/sign-in/code?lang=fr", {"code": letter.code})
    assert "lang=fr" in done.headers["location"]


async def test_personal_pages_are_kept_by_nobody(counter: Counter) -> None:
    visit = await counter.sign_in()
    for path in ("/account", "/sign-in/again", "/", "/sign-in"):
        answer = await visit.ask(path)
        assert answer.headers["cache-control"] == "no-store"


async def test_the_mailbox_is_in_the_demonstration_alone(counter: Counter) -> None:
    await counter.begin(email=ADA)
    await counter.post()
    page = await counter.site.ask("/mailbox")
    assert ADA in page.text
    assert 'href="https://track.atelier-lune.example/sign-in/link/' in page.text
    assert (await site(replace(counter.context, mailbox=False)).ask("/mailbox")).status == 404


def test_browsers_are_told_apart() -> None:
    assert label(WINDOWS) == "Firefox, Windows"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
    assert label(phone) == "Safari, iPhone"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
    assert label(edge) == "Edge, Windows"
    assert label("curl/8.0") == ""
    assert label(None) == ""
