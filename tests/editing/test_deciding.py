"""What only the shop can say: yes, no, and what became of what is stuck."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.editing import codes
from portal.editing.answers import Code, EditState, Verdict
from portal.editing.commands import CancelLine, CancelWhole, Quantity, Swap
from portal.editing.confirm import confirm, undo
from portal.editing.decide import accept, decline, expire, send_again, settle_by_hand
from portal.editing.engine import Engine
from portal.editing.policy.rules import Policy
from portal.editing.preview import preview
from portal.editing.private import EDIT_LOG_PRIVATE
from portal.editing.queue import EXPIRE
from portal.editing.values import EditView
from portal.kit.clock import ManualClock
from portal.kit.errors import NotThere
from portal.kit.jobs import JOB
from portal.platforms.changes import Can, Edit, NotApplied, Quote
from portal.platforms.neutral import NeutralOrder
from tests.editing.play import ADA, ASKS, EVERYTHING, NOTHING, STAFF, Play, begun, refused, units, unreachable
from tests.support.context import rows
from tests.support.model_shop import ALL, ModelShop, OneShop

SWAP = Swap(line="L1", variant="s", quantity=1)


@pytest.fixture
async def asking(any_context: Context) -> Play:
    """Order 1 of a shop that wants to be asked."""
    playing = await begun(any_context)
    playing.policies.policy = ASKS
    return playing


async def test_a_request_waits_for_the_shop_and_changes_nothing(asking: Play, clock: ManualClock) -> None:
    draft = await asking.previewed(SWAP)
    assert (draft.verdict, draft.quote is not None) == (Verdict.ASK, True)
    edit = await confirm(asking.engine, 1, draft.ref, ADA)
    assert isinstance(edit, EditView)
    assert (edit.state, edit.expires_at) == (EditState.REQUESTED, clock.now() + timedelta(hours=48))
    (job,) = await rows(asking.context, select(JOB).where(JOB.c.kind == EXPIRE))
    assert job.due_at == edit.expires_at
    assert await asking.pushed(edit) == edit
    assert asking.platform.made.total() == 0
    assert refused(await preview(asking.engine, 1, SWAP, ADA)) == codes.EDIT_OPEN


async def test_a_yes_makes_it_at_once_and_once(asking: Play) -> None:
    edit = await asking.confirmed(SWAP)
    found = await asyncio.gather(*(accept(asking.engine, 1, edit.ref, STAFF) for _ in range(3)))
    assert {one.state for one in found if isinstance(one, EditView)} == {EditState.PENDING}
    assert (await asking.pushed(edit, wait=0)).state is EditState.APPLIED
    assert isinstance(await accept(asking.engine, 1, edit.ref, STAFF), EditView)
    assert list(asking.platform.made.values()) == [1]
    assert await asking.log() == [
        ("draft", "requested", "person"),
        ("requested", "pending", "staff"),
        ("pending", "sending", "clock"),
        ("sending", "applied", "clock"),
    ]
    assert (await rows(asking.context, select(EDIT_LOG_PRIVATE)))[0].staff == "Bo at the counter"


async def test_a_no_is_final(asking: Play) -> None:
    edit = await asking.confirmed(SWAP)
    no = await decline(asking.engine, 1, edit.ref, STAFF, " S is sold out. ")
    assert isinstance(no, EditView)
    assert (no.state, no.note) == (EditState.DECLINED, "S is sold out.")
    assert await decline(asking.engine, 1, edit.ref, STAFF) == no
    assert refused(await accept(asking.engine, 1, edit.ref, STAFF)) == codes.TOO_LATE
    assert refused(await undo(asking.engine, 1, edit.ref, ADA)) == codes.TOO_LATE
    assert isinstance(await asking.confirmed(SWAP), EditView)  # there is room for another wish


async def test_a_request_can_be_taken_back(asking: Play, clock: ManualClock) -> None:
    edit = await asking.confirmed(SWAP)
    back = await undo(asking.engine, 1, edit.ref, ADA)
    assert isinstance(back, EditView)
    assert back.state is EditState.UNDONE
    assert refused(await accept(asking.engine, 1, edit.ref, STAFF)) == codes.TOO_LATE
    clock.advance(timedelta(hours=48))
    await expire(asking.engine, edit.id)
    assert await asking.now(edit) == back


async def test_a_yes_and_a_taking_back_are_one_or_the_other(asking: Play) -> None:
    edit = await asking.confirmed(SWAP)
    await asyncio.gather(accept(asking.engine, 1, edit.ref, STAFF), undo(asking.engine, 1, edit.ref, ADA))
    edit = await asking.pushed(edit)
    assert (edit.state, asking.platform.made.total()) in ((EditState.UNDONE, 0), (EditState.APPLIED, 1))


async def test_a_yes_to_what_has_left_meanwhile_makes_nothing(asking: Play) -> None:
    edit = await asking.confirmed(Swap(line="L1", variant="s", quantity=2))
    asking.platform.ship("1", "L1", 1)
    await accept(asking.engine, 1, edit.ref, STAFF)
    edit = await asking.pushed(edit, wait=0)
    assert (edit.state, edit.code) == (EditState.REFUSED, codes.SHIPPED)


async def test_what_a_platform_cannot_do_is_asked_and_made_by_hand(any_context: Context) -> None:
    playing = await begun(any_context)
    playing.can = ALL - {Can.SWAP}
    draft = await playing.previewed(SWAP)
    assert (draft.verdict, draft.code, draft.quote) == (Verdict.ASK, Code.PLATFORM, None)
    edit = await playing.confirmed(SWAP)
    done = await accept(playing.engine, 1, edit.ref, STAFF)
    assert isinstance(done, EditView)
    assert (done.state, done.code) == (EditState.APPLIED, codes.BY_HAND)
    assert await accept(playing.engine, 1, edit.ref, STAFF) == done
    assert playing.platform.made.total() == 0


class Unable(ModelShop):
    """A platform that can do all, but nothing of it to this order."""

    async def quote(self, _order: NeutralOrder, _edit: Edit) -> Quote | NotApplied:
        return NotApplied("unsupported")


@pytest.mark.parametrize("policy", [EVERYTHING, ASKS])
async def test_what_a_platform_cannot_do_to_this_order_is_asked_and_made_by_hand(
    any_context: Context, policy: Policy
) -> None:
    playing = await begun(any_context)
    playing.policies.policy = policy
    engine = Engine(any_context, OneShop(Unable(playing.call, playing.platform.kind)), playing.policies)
    draft = await preview(engine, 1, SWAP, ADA)
    assert isinstance(draft, EditView)
    assert (draft.verdict, draft.code, draft.quote) == (Verdict.ASK, Code.PLATFORM, None)
    edit = await confirm(engine, 1, draft.ref, ADA)
    assert isinstance(edit, EditView)
    assert edit.state is EditState.REQUESTED
    done = await accept(engine, 1, edit.ref, STAFF)
    assert isinstance(done, EditView)
    assert (done.state, done.code) == (EditState.APPLIED, codes.BY_HAND)
    assert playing.platform.made.total() == 0
    assert refused(await preview(engine, 1, CancelWhole(), STAFF)) == "unsupported"


async def test_what_became_forbidden_is_not_asked_for(any_context: Context) -> None:
    playing = await begun(any_context)
    engine = Engine(any_context, OneShop(Unable(playing.call, playing.platform.kind)), playing.policies)
    draft = await preview(engine, 1, SWAP, ADA)
    assert isinstance(draft, EditView)
    playing.policies.policy = NOTHING
    assert refused(await confirm(engine, 1, draft.ref, ADA)) == Code.POLICY


async def test_an_order_of_no_connected_shop_can_be_asked_about(any_context: Context) -> None:
    playing = await begun(any_context)
    draft = await preview(playing.unconnected, 1, CancelWhole(), ADA)
    assert isinstance(draft, EditView)
    assert (draft.verdict, draft.code) == (Verdict.ASK, Code.PLATFORM)
    assert refused(await preview(playing.unconnected, 1, CancelWhole(), STAFF)) == "unsupported"


async def test_what_is_stuck_is_sent_again_and_found_to_be_made(asking: Play) -> None:
    asking.policies.policy = EVERYTHING
    edit = await asking.confirmed(SWAP)
    asking.after = unreachable("edit", times=1)
    await asking.pushed(edit)
    asking.before = unreachable("known", times=99)
    for _ in range(20):
        edit = await asking.pushed(edit, wait=400)
    assert (edit.state, edit.code) == (EditState.STUCK, codes.UNCERTAIN)
    asking.before = unreachable()
    again = await send_again(asking.engine, 1, edit.ref, STAFF)
    assert isinstance(again, EditView)
    assert (await asking.pushed(edit, wait=0)).state is EditState.APPLIED
    assert list(asking.platform.made.values()) == [1]
    assert refused(await send_again(asking.engine, 1, edit.ref, STAFF)) == codes.TOO_LATE


@pytest.mark.parametrize(("made", "state"), [(True, EditState.APPLIED), (False, EditState.REFUSED)])
async def test_who_looked_says_what_became_of_it(asking: Play, made: bool, state: EditState) -> None:
    asking.policies.policy = EVERYTHING
    edit = await asking.confirmed(SWAP)
    assert refused(await settle_by_hand(asking.engine, 1, edit.ref, STAFF, made=made)) == codes.TOO_LATE
    asking.before = unreachable("order", times=99)
    for _ in range(20):
        edit = await asking.pushed(edit, wait=400)
    found = await settle_by_hand(asking.engine, 1, edit.ref, STAFF, made=made)
    assert isinstance(found, EditView)
    assert (found.state, found.code) == (state, codes.BY_HAND)
    asking.before = unreachable()
    assert isinstance(await asking.previewed(Quantity(line="L2", quantity=2)), EditView)


async def test_drafts_and_others_requests_are_not_there_to_decide(asking: Play) -> None:
    draft = await asking.previewed(SWAP)
    for act in (accept, decline, send_again):
        for order_id, ref in ((1, draft.ref), (2, draft.ref), (1, "0" * 16)):
            with pytest.raises(NotThere):
                await act(asking.engine, order_id, ref, STAFF)


async def test_the_shop_takes_back_what_is_being_prepared_and_customers_do_not(any_context: Context) -> None:
    playing = await begun(any_context)
    told = playing.platform.call

    def preparing(name: str, **given: object) -> object:
        answer = told(name, **given)
        if name == "order":
            answer["deliveries"][0]["state"] = "in_progress"
        return answer

    playing.platform.call = preparing  # type: ignore[method-assign]  # the warehouse has begun
    await playing.take_in()
    found = await preview(playing.engine, 1, CancelLine(line="L1", quantity=1), ADA)
    assert isinstance(found, EditView)
    assert (found.verdict, found.code) == (Verdict.ASK, Code.PREPARING)
    edit = await playing.confirmed(CancelLine(line="L1", quantity=1), STAFF)
    assert (await playing.pushed(edit, wait=0)).state is EditState.APPLIED
    assert units(playing)["L1"] == 1
