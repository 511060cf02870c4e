"""Group commit: many units in one transaction, each answered for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from portal.kit.errors import Unavailable
from portal.kit.writer import BATCH, Writer


class Journal:
    """A commit that runs units (functions) all or none, and notes what it was given.

    `gate` holds commits back while it is closed, after `begun`.
    """

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.batches: list[int] = []
        self.kept: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def commit(self, units: Sequence[Any]) -> list[Any]:
        """Run all; keep the results only when none fails."""
        self.batches.append(len(units))
        self.begun.set()
        await self.gate.wait()
        results = [unit() for unit in units]
        self.kept += results
        return results


def failing() -> None:
    """A unit that cannot be done."""
    raise KeyError("mistake")


async def test_each_caller_gets_its_own_result_in_one_commit() -> None:
    journal = Journal()
    writer = Writer(journal.commit)
    results = await asyncio.gather(*(writer.write(lambda n=n: n * n) for n in range(10)))
    assert results == [n * n for n in range(10)]
    assert journal.batches == [10]
    await writer.close()


async def test_units_commit_in_the_order_they_came() -> None:
    journal = Journal()
    writer = Writer(journal.commit)
    await asyncio.gather(*(writer.write(lambda n=n: n) for n in range(BATCH + 20)))
    assert journal.kept == list(range(BATCH + 20))
    assert journal.batches == [BATCH, 20]
    await writer.close()


async def test_a_unit_that_fails_is_reported_to_its_caller_alone() -> None:
    journal = Journal()
    writer = Writer(journal.commit)
    outcomes = await asyncio.gather(
        writer.write(lambda: "a"), writer.write(failing), writer.write(lambda: "b"), return_exceptions=True
    )
    assert (outcomes[0], outcomes[2]) == ("a", "b")
    assert isinstance(outcomes[1], KeyError)
    assert journal.kept == ["a", "b"]
    assert journal.batches == [3, 1, 1, 1]
    assert await writer.write(lambda: "c") == "c"
    await writer.close()


async def test_when_the_database_is_away_nobody_waits_for_it_in_turn() -> None:
    tries = []

    async def away(units: Sequence[Any]) -> list[Any]:
        tries.append(len(units))
        raise Unavailable("database: away")

    writer = Writer(away)
    outcomes = await asyncio.gather(*(writer.write(failing) for _ in range(7)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 7
    assert tries == [7]
    await writer.close()


async def test_a_caller_that_goes_away_harms_no_other_and_its_write_stands() -> None:
    journal = Journal()
    journal.gate.clear()
    writer = Writer(journal.commit)
    impatient, patient = (asyncio.create_task(writer.write(lambda n=n: n)) for n in range(2))
    await journal.begun.wait()
    impatient.cancel()
    journal.gate.set()
    assert await patient == 1
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert journal.kept == [0, 1]
    await writer.close()


async def test_closing_commits_what_waits_and_takes_nothing_more() -> None:
    journal = Journal()
    journal.gate.clear()
    writer = Writer(journal.commit)
    waiting = [asyncio.create_task(writer.write(lambda n=n: n)) for n in range(3)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="closed"):
        await writer.write(lambda: 9)
    assert not closing.done()
    journal.gate.set()
    await closing
    assert await asyncio.gather(*waiting) == [0, 1, 2]
    assert journal.kept == [0, 1, 2]


async def test_a_writer_that_was_never_used_closes() -> None:
    journal = Journal()
    await Writer(journal.commit).close()
    assert journal.batches == []
