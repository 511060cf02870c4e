"""What is written to customers and to the shop about edits, as it goes out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.editing import letters
from portal.editing.answers import Action, EditState, Verdict
from portal.editing.commands import CancelLine, CancelWhole, Command, Instructions, NewAddress, Quantity, Swap
from portal.editing.confirm import confirm, undo
from portal.editing.decide import accept, decline, expire, send_again, settle_by_hand
from portal.editing.policy.rules import Fee, Policy, Rule
from portal.editing.values import EditView
from portal.kit.clock import ManualClock
from portal.mail import compose
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from tests.editing.play import ADA, ASKS, STAFF, Play, play, unreachable
from tests.support.context import rows

SHOP = "orders@atelier-lune.example"
ADDRESS = NewAddress(name="Wren Canary", line1="3 Sparrow Alley", city="Lyon", postcode="69002", country="FR")


@pytest.fixture
async def playing(context: Context) -> Play:
    """Order 1, and a shop with a mailbox."""
    settings = context.settings.model_copy(update={"staff_mail": SHOP})
    found = play(replace(context, settings=settings))
    await found.take_in()
    return found


async def sent(playing: Play) -> list[tuple[str, str, compose.Letter]]:
    """Every message: to whom, in which language, and its words."""
    context = playing.context
    asked = select(MAIL.c.message, MAIL.c.locale, MAIL_PRIVATE.c.address, MAIL_PRIVATE.c["values"].label("filling"))
    found = await rows(context, asked.join(MAIL_PRIVATE, MAIL_PRIVATE.c.mail_id == MAIL.c.id).order_by(MAIL.c.id))
    made = []
    for row in found:
        values = json.loads(row.filling)
        values |= letters.fill(context, values) if row.message == letters.ASKED else {}
        made.append((row.address, row.locale, compose.write(context.settings, row.message, row.locale, values)))
    return made


async def last(playing: Play) -> compose.Letter:
    """The last of them."""
    return (await sent(playing))[-1][2]


async def test_a_change_that_was_made_is_told_with_what_the_order_is_now(playing: Play) -> None:
    await playing.pushed(await playing.confirmed(Swap(line="L2", variant="s")))
    ((to, locale, letter),) = await sent(playing)
    assert (to, locale, letter.subject) == ("ada@example.com", "en", "Your order #1 was changed")
    for words in ("1 × T-shirt, L → S", "2 × T-shirt, M", "Total: €65.00", "You get back: €3.00", "/orders/"):
        assert words in letter.text
    assert "Total: €65.00" in letter.html


async def test_what_is_due_is_told_with_where_to_pay(playing: Play) -> None:
    await playing.pushed(await playing.confirmed(Quantity(line="L2", quantity=2)))
    letter = await last(playing)
    assert "T-shirt, L: 1 → 2" in letter.text
    assert "Still to pay: €23.00" in letter.text
    assert "https://pay.example/1" in letter.text
    assert 'href="https://pay.example/1"' in letter.html


async def test_items_that_the_customer_cancelled_are_struck_and_the_summary_is_anew(playing: Play) -> None:
    rule = Rule(Verdict.ALLOWED, fee=Fee(flat={"EUR": 250}))
    playing.policies.policy = Policy(dict.fromkeys(Action, rule))
    await playing.pushed(await playing.confirmed(CancelLine(line="L1", quantity=1)))
    letter = await last(playing)
    assert letter.subject == "Items of your order #1 are cancelled"
    assert "As you asked, these items of your order #1 are cancelled:\n\n- 1 × T-shirt, M\n" in letter.text
    assert "The order is now:\n\n- 1 × T-shirt, M\n- 1 × T-shirt, L\n" in letter.text
    assert "Total: €50.50\nFee kept back: €2.50\nYou get back: €17.50" in letter.text
    assert "<s>1 × T-shirt" in letter.html


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("sold_in_store", "already been sold in our shop"),
        ("out_of_stock", "no longer in stock"),
        ("payment", "did not go through"),
        ("fraud", "could not be confirmed"),
        ("other", "cannot deliver"),
    ],
)
async def test_a_whole_order_that_the_shop_cancels_is_apologised_for_with_the_reason(
    playing: Play, reason: str, words: str
) -> None:
    await playing.pushed(await playing.confirmed(CancelWhole.model_validate({"reason": reason}), STAFF), wait=0)
    letter = await last(playing)
    assert letter.subject == "Your order #1 is cancelled"
    assert "We are sorry: we had to cancel your order #1." in letter.text
    assert words in letter.text
    assert "2 × T-shirt, M" in letter.text
    assert "You get back: €68.00" in letter.text


async def test_a_whole_order_that_the_customer_cancels_is_not_apologised_for(playing: Play) -> None:
    await playing.pushed(await playing.confirmed(CancelWhole()))
    letter = await last(playing)
    assert "As you asked, your order #1 is cancelled." in letter.text
    assert "sorry" not in letter.text


async def test_items_that_the_shop_cancels_are_apologised_for(playing: Play) -> None:
    await playing.pushed(await playing.confirmed(CancelLine(line="L2", quantity=1), STAFF), wait=0)
    assert "We are sorry: we had to cancel these items of your order #1:" in (await last(playing)).text


@pytest.mark.parametrize(
    ("command", "words"),
    [(ADDRESS, "goes to the new address"), (Instructions(text="behind the heron"), "were passed on")],
)
async def test_an_address_and_wishes_are_confirmed_and_not_repeated(
    playing: Play, command: Command, words: str
) -> None:
    await playing.pushed(await playing.confirmed(command))
    letter = await last(playing)
    assert words in letter.text
    for personal in ("Sparrow", "Wren", "heron"):
        assert personal not in letter.text + letter.html


async def test_a_race_that_was_lost_is_explained_with_what_can_be_done(playing: Play) -> None:
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    playing.platform.ship("1", "L1", 2)
    await playing.pushed(edit)
    letter = await last(playing)
    assert letter.subject == "Your order #1 could not be changed"
    assert "already being sent" in letter.text
    assert "Your order stays as it was." in letter.text
    assert "can be sent back" in letter.text


async def test_the_shop_is_asked_with_nothing_personal_and_a_time(playing: Play, clock: ManualClock) -> None:
    playing.policies.policy = ASKS
    edit = await playing.confirmed(ADDRESS)
    assert edit.state is EditState.REQUESTED
    ((to, _, letter),) = await sent(playing)
    assert (to, letter.subject) == (SHOP, "Order #1: a customer asks for a change")
    assert "Another delivery address" in letter.text
    assert "before Sunday 22 November, 11:00" in letter.text
    assert f"/staff/orders/{(await playing.stored()).ref}" in letter.text
    for personal in ("Sparrow", "Wren", "Ada", "example.com", "rue des"):
        assert personal not in letter.text.replace(SHOP, "")


async def test_a_shop_without_a_mailbox_is_asked_on_its_pages_alone(context: Context) -> None:
    found = play(context)
    await found.take_in()
    found.policies.policy = ASKS
    await found.confirmed(ADDRESS)
    assert await found.mails() == []


async def test_a_no_is_told_with_the_shops_word(playing: Play) -> None:
    playing.policies.policy = ASKS
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    await decline(playing.engine, 1, edit.ref, STAFF, "S is sold out,\r\nbut we have XS.")
    letter = await last(playing)
    assert letter.subject == "Your order #1: the shop did not agree to the change"
    assert "Atelier Lune writes:" in letter.text
    assert "S is sold out, but we have XS." in letter.text


async def test_nobody_is_left_waiting(playing: Play, clock: ManualClock) -> None:
    playing.policies.policy = ASKS
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    await expire(playing.engine, edit.id)
    assert (await playing.now(edit)).state is EditState.REQUESTED
    clock.advance(timedelta(hours=48))
    await expire(playing.engine, edit.id)
    assert (await playing.now(edit)).state is EditState.EXPIRED
    assert "Nobody at the shop has answered in time." in (await last(playing)).text


async def test_what_is_stuck_is_told_to_the_shop_alone_and_its_end_to_the_customer(playing: Play) -> None:
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    playing.before = unreachable("edit", times=99)
    for _ in range(20):
        edit = await playing.pushed(edit, wait=400)
    ((to, _, letter),) = await sent(playing)
    assert (to, letter.subject) == (SHOP, "Order #1: a change needs somebody to look at it")
    assert "did not say whether it made the change" in letter.text
    await send_again(playing.engine, 1, edit.ref, STAFF)
    for _ in range(20):
        edit = await playing.pushed(edit, wait=400)
    assert len(await sent(playing)) == 2  # stuck again is told again
    await settle_by_hand(playing.engine, 1, edit.ref, STAFF, made=True)
    assert (await sent(playing))[-1][0] == "ada@example.com"


async def test_what_was_taken_back_needs_no_message(playing: Play) -> None:
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    await undo(playing.engine, 1, edit.ref, ADA)
    assert await sent(playing) == []


async def test_in_the_customers_language(playing: Play) -> None:
    draft = await playing.previewed(Swap(line="L2", variant="s"), locale="fr")
    edit = await confirm(playing.engine, 1, draft.ref, ADA)
    assert isinstance(edit, EditView)
    await playing.pushed(edit)
    ((_, locale, letter),) = await sent(playing)
    assert (locale, letter.subject) == ("fr", "Votre commande #1 a été modifiée")


async def test_in_the_orders_language_where_nobody_says_another(context: Context) -> None:
    found = play(context, locale="de-DE")
    await found.take_in()
    await found.pushed(await found.confirmed(CancelWhole()))
    assert (await sent(found))[0][2].subject == "Ihre Bestellung #1 ist storniert"


async def test_an_order_without_an_address_is_changed_all_the_same(context: Context) -> None:
    found = play(context)
    found.platform.orders["1"]["email"] = None
    await found.take_in()
    assert (await found.pushed(await found.confirmed(CancelWhole()))).state is EditState.APPLIED
    assert await sent(found) == []


async def test_names_of_products_break_no_line(context: Context) -> None:
    found = play(context)
    told = found.platform.call

    def hostile(name: str, **given: object) -> object:
        answer = told(name, **given)
        if name == "order":
            answer["lines"][0]["title"] = "Tee\r\n\r\nTotal: €0 <b>x</b>"
        return answer

    found.platform.call = hostile  # type: ignore[method-assign]  # the shop's own words
    await found.take_in()
    await found.pushed(await found.confirmed(CancelLine(line="L1", quantity=1)))
    letter = await last(found)
    assert "1 × Tee Total: €0 <b>x</b>, M" in letter.text
    assert "<b>x</b>" not in letter.html


async def test_a_yes_sends_it_at_once(playing: Play) -> None:
    playing.policies.policy = ASKS
    edit = await playing.confirmed(Swap(line="L1", variant="s"))
    await accept(playing.engine, 1, edit.ref, STAFF, "With pleasure")
    edit = await playing.pushed(edit, wait=0)
    assert edit.state is EditState.APPLIED
    assert "With pleasure" in (await last(playing)).text
