"""The pages of the shop's people: what waits, an order, and what its buttons do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from portal.kit.clock import ManualClock
from portal.orders.models import ORDER_LOOK
from tests.staff.conftest import INES, Counter
from tests.support.context import rows
from tests.support.visit import Visit
from tests.support.web import site


async def test_what_waits_is_listed_without_names(any_counter: Counter) -> None:
    jeanne = await any_counter.jeanne()
    answer = await jeanne.go("/staff")
    assert answer.status == 200
    assert "#1001" in answer.text
    assert "#1002" not in answer.text  # another list
    assert "Inès" not in answer.text
    assert INES not in answer.text
    assert "#1002" in (await jeanne.ask("/staff?work=to_prepare")).text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("words", ["1002", "7KQM-3XWP"])
async def test_what_is_found_alone_is_opened(counter: Counter, words: str) -> None:
    jeanne = await counter.jeanne()
    answer = await jeanne.ask(f"/staff?q={words}")
    assert (answer.status, answer.headers["location"]) == (303, await counter.page(2))
    both = await jeanne.ask(f"/staff?q={INES}")
    assert "2 orders found" in both.text
    assert "0 orders found" in (await jeanne.ask("/staff?q=nobody@mail.example")).text


async def test_an_order_shows_for_whom_it_is_and_looking_is_noted(counter: Counter, clock: ManualClock) -> None:
    jeanne = await counter.jeanne()
    for _ in range(2):
        answer = await jeanne.ask(await counter.page())
    text = unescape(answer.text)
    for word in ("Inès Ferrand", "Quai 4", "69005 Lyon", INES, "Mug", "sage", "45,00" if "45,00" in text else "45.00"):
        assert word in text
    assert await counter.steps() == [("Jeanne", "open done", None)]
    clock.advance(timedelta(minutes=11))
    await jeanne.ask(await counter.page())
    assert len(await counter.steps()) == 2


async def test_its_customer_sees_that_somebody_of_the_shop_looked(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    async with counter.site.running():
        await jeanne.ask(await counter.page())
    (look,) = await rows(counter.context, select(ORDER_LOOK))
    assert (look.kind, look._asdict()["count"]) == ("staff", 1)


async def test_an_order_is_made_ready_and_sent(any_counter: Counter) -> None:
    jeanne = await any_counter.jeanne()
    answer = await any_counter.press(jeanne, "to-ship")
    assert answer.status == 303
    assert "is being made ready" in (await jeanne.ask(answer.headers["location"].partition("#")[0])).text
    sent = await any_counter.press(jeanne, "ship", number="1Z999AA10123456784", **{"units-0": "2", "units-1": "0"})
    assert sent.status == 303, sent.text
    document = await any_counter.document()
    (parcel,) = document.parcels
    assert [(part.line_id, part.quantity) for part in parcel.lines] == [("mug", 2)]
    assert [tracking.carrier for tracking in parcel.tracking] == ["ups"]
    text = (await jeanne.ask(await any_counter.page())).text
    assert "1Z999AA10123456784" in text
    assert "gone out" in text
    assert ("Jeanne", "ship done", None) in await any_counter.steps()


async def test_a_number_that_may_be_several_carriers_is_asked_about(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    number = {"number": "EE123456785FR", "units-0": "1"}
    asked = await counter.press(jeanne, "ship", **number)
    assert asked.status == 422
    assert "Several carriers could have given out this number" in asked.text
    assert asked.text.index("Fits the number") < asked.text.index("Chronopost") < asked.text.index("All carriers")
    assert 'value="EE123456785FR"' in asked.text
    assert (await counter.document()).parcels == ()
    assert (await counter.press(jeanne, "ship", carrier="chronopost", **number)).status == 303


async def test_a_button_that_is_pressed_twice_works_once(counter: Counter) -> None:
    jeanne, path = await counter.jeanne(), await counter.page()
    form = {"key": "one-and-the-same", "number": "1Z999AA10123456784", "units-0": "1", "units-1": "0"}
    assert [(await jeanne.send(f"{path}/ship", form)).status for _ in range(2)] == [303, 303]
    document = await counter.document()
    assert (len(document.parcels), document.lines[0].quantity.fulfilled) == (1, 1)


async def test_what_is_refused_is_said_with_its_reason(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    answer = await counter.press(jeanne, "ship", **{"units-0": "9", "units-1": "0"})
    assert answer.status == 409
    assert "It has left the shop already, or so many are not there." in answer.text
    nothing = await counter.press(jeanne, "ship", **{"units-0": "0"})
    assert (nothing.status, "There is nothing to do about it." in nothing.text) == (409, True)


async def test_what_is_collected_wants_its_code(any_counter: Counter) -> None:
    jeanne = await any_counter.jeanne()
    assert (await any_counter.press(jeanne, "ready", 2, delivery="shop")).status == 303
    without = await any_counter.press(jeanne, "collected", 2, delivery="shop")
    assert (without.status, "Type the code that is shown to you" in without.text) == (422, True)
    wrong = await any_counter.press(jeanne, "collected", 2, delivery="shop", code="AAAA-2222")
    assert (wrong.status, "This is not the code of this order." in wrong.text) == (409, True)
    assert "7KQM" not in wrong.text  # who types it in must have been shown it
    done = await any_counter.press(jeanne, "collected", 2, delivery="shop", code="7kqm3xwp")
    assert done.status == 303
    assert (await any_counter.document(2)).deliveries[0].state == "closed"


async def test_codes_are_not_to_be_tried_out(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    await counter.press(jeanne, "ready", 2, delivery="shop")
    answers = [await counter.press(jeanne, "collected", 2, delivery="shop", code=f"AAAA-{n:04}") for n in range(12)]
    assert {answer.status for answer in answers[:10]} == {409}
    assert {answer.status for answer in answers[10:]} == {429}
    assert (await counter.press(jeanne, "collected", 2, delivery="shop", known="on")).status == 303
    assert ("Jeanne", "collected done", None) in await counter.steps(2)


async def test_money_asks_for_a_fresh_proof(counter: Counter, clock: ManualClock) -> None:
    jeanne = await counter.jeanne()
    clock.advance(timedelta(minutes=20))
    answer = await counter.press(jeanne, "settled")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/staff/sign-in/again?back=%2Fstaff%2Forders%2F")
    assert (await counter.steps())[-1] == ("Jeanne", "open done", None)


async def test_an_order_is_seen_with_other_eyes(any_counter: Counter) -> None:
    jeanne, path = await any_counter.jeanne(), await any_counter.page()
    as_customer = await jeanne.ask(f"{path}/as-customer")
    assert (as_customer.status, "set-cookie" in as_customer.headers) == (200, False)
    assert "This is what the customer sees" in as_customer.text
    assert "Order confirmed" in as_customer.text
    as_visitor = await jeanne.ask(f"{path}/as-visitor?items=on")
    assert (as_visitor.status, "Preview: visitors see exactly this" in as_visitor.text) == (200, True)
    assert "1001" not in as_visitor.text
    assert [step for _, step, _ in await any_counter.steps()] == ["see_as_customer done", "see_as_visitor done"]
    theirs = path.replace("/staff", "")
    assert (await jeanne.ask(theirs)).status == 404  # nobody's session was made


async def test_an_order_of_a_shop_that_is_not_connected_has_no_buttons(counter: Counter) -> None:
    alone = Counter(site(replace(counter.context, environ={})))
    jeanne = await alone.jeanne()
    text = (await jeanne.ask(await alone.page())).text
    assert "The shop of this order is not connected" in text
    assert "It was handed over" not in text


async def test_nobody_else_gets_in(counter: Counter) -> None:
    stranger, path = Visit(counter.site), await counter.page()
    for page in ("/staff", path, f"{path}/as-customer"):
        answer = await stranger.ask(page)
        assert answer.status == 303
        assert answer.headers["location"].startswith("/staff/sign-in?back=%2Fstaff")
    assert (await stranger.send(f"{path}/ship", {"key": "x" * 12})).status == 303
    assert (await counter.document()).parcels == ()
    assert (await (await counter.jeanne()).ask("/staff/orders/" + "0" * 16)).status == 404
