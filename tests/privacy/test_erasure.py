"""What a person asks to be erased is nowhere afterwards; what is somebody else's is untouched."""

from __future__ import annotations

import asyncio
import logging
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from portal.context import Context, opened as opened_context
from portal.kit.clock import ManualClock
from portal.mail.models import MAIL
from portal.orders.models import ORDER, ORDER_LINE
from portal.orders.sync import Outcome, import_order
from portal.privacy.erasure import erase_again, erase_person, erased
from portal.tracking.models import CHECKPOINT, SHIPMENT
from portal.worker import run_due
from tests.privacy.story import ADA, WORDS, Shop, adas_order, address_of, everything, found, opened, posting
from tests.support.context import rows, settings_on
from tests.support.mail_sink import sink
from tests.support.visit import signed_in

SURE = {"sure": "on"}


async def count(context: Context, table: object) -> int:
    return int((await rows(context, select(func.count().label("n")).select_from(table)))[0].n)  # type: ignore[arg-type]  # any table


def words_in(path: Path) -> set[str]:
    """Which of Ada's words stand in a file."""
    return found(path.read_bytes().decode("latin-1"))


def files_of(path: Path) -> list[Path]:
    """A database's file, and those that SQLite keeps beside it."""
    files = [file for file in path.parent.iterdir() if file.name in (path.name, f"{path.name}-wal")]
    assert path in files
    return files


async def test_nothing_of_the_person_is_left_in_any_table(any_context: Context) -> None:
    shop = await opened(any_context)
    before = await everything(any_context)
    assert found(before) == set(WORDS)
    counted = {table: await count(any_context, table) for table in (ORDER, ORDER_LINE, SHIPMENT, CHECKPOINT)}
    with sink() as taken:
        context = posting(any_context, taken.port)
        answer = await Shop(type(shop.site)(context, shop.site.app), shop.ada, shop.bea).ada.send(
            "/account/erase", SURE
        )
        assert (answer.status, answer.headers["location"]) == (303, "/account/erased")
        while await run_due(context):
            pass
    after = await everything(any_context)
    assert found(after) == set()
    assert [letter["To"] for letter in taken.letters] == [ADA]
    assert "erased" in taken.texts()[0]
    for words in ("bea.lark@example.com", "2002", "Passed by Linnet", "raw Linnet", "pushed Linnet", "Mum"):
        assert words in after
    assert {table: await count(any_context, table) for table in counted} == counted
    assert (await rows(any_context, select(MAIL.c.state)))[0].state == "sent"


async def test_nothing_is_left_in_the_file_and_nothing_was_logged(
    sqlite_url: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened_context(settings_on(sqlite_url), clock=clock, accounts={}) as context, asyncio.timeout(30):
        await opened(context)
    path = Path(str(make_url(sqlite_url).database))
    # What is packed is not read from the file as it is; the tables were looked through above.
    plain = {"proof", "raw answer", "push"}
    assert words_in(path) == set(WORDS) - plain
    async with opened_context(settings_on(sqlite_url), clock=clock, accounts={}) as context:
        await erase_person(context, 1, "en")
        async with context.db.read() as reader:
            assert len(await erased(reader)) == 2
        with sink() as taken:
            while await run_due(posting(context, taken.port)):
                pass
    for file in files_of(path):
        assert words_in(file) == set(), file.name
    ours = [record for record in caplog.records if record.name != "mail.log"]  # that is the test's mail server
    assert found("\n".join(record.getMessage() for record in ours)) == set()


async def test_pages_links_and_sessions_open_nothing_any_more(context: Context) -> None:
    shop = await opened(context)
    page = await address_of(context, 1)
    assert (await shop.ada.ask(page)).status == 200
    jar = dict(shop.ada.jar)
    await shop.ada.send("/account/erase", SURE)
    assert not shop.ada.jar
    shop.ada.jar.update(jar)
    assert (await shop.ada.ask(page)).status == 404
    assert (await shop.ada.ask("/account")).status == 303
    again = await signed_in(shop.site, ADA)
    assert (await again.ask(page)).status == 404
    assert (await again.ask(await address_of(context, 1))).status == 404
    assert (await shop.bea.ask(await address_of(context, 2))).status == 200


async def test_open_streams_of_the_person_end(context: Context) -> None:
    shop = await opened(context)
    page = await address_of(context, 1)
    async with shop.site.running():
        await shop.ada.ask(page)
        async with shop.ada.stream(f"{page}/events") as stream:
            assert stream.answer.status == 200
            await shop.ada.send("/account/erase", SURE)
            async with asyncio.timeout(30):
                await stream.gone.wait()


async def test_the_platform_does_not_bring_it_back(any_context: Context) -> None:
    await opened(any_context)
    await erase_person(any_context, 1, "en")
    assert await import_order(any_context, adas_order()) is Outcome.ERASED
    told = adas_order(updated_at="2026-12-24T09:00:00Z")
    assert await import_order(any_context, told) is Outcome.ERASED
    assert found(await everything(any_context)) <= {"e-mail"}  # the last message, under way


async def test_it_asks_for_a_fresh_proof_and_for_the_tick(context: Context, clock: ManualClock) -> None:
    shop = await opened(context)
    untouched = await everything(context)
    answer = await shop.ada.send("/account/erase", {})
    assert answer.status == 422
    assert "cannot be undone" in answer.text
    clock.advance(timedelta(minutes=16))
    for path in ("/account/data", "/account/data.json", "/account/erase"):
        answer = await shop.ada.ask(path)
        assert answer.status == 303
        assert answer.headers["location"].startswith("/sign-in/again?back=")
        assert found(answer.text) == set()
    assert (await shop.ada.send("/account/erase", SURE)).headers["location"].startswith("/sign-in/again")
    assert found(await everything(context)) == found(untouched)


async def test_a_backup_is_erased_again(any_context: Context) -> None:
    await opened(any_context)
    await erase_person(any_context, 1, "en")
    async with any_context.db.read() as reader:
        hashes = await erased(reader)
    assert found("\n".join(hashes)) == set()
    assert await erase_again(any_context, hashes) == (0, 0)


async def test_what_a_backup_brought_back_is_found_by_the_list(
    context: Context, tmp_path: Path, clock: ManualClock
) -> None:
    await opened(context)
    backup, source = tmp_path / "backup.db", "jalon.db"
    for part in files_of(Path(str(make_url(context.settings.database_url).database))):
        shutil.copy(part, tmp_path / part.name.replace(source, "backup.db"))
    await erase_person(context, 1, "en")
    async with context.db.read() as reader:
        hashes = await erased(reader)
    async with opened_context(settings_on(f"sqlite:///{backup}"), clock=clock, accounts={}) as brought:
        assert found(await everything(brought)) == set(WORDS)
        assert await erase_again(brought, hashes) == (1, 1)
        left = found(await everything(brought))
    assert left == set()
