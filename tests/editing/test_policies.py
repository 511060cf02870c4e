"""Published policies: the newest is in force, everywhere, at once, and none is ever changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable

from portal.context import Context
from portal.editing import policies
from portal.editing.answers import Action, Verdict
from portal.editing.models import POLICY_VERSION
from portal.editing.policies import Policies, Published
from portal.editing.policy.reading import Format
from portal.editing.ruling import Ruling
from portal.kit.clock import ManualClock
from portal.kit.db import Question, Reader, Tx
from portal.kit.prepared import Values
from portal.platforms.changes import Can
from tests.editing.samples import PLACED, order
from tests.support.context import NOW, kinds

REFUSING = 'schema = "policy/1"\n[swap]\nverdict = "no"  # because\n'
ASKING = "schema: policy/1\nswap: {verdict: ask}\n"


async def published(context: Context, text: str, format_: Format = "toml", note: str = "") -> Published | None:
    async def unit(tx: Tx) -> Published | None:
        return await policies.publish(tx, context.clock.now(), text, format_, "Noor", note)

    return await context.db.write(unit)


async def in_force(context: Context, known: Policies) -> Ruling:
    async with context.db.read() as reader:
        return await known.in_force(reader)


def swap(ruling: Ruling) -> Verdict:
    return ruling.answers(order(), frozenset(Can), PLACED).order[Action.SWAP].verdict


async def test_before_anything_was_published_the_standard_policy_is_in_force(any_context: Context) -> None:
    async with any_context.db.read() as reader:
        found = await policies.current(reader)
        assert (found.number, found.version, found.text[:1]) == (0, "standard", "#")
        assert await policies.history(reader) == []
        assert await policies.numbered(reader, 0) == found
        assert await policies.numbered(reader, 1) is None
    ruling = await in_force(any_context, Policies())
    assert (ruling.version, swap(ruling)) == ("standard", Verdict.ALLOWED)


async def test_the_newest_is_in_force_and_the_others_stay(any_context: Context, clock: ManualClock) -> None:
    first = await published(any_context, REFUSING, note="Christmas")
    clock.advance(timedelta(hours=1))
    second = await published(any_context, ASKING, "yaml")
    assert first is not None
    assert second is not None
    async with any_context.db.read() as reader:
        assert await policies.current(reader) == second
        assert await policies.history(reader) == [second, first]
        assert await policies.numbered(reader, first.number) == first
    assert (first.text, first.published_by, first.note, first.published_at) == (REFUSING, "Noor", "Christmas", NOW)
    assert second.number > first.number
    ruling = await in_force(any_context, Policies())
    assert (ruling.version, swap(ruling)) == (second.version, Verdict.ASK)
    assert await kinds(any_context, policies.TOPIC) == ["policy.published"] * 2


async def test_the_same_text_again_is_no_new_version(any_context: Context) -> None:
    assert await published(any_context, REFUSING) is not None
    assert await published(any_context, REFUSING) is None
    assert await published(any_context, ASKING, "yaml") is not None
    assert await published(any_context, REFUSING) is not None
    async with any_context.db.read() as reader:
        assert len(await policies.history(reader)) == 3


async def test_the_database_refuses_to_change_what_was_in_force(any_context: Context) -> None:
    await published(any_context, REFUSING)
    for statement in (update(POLICY_VERSION).values(document="x"), delete(POLICY_VERSION)):

        async def unit(tx: Tx, statement: Executable = statement) -> None:
            await tx.run(statement)

        with pytest.raises(DBAPIError, match="stays as it is"):
            await any_context.db.write(unit)


async def test_a_process_notices_a_new_policy_by_itself(any_context: Context) -> None:
    known = Policies()
    assert swap(await in_force(any_context, known)) is Verdict.ALLOWED
    await published(any_context, REFUSING)
    assert swap(await in_force(any_context, known)) is Verdict.NO


async def test_a_followed_policy_is_asked_about_again_when_the_log_told_of_a_new_one(any_context: Context) -> None:
    known = Policies()
    known.follow()
    before = await in_force(any_context, known)
    await published(any_context, REFUSING)
    assert await in_force(any_context, known) is before
    known.changed()
    after = await in_force(any_context, known)
    assert swap(after) is Verdict.NO
    assert await in_force(any_context, known) is after


async def test_a_policy_that_was_published_while_it_was_read_is_not_missed(any_context: Context) -> None:
    known = Policies()
    known.follow()

    class Late:
        """A reader in whose first answer something is published."""

        def __init__(self, reader: Reader) -> None:
            self._reader = reader

        async def rows(self, question: Question, values: Values = None) -> list[Any]:
            return await self._reader.rows(question, values)

        async def row(self, question: Question, values: Values = None) -> Any | None:
            found = await self._reader.row(question, values)
            known.changed()
            return found

    async with any_context.db.read() as reader:
        await known.in_force(Late(reader))
    await published(any_context, REFUSING)
    assert swap(await in_force(any_context, known)) is Verdict.NO
