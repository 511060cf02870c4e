"""From a preview to a confirmed edit, and back: what was seen is what is made, once, and one at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.context import Context, opened
from portal.editing import codes
from portal.editing.answers import Action, Code, EditState, Verdict
from portal.editing.commands import CancelLine, CancelWhole, Instructions, Quantity, Swap
from portal.editing.confirm import confirm, undo
from portal.editing.look import choices, edit_of, look
from portal.editing.models import EDIT
from portal.editing.policy.rules import Fee, Policy, Rule
from portal.editing.preview import preview
from portal.editing.queue import PUSH
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import NotThere, Refused
from portal.kit.jobs import JOB
from tests.editing.play import ADA, ASKS, NOTHING, STAFF, Play, begun, refused, unreachable
from tests.support.context import kinds, rows, settings_on

SWAP = Swap(line="L1", variant="s", quantity=1)
MINUTE = timedelta(minutes=1)
PLACED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # every order of the model platform


async def test_a_preview_says_what_it_comes_to_and_changes_nothing(any_context: Context) -> None:
    playing = await begun(any_context)
    before = playing.platform.call("order", order_id="1")
    draft = await playing.previewed(Swap(line="L2", variant="s"))
    assert (draft.state, draft.verdict, draft.action) == (EditState.DRAFT, Verdict.ALLOWED, Action.SWAP)
    assert draft.quote is not None
    assert (draft.quote.before.total.shop, draft.quote.after.total.shop, draft.quote.due.shop) == (6800, 6500, -300)
    (item,) = draft.touched
    assert (item.title, item.options, item.before, item.after, item.units, item.becomes) == (
        "T-shirt", "L", 1, 0, 1, "S"
    )  # fmt: skip
    assert playing.platform.call("order", order_id="1") == before
    assert await playing.log() == []
    assert (await look(playing.engine, 1)).open is None
    assert await edit_of(playing.engine, 1, draft.ref) == draft


async def test_what_is_confirmed_waits_to_be_undone_and_says_until_when(
    any_context: Context, clock: ManualClock
) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    assert edit.state is EditState.PENDING
    assert edit.undo_until == clock.now() + timedelta(seconds=30)
    found = await look(playing.engine, 1)
    assert found.open == edit
    assert found.answers.lines["L2"][Action.SWAP].code is Code.EDIT_OPEN
    (job,) = await rows(any_context, select(JOB).where(JOB.c.kind == PUSH))
    assert job.due_at == edit.undo_until
    assert (await kinds(any_context, "order:1"))[-1] == "edit.changed"
    assert await playing.log() == [("draft", "pending", "person")]


async def test_undone_in_time_nothing_is_ever_sent(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    back = await undo(playing.engine, 1, edit.ref, ADA)
    assert isinstance(back, EditView)
    assert (back.state, back.code) == (EditState.UNDONE, codes.WITHDRAWN)
    assert await undo(playing.engine, 1, edit.ref, ADA) == back
    playing.calls.clear()
    assert await playing.pushed(edit) == back
    assert playing.calls == []
    assert await playing.mails() == []
    assert (await look(playing.engine, 1)).open is None


async def test_what_was_sent_cannot_be_undone(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    await playing.pushed(edit)
    assert refused(await undo(playing.engine, 1, edit.ref, ADA)) == codes.TOO_LATE


async def test_confirming_twice_is_confirming_once(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    one, other = await asyncio.gather(
        confirm(playing.engine, 1, draft.ref, ADA), confirm(playing.engine, 1, draft.ref, ADA)
    )
    assert one == other
    clock.advance(MINUTE)
    assert await confirm(playing.engine, 1, draft.ref, ADA) == one
    assert await playing.log() == [("draft", "pending", "person")]
    assert len(await rows(any_context, select(JOB).where(JOB.c.kind == PUSH))) == 1


async def test_of_two_drafts_the_one_that_is_confirmed_first_wins(any_context: Context) -> None:
    playing = await begun(any_context)
    first, second = await playing.previewed(SWAP), await playing.previewed(Quantity(line="L2", quantity=2))
    found = await asyncio.gather(*(confirm(playing.engine, 1, draft.ref, ADA) for draft in (first, second)))
    (won,) = [one for one in found if isinstance(one, EditView)]
    (lost,) = [one for one in found if isinstance(one, Refusal)]
    assert lost.code == codes.EDIT_OPEN
    assert sorted(await playing.states()) == [EditState.DRAFT, EditState.PENDING]
    assert refused(await preview(playing.engine, 1, SWAP, ADA)) == codes.EDIT_OPEN
    await playing.pushed(won)
    assert isinstance(await preview(playing.engine, 1, SWAP, ADA), EditView)


@pytest.mark.postgres
async def test_two_browsers_at_two_processes_make_one_edit(tables_url: str, clock: ManualClock) -> None:
    settings = settings_on(tables_url)
    async with opened(settings, clock=clock, accounts={}) as one, opened(settings, clock=clock, accounts={}) as other:
        here = await begun(one)
        there = Play(other, here.platform)
        for _ in range(10):
            drafts = [await here.previewed(SWAP), await there.previewed(Quantity(line="L2", quantity=2))]
            found = await asyncio.gather(
                *(confirm(p.engine, 1, draft.ref, ADA) for p, draft in zip((here, there), drafts, strict=True))
            )
            (won,) = [edit for edit in found if isinstance(edit, EditView)]
            assert [lost.code for lost in found if isinstance(lost, Refusal)] == [codes.EDIT_OPEN]
            await undo(here.engine, 1, won.ref, ADA)


async def test_the_database_itself_lets_one_edit_of_an_order_be_open(any_context: Context) -> None:
    playing = await begun(any_context)
    await playing.confirmed(SWAP)
    async with any_context.db.read() as reader:
        (row,) = await reader.rows(select(EDIT))

    async def unit(tx: Tx) -> None:
        await tx.run(EDIT.insert().values(**{**row._asdict(), "id": None, "ref": "f" * 16}))

    with pytest.raises(DBAPIError):
        await any_context.db.write(unit)


async def test_a_form_that_is_sent_twice_makes_one_draft(any_context: Context) -> None:
    playing = await begun(any_context)
    key = "from-the-form"
    found = await asyncio.gather(*(preview(playing.engine, 1, SWAP, ADA, client_key=key) for _ in range(3)))
    assert len({draft.ref for draft in found if isinstance(draft, EditView)}) == 1
    assert len(await playing.states()) == 1
    other = Quantity(line="L2", quantity=2)
    assert refused(await preview(playing.engine, 1, other, ADA, client_key=key)) == codes.OTHER
    edit = await confirm(playing.engine, 1, found[0].ref, ADA)  # type: ignore[union-attr]  # all are drafts
    assert await preview(playing.engine, 1, SWAP, ADA, client_key=key) == edit


async def test_what_changed_since_it_was_shown_is_not_confirmed(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    playing.platform.call("edit", order_id="1", key="x", version=1, refund=0, fee=0,
                          steps=[{"do": "set", "line": "L1", "units": 1}])  # fmt: skip
    await playing.take_in()
    assert refused(await confirm(playing.engine, 1, draft.ref, ADA)) == codes.CHANGED
    again = await playing.previewed(SWAP)
    assert isinstance(await confirm(playing.engine, 1, again.ref, ADA), EditView)


async def test_what_does_not_concern_the_change_does_not_matter(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    assert playing.platform.ship("1", "L2", 1)
    await playing.take_in()
    assert isinstance(await confirm(playing.engine, 1, draft.ref, ADA), EditView)


async def test_what_has_left_meanwhile_is_not_confirmed(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    assert playing.platform.ship("1", "L1", 2)
    await playing.take_in()
    assert refused(await confirm(playing.engine, 1, draft.ref, ADA)) == Code.SHIPPED


async def test_a_preview_that_is_too_old_is_made_anew(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    clock.advance(timedelta(minutes=15))
    assert refused(await confirm(playing.engine, 1, draft.ref, ADA)) == codes.EXPIRED


async def test_what_the_policy_says_at_the_moment_of_confirming_counts(
    any_context: Context, clock: ManualClock
) -> None:
    playing = await begun(any_context)
    soon = clock.now() + 5 * MINUTE
    hour = Rule(Verdict.ALLOWED, window=soon - PLACED, afterwards=Verdict.NO)
    playing.policies.policy = Policy(dict.fromkeys(Action, hour))
    draft = await playing.previewed(SWAP)
    clock.advance(6 * MINUTE)
    found = await confirm(playing.engine, 1, draft.ref, ADA)
    assert refused(found) == Code.WINDOW_OVER
    playing.policies.policy = ASKS
    assert refused(await confirm(playing.engine, 1, draft.ref, ADA)) == codes.CHANGED


async def test_a_fee_that_has_come_is_shown_before_it_is_taken(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    free = clock.now() + MINUTE - PLACED
    rule = Rule(Verdict.ALLOWED, fee=Fee(flat={"EUR": 250}, free_for=free))
    playing.policies.policy = Policy(dict.fromkeys(Action, rule))
    draft = await playing.previewed(CancelLine(line="L2", quantity=1))
    assert draft.quote is not None
    assert (draft.fee.shop, draft.quote.due.shop) == (None, -2300) or draft.fee.shop == 0
    clock.advance(2 * MINUTE)
    assert refused(await confirm(playing.engine, 1, draft.ref, ADA)) == codes.CHANGED
    again = await playing.previewed(CancelLine(line="L2", quantity=1))
    assert again.quote is not None
    assert (again.fee.shop, again.quote.due.shop) == (250, -2050)


async def test_what_the_policy_forbids_is_not_previewed_and_says_why(any_context: Context) -> None:
    playing = await begun(any_context)
    playing.policies.policy = NOTHING
    found = await preview(playing.engine, 1, SWAP, ADA)
    assert isinstance(found, Refusal)
    assert (found.code, found.answer and found.answer.verdict) == (Code.POLICY, Verdict.NO)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Swap(line="L9", variant="s"), Code.NOT_THERE),
        (Swap(line="L1", variant="m"), Code.NOTHING_NEW),
        (Swap(line="L1", variant="xxl"), Code.UNAVAILABLE),
        (Swap(line="L1", variant="s", quantity=3), Code.TOO_MANY),
        (Quantity(line="L1", quantity=2), Code.NOTHING_NEW),
        (CancelLine(line="L1", quantity=3), Code.TOO_MANY),
    ],
)
async def test_wishes_that_cannot_be_had(context: Context, command: Swap, code: Code) -> None:
    playing = await begun(context)
    assert refused(await preview(playing.engine, 1, command, ADA)) == code


async def test_a_platform_that_does_not_answer_is_no_answer(any_context: Context) -> None:
    playing = await begun(any_context)
    playing.before = unreachable("order")
    assert refused(await preview(playing.engine, 1, SWAP, ADA)) == codes.UNREACHABLE
    del playing.platform.orders["1"]
    assert refused(await preview(playing.engine, 1, SWAP, ADA)) == codes.GONE


async def test_orders_and_edits_of_others_are_not_there(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(SWAP)
    with pytest.raises(NotThere):
        await preview(playing.engine, 2, SWAP, ADA)
    for act in (confirm, undo):
        with pytest.raises(NotThere):
            await act(playing.engine, 2, draft.ref, ADA)
        with pytest.raises(NotThere):
            await act(playing.engine, 1, "0" * 16, ADA)
    with pytest.raises(NotThere):
        await look(playing.engine, 2)
    with pytest.raises(NotThere):
        await edit_of(playing.engine, 2, draft.ref)


async def test_what_the_shop_began_is_not_the_customers_to_confirm(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await playing.previewed(CancelWhole(reason="fraud"), STAFF)
    with pytest.raises(NotThere):
        await confirm(playing.engine, 1, draft.ref, ADA)


async def test_why_an_order_is_cancelled_is_not_the_customers_to_say(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(CancelWhole(reason="sold_in_store"))
    await playing.pushed(edit)
    assert playing.platform.orders["1"]["reason"] == "customer"


async def test_previews_are_limited(context: Context) -> None:
    playing = await begun(context)
    for _ in range(60):
        await playing.previewed(Instructions(text="Ring twice"))
    with pytest.raises(Refused):
        await preview(playing.engine, 1, Instructions(text="Ring twice"), ADA)


async def test_what_a_line_can_become_is_asked_of_the_platform(context: Context) -> None:
    playing = await begun(context)
    found = await choices(playing.engine, 1, "L1")
    assert not isinstance(found, Refusal)
    assert [variant.id for variant in found] == ["s", "l"]
    assert await choices(playing.engine, 1, "L9") == Refusal("not_there")
    assert await choices(playing.unconnected, 1, "L1") == Refusal("unsupported")


async def test_the_log_cannot_be_changed(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP, Who("person", 1))
    await playing.pushed(edit)
    for statement in (
        "UPDATE edit_log SET became = 'undone'",
        "DELETE FROM edit_log",
        "UPDATE edit_log_private SET after = '{}'",
        "DELETE FROM edit",
    ):

        async def unit(tx: Tx, statement: str = statement) -> None:
            await tx.run(text(statement))

        with pytest.raises(DBAPIError):
            await any_context.db.write(unit)
    assert len(await playing.log()) == 3
