"""Passkeys: made, used, named and removed; and everything that must not be taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.signin import passkeys
from portal.signin.models import CHALLENGE, PASSKEY
from portal.signin.private import PASSKEY_PRIVATE
from tests.signin.conftest import ADA, BEA, Counter
from tests.support.authenticator import Authenticator, packed
from tests.support.context import rows, settings_on
from tests.support.visit import Visit
from tests.support.web import Answer

HOST = "track.atelier-lune.example"
ORIGIN = f"https://{HOST}"
COOKIE = "__Host-jalon"


def device(**more: Any) -> Authenticator:
    """An authenticator at the shop's own address."""
    return Authenticator(**{"origin": ORIGIN, "rp_id": HOST, **more})


async def post(visit: Visit, path: str, body: Any) -> Answer:
    """What the page's script sends."""
    return await visit.ask(path, "POST", json.dumps(body), content_type="application/json")


async def options(visit: Visit, path: str) -> dict[str, Any]:
    """What it is told to have signed."""
    answer = await post(visit, path, {})
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


async def make(visit: Visit, key: Authenticator, name: str = "Telephone", **wrong: Any) -> Answer:
    """Add a passkey."""
    asked = await options(visit, "/account/passkeys/options")
    return await post(visit, "/account/passkeys", {"credential": key.make(asked, **wrong), "name": name})


async def use(visit: Visit, key: Authenticator, **wrong: Any) -> Answer:
    """Sign in with a passkey."""
    asked = await options(visit, "/sign-in/passkey/options")
    return await post(visit, "/sign-in/passkey", {"credential": key.sign(asked, **wrong)})


@pytest.fixture
async def made(counter: Counter) -> tuple[Counter, Visit, Authenticator]:
    """Ada's browser, and the authenticator with her passkey."""
    visit, key = await counter.sign_in(), device()
    assert (await make(visit, key)).status == 200
    return counter, visit, key


async def test_made_once_and_used_in_any_browser_without_a_name(any_counter: Counter) -> None:
    visit, key = await any_counter.sign_in(), device(synced=True)
    asked = await options(visit, "/account/passkeys/options")
    assert asked["rp"] == {"name": "Atelier Lune", "id": HOST}
    assert asked["user"]["name"] == ADA
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (await post(visit, "/account/passkeys", {"credential": key.make(asked), "name": "Télé"})).status == 200
    elsewhere = Visit(any_counter.site)
    wanted = await options(elsewhere, "/sign-in/passkey/options")
    assert (wanted["allowCredentials"], wanted["userVerification"], wanted["rpId"]) == ([], "required", HOST)
    answer = await post(elsewhere, "/sign-in/passkey", {"credential": key.sign(wanted), "back": "/account"})
    assert (answer.status, json.loads(answer.text)) == (200, {"location": "/account"})
    assert ADA in (await elsewhere.ask("/account")).text
    (kept,) = await rows(any_counter.context, select(PASSKEY))
    assert (kept.sign_count, kept.synced, kept.backed_up, kept.transports) == (1, True, True, "internal hybrid")
    assert [letter.message for letter in await any_counter.post()] == ["sign_in_code", "passkey_added"]


async def test_it_is_offered_once_after_the_first_code(counter: Counter) -> None:
    offered = []
    for _ in range(2):
        visit = await counter.begin(email=ADA)
        answer = await visit.send("/sign-in/code", {"code": (await counter.post())[-1].code})
        offered.append(answer.headers["location"].startswith("/account/passkeys/new?offer=1"))
    assert offered == [True, False]


WRONG_MAKE: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": f"https://{HOST}.evil.example"},
    {"origin": f"http://{HOST}"},
    {"challenge": packed(b"another challenge of some length")},
    {"type": "webauthn.get"},
]


@pytest.mark.parametrize("wrong", WRONG_MAKE, ids=str)
async def test_what_was_made_elsewhere_or_for_something_else_is_not_kept(
    counter: Counter, wrong: dict[str, Any]
) -> None:
    visit = await counter.sign_in()
    assert (await make(visit, device(), **wrong)).status == 422
    assert await rows(counter.context, select(PASSKEY)) == []


@pytest.mark.parametrize("how", [{"verifies": False}, {"rp_id": "evil.example"}], ids=str)
async def test_one_that_does_not_verify_or_belongs_elsewhere_is_not_kept(counter: Counter, how: dict[str, Any]) -> None:
    assert (await make(await counter.sign_in(), device(**how))).status == 422


WRONG_USE: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"challenge": packed(b"another challenge of some length")},
    {"type": "webauthn.create"},
    {"user": b"0123456789abcdef"},
]


@pytest.mark.parametrize("wrong", WRONG_USE, ids=str)
async def test_a_wrong_answer_signs_nobody_in(
    made: tuple[Counter, Visit, Authenticator], wrong: dict[str, Any]
) -> None:
    counter, _, key = made
    visit = Visit(counter.site)
    answer = await use(visit, key, **wrong)
    assert answer.status == 422
    assert json.loads(answer.text) == {"problem": "This passkey was not accepted. Try once more, or use a code."}
    assert COOKIE not in visit.jar


async def test_without_finger_or_pin_nobody_comes_in(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    key.verifies = False
    assert (await use(Visit(counter.site), key)).status == 422


async def test_another_devices_signature_is_none(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    thief = device(credential_id=key.credential_id, user=key.user, counter=50)
    assert (await use(Visit(counter.site), thief)).status == 422


async def test_an_answer_counts_once(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    visit = Visit(counter.site)
    asked = await options(visit, "/sign-in/passkey/options")
    jar, signed = dict(visit.jar), key.sign(asked)
    assert (await post(visit, "/sign-in/passkey", {"credential": signed})).status == 200
    again = Visit(counter.site, jar)
    assert (await post(again, "/sign-in/passkey", {"credential": signed})).status == 422
    assert COOKIE not in again.jar


async def test_a_wrong_answer_uses_the_challenge_up(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    visit = Visit(counter.site)
    asked = await options(visit, "/sign-in/passkey/options")
    for credential in (key.sign(asked, origin="https://evil.example"), key.sign(asked)):
        assert (await post(visit, "/sign-in/passkey", {"credential": credential})).status == 422


async def test_a_challenge_is_for_one_browser_and_five_minutes(
    made: tuple[Counter, Visit, Authenticator], clock: ManualClock
) -> None:
    counter, _, key = made
    one, other = Visit(counter.site), Visit(counter.site)
    asked = await options(one, "/sign-in/passkey/options")
    await options(other, "/sign-in/passkey/options")
    assert (await post(other, "/sign-in/passkey", {"credential": key.sign(asked)})).status == 422
    assert (await post(Visit(counter.site), "/sign-in/passkey", {"credential": key.sign(asked)})).status == 422
    clock.advance(passkeys.LIFE)
    assert (await post(one, "/sign-in/passkey", {"credential": key.sign(asked)})).status == 422
    assert (await use(one, key)).status == 200


async def test_a_counter_that_goes_back_is_refused(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    for _ in range(3):
        assert (await use(Visit(counter.site), key)).status == 200
    key.counter = 1
    assert (await use(Visit(counter.site), key)).status == 422
    key.counter = 3
    assert (await use(Visit(counter.site), key)).status == 200


async def test_a_synced_passkey_never_counts(counter: Counter) -> None:
    key = device(counts=False, synced=True)
    assert (await make(await counter.sign_in(), key)).status == 200
    assert [(await use(Visit(counter.site), key)).status for _ in range(2)] == [200, 200]


async def test_a_removed_one_opens_nothing_and_the_person_is_told(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, visit, key = made
    (row,) = await rows(counter.context, select(PASSKEY))
    assert (await visit.send(f"/account/passkeys/{row.id}/remove", {})).status == 303
    assert (await use(Visit(counter.site), key)).status == 422
    assert [letter.message for letter in await counter.post()][-1] == "passkey_removed"


async def test_adding_and_removing_ask_for_a_fresh_proof(
    made: tuple[Counter, Visit, Authenticator], clock: ManualClock
) -> None:
    counter, visit, key = made
    (row,) = await rows(counter.context, select(PASSKEY))
    clock.advance(timedelta(minutes=15))
    for path in ("/account/passkeys/options", "/account/passkeys", f"/account/passkeys/{row.id}/remove"):
        answer = await visit.send(path, {})
        assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/sign-in/again")
    before = visit.jar[COOKIE]
    assert (await use(visit, key)).status == 200
    assert visit.jar[COOKIE] != before
    assert (await visit.send(f"/account/passkeys/{row.id}/remove", {})).status == 303
    assert await rows(counter.context, select(PASSKEY)) == []


async def test_several_are_told_apart_by_name(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, visit, _ = made
    assert (await make(visit, device(), "Key <ring>")).status == 200
    page = (await visit.ask("/account")).text
    assert "Telephone" in page
    assert "Key &lt;ring&gt;" in page
    ids = [row.id for row in await rows(counter.context, select(PASSKEY).order_by(PASSKEY.c.id))]
    assert (await visit.send(f"/account/passkeys/{ids[0]}/name", {"name": "Old telephone"})).status == 303
    names = [row.name for row in await rows(counter.context, select(PASSKEY_PRIVATE.c.name))]
    assert sorted(names) == ["Key <ring>", "Old telephone"]


async def test_the_same_device_is_not_added_twice(made: tuple[Counter, Visit, Authenticator]) -> None:
    _, visit, key = made
    asked = await options(visit, "/account/passkeys/options")
    assert [one["id"] for one in asked["excludeCredentials"]] == [packed(key.credential_id)]
    assert (await make(visit, key)).status == 422


async def test_anothers_passkey_is_out_of_reach(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, _ = made
    (row,) = await rows(counter.context, select(PASSKEY))
    bea = await counter.sign_in(BEA)
    for action, form in (("remove", {}), ("name", {"name": "mine"})):
        assert (await bea.send(f"/account/passkeys/{row.id}/{action}", form)).status == 404
    assert len(await rows(counter.context, select(PASSKEY))) == 1


@pytest.mark.parametrize("body", ["", "[]", "{", '{"credential": 1}', '{"credential": {"id": 3}}', '"x"', "[" * 5000])
async def test_junk_is_refused_and_is_no_failure(counter: Counter, body: str) -> None:
    visit = Visit(counter.site)
    await options(visit, "/sign-in/passkey/options")
    assert (await visit.ask("/sign-in/passkey", "POST", body)).status == 422


async def test_a_host_that_is_claimed_changes_nothing(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    visit = Visit(counter.site)
    lying = {"host": "evil.example", "x_forwarded_host": "evil.example"}
    asked = json.loads((await visit.ask("/sign-in/passkey/options", "POST", "{}", **lying)).text)
    assert asked["rpId"] == HOST
    evil = replace(key, origin="https://evil.example", rp_id="evil.example")
    body = json.dumps({"credential": evil.sign(asked)})
    assert (await visit.ask("/sign-in/passkey", "POST", body, **lying)).status == 422


@pytest.mark.parametrize(
    ("base_url", "rp_id"),
    [
        ("https://track.example.com", "track.example.com"),
        ("https://Track.Example.com:8443", "track.example.com"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("http://track.example.com", None),
    ],
)
def test_where_passkeys_work(base_url: str, rp_id: str | None) -> None:
    here = passkeys.place(settings_on("sqlite:///x.db", base_url=base_url))
    assert (here and here.rp_id) == rp_id
    if here:
        assert here.origin == base_url.lower()


async def test_of_two_answers_at_once_one_counts(made: tuple[Counter, Visit, Authenticator]) -> None:
    counter, _, key = made
    context: Context = counter.context
    visit = Visit(counter.site)
    asked = await options(visit, "/sign-in/passkey/options")
    signed = key.sign(asked)

    async def race(tx: Tx) -> None:  # another request has read the same counter and was faster
        await tx.run(update(PASSKEY).values(sign_count=99))

    await context.db.write(race)
    assert (await post(visit, "/sign-in/passkey", {"credential": signed})).status == 422


async def test_challenges_nobody_answered_are_forgotten(counter: Counter, clock: ManualClock) -> None:
    await options(Visit(counter.site), "/sign-in/passkey/options")
    clock.advance(passkeys.LIFE)

    async def unit(tx: Tx) -> None:
        await passkeys.forget(tx, clock.now())

    await counter.context.db.write(unit)
    assert await rows(counter.context, select(CHALLENGE)) == []
