"""Who may change an order, and what stays of edits when their order is erased or grows old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.editing import rights
from portal.editing.answers import EditState
from portal.editing.commands import NewAddress, Swap
from portal.editing.models import EDIT, EDIT_HOLD, EDIT_LOG
from portal.editing.private import EDIT_LOG_PRIVATE, EDIT_PRIVATE
from portal.editing.push import push
from portal.editing.retention import delete_old_drafts
from portal.editing.who import Who, acting, looking
from portal.kit.clock import ManualClock
from portal.kit.errors import NotThere, Refused
from portal.orders import rights as order_rights
from portal.orders.access import Access
from portal.orders.queries import Version
from portal.whose import Whose
from tests.editing.play import STAFF, Play, begun, unreachable
from tests.support.context import rows

ADDRESS = NewAddress(name="Ada Exemple", line1="9 quai Nord", city="Lyon", postcode="69002", country="FR")
PERSON = Access(1, "0" * 16, None, Version(0, None), 1, "person", may_act=True, person_id=7)
WHOSE = Whose(None, (1,))


def test_the_person_may_look_and_with_a_fresh_proof_act() -> None:
    assert looking(PERSON) == acting(PERSON) == Who("person", 7)
    stale = replace(PERSON, may_act=False)
    assert looking(stale) == Who("person", 7)
    with pytest.raises(Refused) as refused:
        acting(stale)
    assert refused.value.status == 403


@pytest.mark.parametrize("access", [replace(PERSON, how="link"), replace(PERSON, person_id=None)])
def test_a_browser_with_a_link_alone_finds_nothing_to_change(access: Access) -> None:
    for may in (looking, acting):
        with pytest.raises(NotThere):
            may(access)


async def erased(context: Context) -> None:
    """Erase order 1, as every slice does it."""
    now = context.clock.now()

    async def unit(tx: object) -> None:
        await order_rights.erase(tx, now, WHOSE)  # type: ignore[arg-type]  # a transaction
        await rights.erase(tx, now, WHOSE)  # type: ignore[arg-type]  # as above

    await context.db.write(unit)


async def test_erasing_leaves_the_steps_and_nothing_of_what_they_were_about(any_context: Context) -> None:
    playing = await begun(any_context)
    await playing.pushed(await playing.confirmed(ADDRESS))
    await playing.pushed(await playing.confirmed(Swap(line="L1", variant="s"), STAFF), wait=0)
    await playing.previewed(Swap(line="L1", variant="s"))
    steps = await playing.log()
    await erased(any_context)
    for table in (EDIT_PRIVATE, EDIT_LOG_PRIVATE, EDIT_HOLD):
        assert await rows(any_context, select(table)) == []
    assert await playing.log() == steps
    kept = await rows(any_context, select(EDIT))
    assert [(row.action, row.state, row.person, row.stake) for row in kept] == [
        ("address", "applied", None, ""),
        ("swap", "applied", None, ""),
    ]


@pytest.mark.parametrize("sent", [False, True])
async def test_an_edit_under_way_is_not_sent_any_more(any_context: Context, clock: ManualClock, sent: bool) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(ADDRESS)
    if sent:
        await _asked_for_in_vain(playing)
    await erased(any_context)
    assert await playing.states() == [EditState.STUCK if sent else EditState.UNDONE]
    playing.calls.clear()
    clock.advance(timedelta(hours=1))
    await push(playing.engine, edit.id)
    assert playing.calls == []


async def _asked_for_in_vain(playing: Play) -> None:
    playing.before = unreachable("edit")
    clock = playing.context.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(seconds=30))
    await push(playing.engine, 1)


async def test_everything_is_shown_to_the_person(any_context: Context) -> None:
    playing = await begun(any_context)
    await playing.pushed(await playing.confirmed(ADDRESS))
    async with any_context.db.read() as reader:
        (change,) = (await rights.export_of(reader, WHOSE))["changes"]
        assert (await rights.export_of(reader, Whose(None, (2,))))["changes"] == []
    assert (change["action"], change["state"], change["document"]["address"]["line1"]) == (
        "address", "applied", "9 quai Nord"
    )  # fmt: skip
    assert [step["state"] for step in change["steps"]] == ["pending", "sending", "applied"]
    assert "3 rue des Lilas" in change["steps"][-1]["before"]


async def test_previews_that_came_to_nothing_go_after_a_day(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    await playing.previewed(ADDRESS)
    await playing.pushed(await playing.confirmed(Swap(line="L1", variant="s")))
    await playing.previewed(ADDRESS)
    clock.advance(timedelta(hours=23))
    await any_context.db.write(lambda tx: delete_old_drafts(tx, clock.now()))
    assert len(await playing.states()) == 3
    clock.advance(timedelta(hours=2))
    await any_context.db.write(lambda tx: delete_old_drafts(tx, clock.now()))
    assert await playing.states() == [EditState.APPLIED]
    assert len(await rows(any_context, select(EDIT_PRIVATE))) == 1
    assert len(await rows(any_context, select(EDIT_LOG))) == 3
