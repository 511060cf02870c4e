"""Every private column holds a word of its own, and so does every other text that is not meant for strangers; all
that a stranger can get hold of is fetched, for every scope, and none of the words may be in it.

Tables, columns and routes are found by walking what there is: new ones join by themselves, and a route that is not
classified fails.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, product
from typing import Any

import pytest
from sqlalchemy import Column, Table, TableClause, insert, select, update
from sqlalchemy.sql.sqltypes import Boolean, Date, DateTime, Float, Integer, LargeBinary, String
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from portal import tables
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.events import EVENT
from portal.kit.guard import Guard
from portal.kit.ids import token_hash
from portal.orders.models import DELIVERY
from portal.sharing.models import SHARE_LINK
from portal.sharing.public import columns
from portal.sharing.public.values import Scope
from tests.sharing.conftest import Sharing, opened_sharing
from tests.support.context import rows
from tests.support.web import Answer, Site

KNOWN = tables
# What strangers may see of an order; every other route is asked as a stranger too, and says nothing.
VISITORS = {"/s/{token}", "/s/{token}/events"}
BACK = re.compile(r"(?<=sign-in\?back=)\S+")  # the address that was asked for itself
PART = re.compile(r"\{(\w+)(:int)?\}")
# Texts that the program itself decides by: they say nothing about anyone, and changing them would break the page.
CODES = {("checkpoint", "reason"), ("shipment", "reason")}  # looked for by the words that they stand for
MECHANISM = {("share_link", "token_hash"), ("share_link", "salt"), ("order", "ref"), *CODES}
SLICES = ("portal.orders.", "portal.tracking.", "portal.sharing.")
SCOPES = [Scope(*flags) for flags in product((False, True), repeat=3)]
BOT = {"user_agent": "Slackbot-LinkExpanding 1.0"}
TITLE, TOWN = "Verbene", "Zabrze"


@dataclass
class Canaries:
    """Words by the column that holds them."""

    words: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def value(self, column: Column[Any]) -> Any:
        """Something that is found nowhere else, of the column's type."""
        number = next(self.numbers)
        name = f"{column.table.name}.{column.name}"
        value, word = _unlikely(column, number)
        if word:
            self.words[name] = word
        return value

    def found_in(self, text: str) -> list[str]:
        """The columns whose word is in a text."""
        plain = text.lower()
        return sorted(name for name, word in self.words.items() if word.lower() in plain)


def _unlikely(column: Column[Any], number: int) -> tuple[Any, str]:
    kind = column.type
    word = f"Kanari{number:03}xq"
    if isinstance(kind, LargeBinary):
        return word.encode(), word
    if isinstance(kind, Boolean):
        return True, ""
    if isinstance(kind, Float):
        return 41.5 + number / 7919, f"{41.5 + number / 7919:.4f}"
    if isinstance(kind, Integer):
        return 730_000 + number, str(730_000 + number)
    if isinstance(kind, DateTime) or kind._type_affinity is DateTime:
        return datetime(2031, 5, 17, 3, number % 60, tzinfo=UTC), "17 May 2031"
    if isinstance(kind, Date):
        return date(2033, 7, 1 + number % 28), "July 2033"
    room = getattr(kind, "length", None) or len(word)
    return word[:room], word[:room] if room >= len("Kanari001") else ""  # less would be found by chance


def modules() -> dict[str, str]:
    """By table, the module that declares it."""
    return {mapper.class_.__tablename__: mapper.class_.__module__ for mapper in SQLModel._sa_registry.mappers}


def private_tables() -> list[Table]:
    """What is declared in a module called `private`, parents before children."""
    return [t for t in SQLModel.metadata.sorted_tables if modules()[t.name].endswith(".private")]


def hidden_columns() -> list[Column[Any]]:
    """Texts and amounts of the slices' other tables that are not among the visible columns."""
    seen: set[tuple[str, str]] = set()
    for table in (value for value in vars(columns).values() if isinstance(value, TableClause)):
        seen |= {(table.name, column.name) for column in table.c}
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        if modules()[table.name].startswith(SLICES) and not modules()[table.name].endswith(".private")
        for column in table.c
        if (table.name, column.name) not in seen | MECHANISM
        and not column.foreign_keys
        and not column.primary_key
        and (
            isinstance(column.type, String)
            or column.type._type_affinity is String
            or column.name in ("total", "unit_price")
        )
    ]


async def plant(context: Context) -> Canaries:
    """A word in every private column and in all that is hidden, and what the scopes show."""
    canaries = Canaries()

    async def unit(tx: Tx) -> None:
        canaries.words.clear()
        for table in private_tables():
            await _fill(tx, table, canaries)
        for column in hidden_columns():
            await _mark(tx, column, canaries.value(column))
        line, checkpoint = SQLModel.metadata.tables["order_line"], SQLModel.metadata.tables["checkpoint"]
        await tx.run(update(line).values(title=TITLE, options=TITLE))
        await tx.run(update(checkpoint).values(town=TOWN, town_country="PL", town_lat=50.3, town_lon=18.78))

    await context.db.write(unit)
    (order,) = await rows(context, select(SQLModel.metadata.tables["order"].c.ref))
    canaries.words |= {"order.ref": order.ref, "checkpoint.reason": "customs", "shipment.reason": "address incomplete"}
    return canaries


async def _mark(tx: Tx, column: Column[Any], value: Any) -> None:
    """A value in every row of a column; texts go on with the number of the row, since some must differ."""
    key = list(column.table.primary_key)
    for number, row in enumerate(await tx.rows(select(*key))):
        this = [part == given for part, given in zip(key, row, strict=True)]
        mine = f"{value}{number}" if isinstance(value, str) else value
        await tx.run(update(column.table).where(*this).values({column.name: mine}))


async def _fill(tx: Tx, table: Table, canaries: Canaries) -> None:
    """Every row of a private table, or a new one, with words in all columns but its keys."""
    values = {c.name: canaries.value(c) for c in table.c if not c.foreign_keys and not c.primary_key and not c.unique}
    if await tx.row(select(*table.primary_key.columns).limit(1)) is None:
        await _insert(tx, table, values)  # at once, since some only grow
    elif values:
        await tx.run(update(table).values(values))


async def _insert(tx: Tx, table: Table, given: dict[str, Any] | None = None) -> None:
    """A row of any table, with the rows that it refers to."""
    values: dict[str, Any] = {}
    for column in table.c:
        reference = next(iter(column.foreign_keys), None)
        if reference is not None and (not column.nullable or column.primary_key):
            parent = reference.column.table
            row = await tx.row(select(reference.column).limit(1))
            if row is None:
                await _insert(tx, parent)
                row = await tx.row(select(reference.column).limit(1))
            assert row is not None
            values[column.name] = row[0]
        elif not column.nullable and not (column.primary_key and isinstance(column.type, Integer)):
            values[column.name] = _unlikely(column, 999)[0]
    await tx.run(insert(table).values({**values, **(given or {})}))


@pytest.fixture
async def planted(any_context: Context) -> tuple[Sharing, Canaries]:
    """A shared order with scans, all of whose secrets are words."""
    sharing = await opened_sharing(any_context)
    await _scan(any_context)
    return sharing, await plant(any_context)


async def _scan(context: Context) -> None:
    """A parcel that a carrier has answered about."""
    found = SQLModel.metadata.tables

    async def unit(tx: Tx) -> None:
        shipment = found["shipment"]
        await tx.run(update(shipment).values(carrier="laposte", milestone="in_transit", reason="address"))
        for day in (18, 19):
            scan = {
                "shipment_id": 1,
                "identity": f"scan {day}",
                "milestone": "in_transit",
                "reason": "customs",
                "wall": datetime(2026, 11, day, 9, 0),  # noqa: DTZ001 - a wall clock
                "sort_at": datetime(2026, 11, day, 8, 0),  # noqa: DTZ001 - naive UTC
                "offset_minutes": 60,
                "seen_at": datetime(2026, 11, day, 10, 0, tzinfo=UTC),
            }
            defaults = {"delayed": False, "date_only": False}
            await tx.run(insert(found["checkpoint"]).values({**defaults, **scan}))
        assert await tx.run(update(found["tracker"]).values(answered_at=context.clock.now())) == 1

    await context.db.write(unit)


def everything(answer: Answer) -> str:
    """All of an answer that its reader can see."""
    return "\n".join([answer.text, *(f"{name}: {value}" for name, value in answer.headers.items())])


async def test_no_word_gets_out(planted: tuple[Sharing, Canaries], caplog: pytest.LogCaptureFixture) -> None:
    sharing, canaries = planted
    site, told = sharing.site, dict[str, str]()
    caplog.set_level(logging.DEBUG)
    async with site.running():
        for scope in SCOPES:
            path = await sharing.link(scope)
            limited = await sharing.link(scope, opens=3)
            for language in ("en", "fr"):
                told[f"{scope} page {language}"] = everything(await site.ask(f"{path}?lang={language}"))
            for name, headers in {"cover": BOT, "browser": {"sec_fetch_mode": "navigate"}}.items():
                told[f"{scope} {name}"] = everything(await site.ask(path, **headers))
            told[f"{scope} limited"] = everything(await site.ask(limited, sec_fetch_mode="navigate"))
            told[f"{scope} opened"] = everything(await site.ask(limited, "POST", sec_fetch_site="same-origin"))
            for method in ("HEAD", "OPTIONS", "PUT"):
                told[f"{scope} {method}"] = everything(await site.ask(path, method, sec_fetch_site="same-origin"))
            flags = "&".join(f"{name}=on" for name in ("items", "towns", "gift") if getattr(scope, name))
            told[f"{scope} preview"] = everything(await sharing.owner.go(f"{sharing.base}/preview?{flags}"))
            told[f"{scope} stream"] = await streamed(sharing, path)
        told["nothing"] = everything(await site.ask("/s/" + "B" * 27))
        told["failure"] = everything(await site.ask("/s/" + "B" * 27, "POST", sec_fetch_site="same-origin"))
    told["log"] = caplog.text.replace(sharing.ref, "…")  # the owner's own address; it opens nothing for others
    events = await rows(sharing.context, select(EVENT.c.topic, EVENT.c.kind, EVENT.c.data))
    told["events"] = "\n".join(str(tuple(row)) for row in events)
    assert {name: found for name, text in told.items() if (found := canaries.found_in(text))} == {}
    for name in ("page en", "page fr", "preview", "stream"):
        assert {scope: TITLE in told[f"{scope} {name}"] for scope in SCOPES} == {
            s: s.items and not s.gift for s in SCOPES
        }
    for name in ("page en", "page fr", "preview", "stream"):
        assert {scope: '<figure class="map"' in told[f"{scope} {name}"] for scope in SCOPES} == {
            s: s.towns for s in SCOPES
        }
        assert {scope: TOWN in told[f"{scope} {name}"] for scope in SCOPES} == {s: s.towns for s in SCOPES}


async def streamed(sharing: Sharing, path: str) -> str:
    """The first frame of a stream, one after something happened, and the one that says it is over."""
    (link,) = await rows(sharing.context, select(SHARE_LINK.c.id).order_by(SHARE_LINK.c.id.desc()).offset(1).limit(1))
    async with sharing.site.stream(f"{path}/events") as stream:
        await stream.until("data:")

        async def unit(tx: Tx) -> None:
            tx.emit("order:1", "order.changed")

        await sharing.context.db.write(unit)
        first = await stream.until("\n\nid: ")

        async def ending(tx: Tx) -> None:
            await tx.run(update(SHARE_LINK).where(SHARE_LINK.c.id == link.id).values(revoked_at=datetime.now(UTC)))
            tx.emit("order:1", "share.revoked", share=link.id)

        await sharing.context.db.write(ending)
        return first + await stream.until("This link has ended")


async def test_strangers_read_none_at_any_other_address(planted: tuple[Sharing, Canaries]) -> None:
    sharing, canaries = planted
    told: dict[str, str] = {}
    known = {"ref": sharing.ref, "token": "B" * 27, "slug": "laposte"}
    for path, route in routes(sharing.site).items():
        address = PART.sub(lambda part: "1" if part[2] else known.get(part[1], "x"), path)
        for method in ("GET", "POST"):
            if method == "GET" and path.endswith("/events"):
                async with sharing.site.stream(address) as stream:
                    told[f"{method} {path}"] = everything(stream.answer)
            else:
                answer = everything(await sharing.site.ask(address, method, sec_fetch_site="same-origin"))
                told[f"{method} {path}"] = BACK.sub("", answer)
        shown = isinstance(route, Route) and ".public." in type(route.endpoint).__module__
        assert shown == (path in VISITORS), f"{path}: have it fetched for every scope, above"
    assert {name: found for name, text in told.items() if (found := canaries.found_in(text))} == {}


async def test_a_link_to_collect_with_shows_the_code_alone(planted: tuple[Sharing, Canaries]) -> None:
    sharing, canaries = planted
    token, now = "C" * 27, sharing.context.clock.now()

    async def unit(tx: Tx) -> None:
        place = {"location": "Atelier Lyon", "address": "4 rue Mourguet", "opening_hours": "10-19"}
        ready = {"order_id": 1, "external_id": "shop", "method": "pickup", "state": "open", "ready_at": now}
        await tx.run(insert(DELIVERY).values(**ready, **place))
        opens = {"collect_link_hash": token_hash(token), "collect_link_until": now + timedelta(days=1)}
        await tx.run(update(SQLModel.metadata.tables["order_private"]).values(**opens))
        await tx.run(update(SQLModel.metadata.tables["order"]).values(cancelled_at=None))

    await sharing.context.db.write(unit)
    told = {
        method: everything(await sharing.site.ask(f"/c/{token}", method, sec_fetch_site="same-origin"))
        for method in ("GET", "HEAD", "POST", "OPTIONS")
    }
    found = {method: canaries.found_in(text) for method, text in told.items()}
    assert found == {"GET": [], "HEAD": [], "POST": ["order_private.collect_code"], "OPTIONS": []}
    assert "4 rue Mourguet" in told["POST"]
    assert "4 rue Mourguet" not in told["GET"]


def routes(site: Site) -> dict[str, BaseRoute]:
    """The routes of the application by path."""
    guard = site.app._app
    assert isinstance(guard, Guard)
    app = guard._app
    assert isinstance(app, Starlette)
    return {route.path: route for route in app.routes if isinstance(route, Route | Mount)}


async def test_the_words_are_where_they_should_be(planted: tuple[Sharing, Canaries]) -> None:
    """The check can fail: words are in every column, and the owner's page has some of them."""
    sharing, canaries = planted
    assert "order_private.email" in canaries.words
    assert "checkpoint_private.text" in canaries.words
    assert "shipment_private.signed_by" in canaries.words
    assert "share_link_private.label" in canaries.words
    hidden = "order.number order.total shipment.number shipment.tracking_url shipment.carrier_label delivery.location"
    assert set(hidden.split()) - canaries.words.keys() == set()
    for table in private_tables():
        assert await rows(sharing.context, select(*table.primary_key.columns)) != [], table.name
    page = everything(await sharing.owner.go(f"/orders/{sharing.ref}?lang=fr"))  # in English it is kept from before
    found = {"order.number", "shipment.number", "shipment.carrier_label", "checkpoint_private.text"}
    assert found <= set(canaries.found_in(page))
