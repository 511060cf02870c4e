"""Cancelling from the staff page: shown first, made once, told at once with the reason; requests get their answer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from portal.connecting.shops import Shops
from portal.context import Context
from portal.editing.commands import CancelWhole
from portal.editing.confirm import confirm
from portal.editing.engine import Engine
from portal.editing.models import EDIT
from portal.editing.preview import preview
from portal.editing.values import EditView
from portal.editing.who import Who
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from portal.wiring import DELIVER
from portal.worker import run_due
from tests.editing.play import ASKS, Policies
from tests.staff.conftest import INES, Counter
from tests.support.context import rows
from tests.support.visit import Visit
from tests.support.web import Answer


async def work(context: Context) -> None:
    while await run_due(context):
        pass


async def letters(counter: Counter) -> list[tuple[str, str, str]]:
    """To whom, which message, its words."""
    await work(counter.context)
    asked = select(MAIL.c.message, MAIL.c.locale, MAIL_PRIVATE.c.address, MAIL_PRIVATE.c["values"].label("filling"))
    found = await rows(counter.context, asked.join(MAIL_PRIVATE).order_by(MAIL.c.id))
    return [
        (row.address, row.message, DELIVER.letter(counter.context, row.message, row.locale, row.filling).text)
        for row in found
    ]


async def chosen(counter: Counter, visit: Visit, order_id: int = 1, /, **fields: str) -> Answer:
    """What the form of cancelling leads to."""
    path = await counter.page(order_id)
    page = await visit.ask(f"{path}/cancel")
    assert page.status == 200, page.text
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    return await visit.send(f"{path}/cancel", {"key": key, **fields})


async def yes(counter: Counter, visit: Visit, shown: Answer, order_id: int = 1) -> Answer:
    """Press the button of what is shown."""
    (edit,) = re.findall(r'name="edit" value="([^"]+)"', shown.text)
    return await visit.send(f"{await counter.page(order_id)}/cancel/confirm", {"edit": edit})


async def test_a_whole_order_is_cancelled_and_its_customer_reads_why(any_counter: Counter) -> None:
    jeanne = await any_counter.jeanne()
    shown = await chosen(any_counter, jeanne, what="whole", reason="sold_in_store")
    assert shown.status == 200
    assert "45.00" in shown.text.replace(",", ".")
    assert (await any_counter.document()).cancelled_at is None  # shown, not made
    assert (await yes(any_counter, jeanne, shown)).status == 303
    ((to, message, words),) = await letters(any_counter)
    assert (to, message) == (INES, "order_cancelled")
    assert "already been sold in our shop" in unescape(words)
    document = await any_counter.document()
    assert document.cancel_reason == "sold_in_store"
    assert document.cancelled_at is not None
    page = await jeanne.ask(await any_counter.page())
    assert "Cancelled" in page.text
    steps = [step for step in await any_counter.steps() if step[1].startswith("cancel")]
    assert steps == [("Jeanne", "cancel done", None)]


async def test_some_items_are_cancelled_in_one_go(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    shown = await chosen(counter, jeanne, what="items", reason="out_of_stock", **{"units-0": "1", "units-1": "1"})
    assert "Cancel these items" in shown.text
    assert "1 stays" in shown.text
    assert (await yes(counter, jeanne, shown)).status == 303
    ((_, message, words),) = await letters(counter)
    assert message == "order_cancelled"
    assert "no longer in stock" in words
    document = await counter.document()
    assert [line.quantity.current for line in document.lines] == [1, 0]
    assert document.cancelled_at is None
    text = (await jeanne.ask(await counter.page())).text
    assert "<s>Bowl</s>" in text
    assert "2 were ordered" in text


async def test_a_cancellation_that_is_confirmed_twice_is_made_once(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    shown = await chosen(counter, jeanne, what="items", reason="customer", **{"units-0": "1"})
    assert [(await yes(counter, jeanne, shown)).status for _ in range(2)] == [303, 303]
    await work(counter.context)
    assert (await counter.document()).lines[0].quantity.current == 1
    assert len(await rows(counter.context, select(EDIT))) == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"what": "items", "reason": "other"}, 422, "Choose what is to be cancelled."),
        ({"what": "items", "units-0": "1"}, 422, "Fill this in."),
        ({"what": "whole", "reason": "bored"}, 422, "Choose one of these."),
    ],
)
async def test_what_is_missing_is_said(counter: Counter, fields: dict[str, str], status: int, said: str) -> None:
    answer = await chosen(counter, await counter.jeanne(), **fields)
    assert (answer.status, said in answer.text) == (status, True)
    assert await rows(counter.context, select(EDIT)) == []


async def test_what_left_meanwhile_is_not_cancelled(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    shown = await chosen(counter, jeanne, what="whole", reason="other")
    await counter.press(jeanne, "ship", **{"units-0": "1", "units-1": "0"})
    answer = await yes(counter, jeanne, shown)
    assert answer.status == 409
    assert "It has left the shop already" in answer.text
    assert (await counter.document()).cancelled_at is None


async def test_cancelling_asks_for_a_fresh_proof(counter: Counter, clock: ManualClock) -> None:
    jeanne, path = await counter.jeanne(), await counter.page()
    clock.advance(timedelta(minutes=20))
    answer = await jeanne.send(f"{path}/cancel", {"key": "x" * 12, "what": "whole", "reason": "other"})
    assert answer.headers["location"] == f"/staff/sign-in/again?back={path.replace('/', '%2F')}%2Fcancel"


async def asked(counter: Counter) -> EditView:
    """Inès asks for her order to be cancelled, and the shop has to say."""
    engine, ines = Engine(counter.context, Shops(counter.context), Policies(ASKS)), Who("person", 1)
    draft = await preview(engine, 1, CancelWhole(), ines)
    assert isinstance(draft, EditView)
    found = await confirm(engine, 1, draft.ref, ines)
    assert isinstance(found, EditView)
    return found


async def test_what_a_customer_asks_for_waits_first_of_all_and_is_accepted(any_counter: Counter) -> None:
    edit, jeanne = await asked(any_counter), await any_counter.jeanne()
    listed = await jeanne.ask("/staff")
    assert "Requests" in listed.text
    assert "#1001" in listed.text
    path = await any_counter.page()
    text = (await jeanne.ask(path)).text
    assert "The customer asks for it" in text
    assert "Cancel the whole order" in text
    answer = await jeanne.send(f"{path}/changes/accept", {"edit": edit.ref, "note": "With pleasure."})
    assert answer.headers["location"] == f"{path}?done=accept#did"
    told = [letter for letter in await letters(any_counter) if letter[0] == INES]
    assert [(message, "With pleasure." in words) for _, message, words in told] == [("order_cancelled", True)]
    assert (await any_counter.document()).cancel_reason == "customer"
    assert ("Jeanne", "accept done", None) in await any_counter.steps()


async def test_what_cannot_be_made_from_here_is_said_before_the_yes(counter: Counter) -> None:
    edit, jeanne, path = await asked(counter), await counter.jeanne(), await counter.page()
    assert "Yes, do it" in (await jeanne.ask(path)).text

    async def unit(tx: Tx) -> None:
        await tx.run(update(EDIT).where(EDIT.c.id == edit.id).values(code="platform"))

    await counter.context.db.write(unit)
    text = (await jeanne.ask(path)).text
    assert "Yes, I have made it" in text
    assert "Make it in the shop’s own system first" in text


async def test_a_request_is_declined_with_a_word_and_only_once(counter: Counter) -> None:
    edit, jeanne, path = await asked(counter), await counter.jeanne(), await counter.page()
    form = {"edit": edit.ref, "note": "It is packed already."}
    assert (await jeanne.send(f"{path}/changes/decline", form)).status == 303
    late = await jeanne.send(f"{path}/changes/accept", {"edit": edit.ref})
    assert (late.status, "It was decided, or sent, already." in late.text) == (409, True)
    told = [letter for letter in await letters(counter) if letter[0] == INES]
    assert [(message, "It is packed already." in words) for _, message, words in told] == [("edit_not_made", True)]
    assert (await counter.document()).cancelled_at is None


async def test_another_orders_request_is_not_there(counter: Counter) -> None:
    edit, jeanne = await asked(counter), await counter.jeanne()
    answer = await jeanne.send(f"{await counter.page(2)}/changes/accept", {"edit": edit.ref})
    assert answer.status == 404


@pytest.mark.parametrize(
    ("act", "became"), [("again", "sending"), ("made", "applied"), ("not-made", "refused")], ids=str
)
async def test_what_is_stuck_is_looked_at_by_somebody(counter: Counter, act: str, became: str) -> None:
    edit, jeanne, path = await asked(counter), await counter.jeanne(), await counter.page()

    async def unit(tx: Tx) -> None:
        await tx.run(update(EDIT).values(state="stuck", code="unreachable"))

    await counter.context.db.write(unit)
    assert "#1001" in (await jeanne.ask("/staff?work=stuck")).text
    assert "A change is stuck" in (await jeanne.ask(path)).text
    assert (await jeanne.send(f"{path}/changes/{act}", {"edit": edit.ref})).status == 303
    (row,) = await rows(counter.context, select(EDIT.c.state))
    assert row.state == became


async def test_while_a_change_is_under_way_no_other_one_begins(counter: Counter) -> None:
    await asked(counter)
    jeanne = await counter.jeanne()
    assert "/cancel" not in (await jeanne.ask(await counter.page())).text
    answer = await chosen(counter, jeanne, what="whole", reason="other")
    assert (answer.status, "Another change of this order is under way." in answer.text) == (409, True)


async def test_the_log_of_an_order_has_its_changes_too(counter: Counter) -> None:
    await asked(counter)
    jeanne = await counter.jeanne()
    text = unescape((await jeanne.ask(await counter.page())).text)
    assert re.search(r"<b>The customer</b> <span class=\"quiet\">Cancel the whole order: asked for", text)
