"""The shop's people sign in with codes: the same answer for every address, and no session but their own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from portal.staff.members import let_go, put
from portal.staff.models import STAFF_ACT, STAFF_SESSION
from portal.wiring import DELIVER
from portal.worker import run_due
from tests.staff.conftest import Counter
from tests.support.context import rows
from tests.support.visit import Visit, signed_in

JEANNE = "jeanne@atelier-lune.example"


async def employ(counter: Counter, name: str = "Jeanne") -> None:
    async def unit(tx: Tx) -> None:
        await put(tx, counter.context.clock.now(), name, f"{name.lower()}@atelier-lune.example")

    await counter.context.db.write(unit)


async def post(counter: Counter) -> list[tuple[str, str]]:
    """To whom which code was sent."""
    while await run_due(counter.context):
        pass
    asked = select(MAIL.c.message, MAIL.c.locale, MAIL_PRIVATE.c.address, MAIL_PRIVATE.c["values"].label("filling"))
    found = await rows(counter.context, asked.join(MAIL_PRIVATE).order_by(MAIL.c.id))
    letters = [
        (row.address, DELIVER.letter(counter.context, row.message, row.locale, row.filling).text) for row in found
    ]
    return [(to, re.sub(r"\D", "", re.findall(r"\d{3}\s\d{3}", text)[0])) for to, text in letters]


async def begun(counter: Counter, address: str = JEANNE, visit: Visit | None = None) -> Visit:
    visit = visit or Visit(counter.site)
    answer = await visit.send("/staff/sign-in", {"email": address})
    assert (answer.status, answer.headers.get("location")) == (303, "/staff/sign-in/code")
    return visit


async def test_somebody_of_the_shop_signs_in_with_a_code(any_counter: Counter) -> None:
    await employ(any_counter)
    visit = await begun(any_counter, "Jeanne@Atelier-Lune.example")
    ((to, code),) = await post(any_counter)
    assert to == JEANNE
    assert "Look in your mail" in (await visit.ask("/staff/sign-in/code")).text
    answer = await visit.send("/staff/sign-in/code", {"code": code})
    assert (answer.status, answer.headers["location"]) == (303, "/staff")
    assert set(visit.jar) == {"__Host-jalon-staff"}
    assert (await visit.ask("/staff")).status == 200
    assert [row.act for row in await rows(any_counter.context, select(STAFF_ACT))] == ["sign_in"]
    assert (await visit.send("/staff/sign-in/code", {"code": code})).status == 410  # once


async def test_every_address_is_answered_alike_and_only_theirs_is_written_to(counter: Counter) -> None:
    await employ(counter)
    answers = []
    for address in (JEANNE, "nobody@atelier-lune.example", "ines@mail.example"):
        visit = Visit(counter.site)
        first = await visit.send("/staff/sign-in", {"email": address})
        page = await visit.ask("/staff/sign-in/code")
        answers.append((first.status, first.headers["location"], page.status, page.text.replace(address, "…")))
    assert len(set(answers)) == 1
    assert [to for to, _ in await post(counter)] == [JEANNE]


async def test_a_code_has_five_tries_and_ten_minutes_in_its_browser(counter: Counter, clock: ManualClock) -> None:
    await employ(counter)
    visit = await begun(counter)
    ((_, code),) = await post(counter)
    assert (await Visit(counter.site).send("/staff/sign-in/code", {"code": code})).status == 410
    for left in (4, 3, 2):
        answer = await visit.send("/staff/sign-in/code", {"code": "000000" if code != "000000" else "111111"})
        assert (answer.status, f"{left} tries left" in answer.text) == (422, True)
    clock.advance(timedelta(minutes=11))
    assert (await visit.send("/staff/sign-in/code", {"code": code})).status == 410
    fresh = await begun(counter)
    code = (await post(counter))[-1][1]
    wrong = "000000" if code != "000000" else "111111"
    statuses = [(await fresh.send("/staff/sign-in/code", {"code": wrong})).status for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 410]
    assert (await fresh.send("/staff/sign-in/code", {"code": code})).status == 410


async def test_asking_is_limited(counter: Counter) -> None:
    visit = Visit(counter.site)
    answers = [await visit.send("/staff/sign-in", {"email": JEANNE}) for _ in range(7)]
    assert [answer.status for answer in answers] == [303] * 5 + [429] * 2
    assert "You have asked too often" in answers[-1].text


async def test_who_works_there_no_more_is_out_at_once(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    assert (await jeanne.ask("/staff")).status == 200
    now = counter.context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await let_go(tx, now, JEANNE)

    assert await counter.context.db.write(unit)
    assert (await jeanne.ask("/staff")).status == 303
    await begun(counter)
    assert await post(counter) == []


async def test_a_session_ends_by_leaving_by_idling_and_with_the_day(counter: Counter, clock: ManualClock) -> None:
    jeanne = await counter.jeanne()
    kept = jeanne.jar["__Host-jalon-staff"]
    assert (await jeanne.send("/staff/sign-out", {})).headers["location"] == "/staff/sign-in"
    assert "__Host-jalon-staff" not in jeanne.jar
    jeanne.jar["__Host-jalon-staff"] = kept
    assert (await jeanne.ask("/staff")).status == 303
    idle = await counter.jeanne()
    clock.advance(timedelta(hours=4, minutes=1))
    assert (await idle.ask("/staff")).status == 303
    busy = await counter.jeanne()
    for _ in range(4):
        clock.advance(timedelta(hours=3, minutes=30))
        status = (await busy.ask("/staff")).status
    assert status == 303


async def test_proving_oneself_again_renews_the_proof_and_the_secret(any_counter: Counter, clock: ManualClock) -> None:
    jeanne = await any_counter.jeanne()
    clock.advance(timedelta(minutes=20))
    before = jeanne.jar["__Host-jalon-staff"]
    page = await any_counter.page()
    again = f"/staff/sign-in/again?back={page}"
    assert "Is it you?" in (await jeanne.ask(again)).text
    assert (await jeanne.send(again, {})).headers["location"] == "/staff/sign-in/code"
    answer = await jeanne.send("/staff/sign-in/code", {"code": (await post(any_counter))[-1][1]})
    assert (answer.status, answer.headers["location"]) == (303, page)
    assert jeanne.jar["__Host-jalon-staff"] != before
    assert len(await rows(any_counter.context, select(STAFF_SESSION))) == 1
    done = await any_counter.press(jeanne, "settled")
    assert done.headers["location"].startswith(page)


async def test_customers_and_the_shops_people_are_no_one_and_the_same(counter: Counter) -> None:
    customer = await signed_in(counter.site, JEANNE)
    await employ(counter)
    assert (await customer.ask("/staff")).status == 303
    jeanne = await counter.jeanne()
    assert (await jeanne.ask("/account")).status == 303
    assert (await jeanne.ask((await counter.page()).replace("/staff", ""))).status == 404


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example/staff", "/account", "/staff\\@evil.example"])
async def test_nobody_is_sent_elsewhere_afterwards(counter: Counter, back: str) -> None:
    await employ(counter)
    visit = Visit(counter.site)
    await visit.send(f"/staff/sign-in?back={back}", {"email": JEANNE})
    answer = await visit.send("/staff/sign-in/code", {"code": (await post(counter))[-1][1]})
    assert answer.headers["location"] == "/staff"
