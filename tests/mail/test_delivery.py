"""The outbox against a real mail server on this machine, one that works and several that do not."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.jobs import JOB
from portal.mail import outbox
from portal.mail.delivery import STOP, TRIES, pause
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from portal.worker import run_due
from tests.machine.postgres import free_port
from tests.support.context import NOW, rows
from tests.support.mail_sink import PASSWORD, Sink, certificate, sink

TO = "ada.canary@example.com"
VALUES = {"address": "924 135"}


def sending(context: Context, port: int, **more: Any) -> Context:
    """The context with a mail server."""
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **more}
    given = {"mail_from": "orders@atelier-lune.example", **given}
    return replace(context, settings=context.settings.model_copy(update=given))


async def write(context: Context, **more: Any) -> None:
    """Have one message waiting."""
    given: dict[str, Any] = {"to": TO, "message": "contact_added", "locale": "fr", "values": VALUES, **more}

    async def unit(tx: Tx) -> None:
        await outbox.send(tx, context.clock.now(), **given)

    await context.db.write(unit)


async def states(context: Context) -> list[tuple[str, int, str | None]]:
    return [(row.state, row.tries, row.problem) for row in await rows(context, select(MAIL).order_by(MAIL.c.id))]


@asynccontextmanager
async def posted(context: Context, **more: Any) -> AsyncIterator[tuple[Context, Sink]]:
    """A context that sends to a server, and the server."""
    with sink() as taken:
        yield sending(context, taken.port, **more), taken


async def test_a_message_is_sent_and_what_was_personal_is_forgotten(any_context: Context) -> None:
    async with posted(any_context) as (context, taken):
        await write(context)
        await run_due(context)
    assert "924 135" in taken.texts()[0]
    assert taken.letters[0]["To"] == TO
    assert await states(any_context) == [("sent", 1, None)]
    assert await rows(any_context, select(MAIL_PRIVATE)) == []
    assert await rows(any_context, select(JOB)) == []


async def test_the_same_message_is_written_once(any_context: Context) -> None:
    async with posted(any_context) as (context, taken):
        for _ in range(3):
            await write(context, unique="order 1 delivered")
        await run_due(context)
        await write(context, unique="order 1 delivered")
        await run_due(context)
    assert len(taken.letters) == 1


async def test_nothing_is_sent_for_a_change_that_failed(context: Context) -> None:
    async def unit(tx: Tx) -> None:
        await outbox.send(tx, NOW, to=TO, message="contact_added", locale="en", values=VALUES)
        raise LookupError

    with pytest.raises(LookupError):
        await context.db.write(unit)
    assert await rows(context, select(MAIL)) == []


@pytest.mark.parametrize("user", [None, "shop"])
async def test_over_starttls_with_a_checked_certificate(context: Context, tmp_path: Path, user: str | None) -> None:
    server, cert = certificate(tmp_path)
    secured: dict[str, Any] = {"smtp_security": "starttls", "smtp_certificates": str(cert)}
    secured |= {"smtp_user": user, "smtp_password": SecretStr(PASSWORD)} if user else {}
    with sink(server) as taken:
        await write(context)
        await run_due(sending(context, taken.port, **secured))
    assert (len(taken.letters), taken.secured, taken.users) == (1, [True], [user] if user else [])


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(context: Context, tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    with sink(server) as taken:
        await write(context)
        await run_due(sending(context, taken.port, smtp_security="starttls"))
    assert taken.letters == []
    assert await states(context) == [("waiting", 1, "tls")]


async def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for(context: Context) -> None:
    async with posted(context, smtp_security="starttls") as (sender, taken):
        await write(sender)
        await run_due(sender)
    assert taken.letters == []
    assert (await states(context))[0][0] == "waiting"


async def test_a_server_that_is_away_is_tried_ever_more_slowly_and_given_up(
    context: Context, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    sender = sending(context, free_port())
    await write(sender)
    for tries in range(1, TRIES + 1):
        assert await run_due(sender) == 1
        assert (await states(context))[0][1] == tries
        clock.advance(pause(tries) - timedelta(seconds=1))
        assert await run_due(sender) == 0
        clock.advance(timedelta(seconds=1))
    assert await states(context) == [("dead", TRIES, "connection")]
    assert await run_due(sender) == 0
    assert [(row.address, row.mail_id) for row in await rows(context, select(MAIL_PRIVATE))] == [(TO, 1)]
    assert [record.levelno for record in caplog.records][-1] == logging.ERROR


async def test_a_server_that_takes_it_and_drops_the_line_gets_it_again_under_the_same_name(
    context: Context, clock: ManualClock
) -> None:
    async with posted(context) as (sender, taken):
        taken.drop = 1
        await write(sender)
        await run_due(sender)
        assert (await states(context))[0][:2] == ("waiting", 1)
        clock.advance(pause(1))
        await run_due(sender)
    assert len({letter["Message-ID"] for letter in taken.letters}) == 1
    assert (len(taken.letters), (await states(context))[0][0]) == (2, "sent")


@pytest.mark.parametrize(("said", "state"), [("550 5.1.1 no such user", "refused"), ("450 4.2.1 full", "waiting")])
async def test_a_refusal_for_good_is_final_and_another_is_not(context: Context, said: str, state: str) -> None:
    async with posted(context) as (sender, taken):
        taken.refuse = said
        await write(sender)
        await run_due(sender)
    assert await states(context) == [(state, 1, f"recipient {said[:3]}")]


async def test_an_address_that_refused_is_left_alone_for_a_day(any_context: Context, clock: ManualClock) -> None:
    async with posted(any_context) as (sender, taken):
        taken.refuse = "550 5.1.1 no such user"
        await write(sender)
        await run_due(sender)
        taken.refuse = ""
        await write(sender, to=TO.upper())
        await write(sender, to="bea@example.com")
        await run_due(sender)
        assert [letter["To"] for letter in taken.letters] == ["bea@example.com"]
        assert (await states(sender))[1] == ("refused", 1, "refused before")
        clock.advance(STOP)
        await write(sender)
        await run_due(sender)
    assert [letter["To"] for letter in taken.letters] == ["bea@example.com", TO]


async def test_a_message_whose_time_is_over_is_not_sent(context: Context, clock: ManualClock) -> None:
    async with posted(context) as (sender, taken):
        await write(sender, until=NOW + timedelta(minutes=10))
        clock.advance(timedelta(minutes=10))
        await run_due(sender)
    assert taken.letters == []
    assert (await states(context))[0][0] == "late"
    assert await rows(context, select(MAIL_PRIVATE)) == []


async def test_no_log_line_holds_an_address_or_a_code(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with posted(context) as (sender, taken):
        for refusal in ("", f"550 <{TO}> unknown", f"451 <{TO}> later"):
            taken.refuse = refusal
            await write(sender)
            await run_due(sender)
    ours = [record for record in caplog.records if record.name != "mail.log"]  # the server of this test
    said = "\n".join(record.getMessage() + (record.exc_text or "") for record in ours)
    assert "refused" in said
    assert "canary" not in said
    assert "924" not in said


async def test_without_a_server_a_message_waits_and_is_shown_on_no_console(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    await write(context)
    await run_due(context)
    assert await states(context) == [("waiting", 1, "no mail server is set")]
    assert capsys.readouterr().out == ""


async def test_on_a_developers_machine_the_console_shows_it(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    local = replace(context, settings=context.settings.model_copy(update={"base_url": "http://127.0.0.1:8000"}))
    await write(local)
    await run_due(local)
    assert "924 135" in capsys.readouterr().out
    assert await rows(context, select(MAIL_PRIVATE)) == []


async def test_in_the_demonstration_it_stays_to_be_read(context: Context) -> None:
    demo = replace(context, mailbox=True)
    await write(demo)
    await run_due(demo)
    assert (await states(demo))[0][0] == "sent"
    assert len(await rows(demo, select(MAIL_PRIVATE))) == 1


async def test_settled_messages_are_forgotten_after_a_month(context: Context) -> None:
    await write(context)

    async def unit(tx: Tx) -> None:
        await outbox.forget(tx, NOW + timedelta(days=31))

    await context.db.write(unit)
    assert await rows(context, select(MAIL)) == []
    assert await rows(context, select(MAIL_PRIVATE)) == []
