"""Messages of the shop in the database: written by the command line, read by every page of every process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import delete, func, select

from portal.kit.db import Database, Reader, Tx
from portal.kit.events import EVENT
from portal.kit.prepared import Query
from portal.notices.document import cleaned
from portal.notices.models import NOTICE
from portal.notices.values import Board, Notice

TOPIC: Final = "notices"
_ALL = Query(select(*NOTICE.columns).order_by(NOTICE.c.name))
_LAST = Query(select(func.max(EVENT.c.id).label("event")).where(EVENT.c.topic == TOPIC))


async def put(tx: Tx, now: datetime, notices: Iterable[Notice], *, only: bool = False) -> int:
    """Keep messages; one of the same name is replaced. With `only`, all others go. Returns how many went."""
    rows = [_row(notice, now) for notice in notices]
    await tx.upsert(NOTICE, rows, ["name"])
    names = [row["name"] for row in rows]
    gone = await tx.run(delete(NOTICE).where(NOTICE.c.name.not_in(names))) if only else 0
    tx.emit(TOPIC, "notices.changed")
    return gone


async def remove(tx: Tx, name: str) -> bool:
    """Take a message away; False when there is none of this name."""
    if not await tx.run(delete(NOTICE).where(NOTICE.c.name == name)):
        return False
    tx.emit(TOPIC, "notices.changed")
    return True


async def board(reader: Reader) -> Board:
    """All messages. The event is read first: a change in between is told of again."""
    last = await reader.row(_LAST)
    return Board(tuple(map(_notice, await reader.rows(_ALL))), (last.event if last else None) or 0)


class Boards:
    """The messages as a process knows them: read when first wanted, and anew once it was told of a change."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: Board | None = None
        self._told = 0

    async def current(self) -> Board:
        """The messages. Raises Unavailable."""
        if self._known is not None:
            return self._known
        told = self._told
        async with self._db.read() as reader:
            known = await board(reader)
        if told == self._told:  # nothing changed while they were read
            self._known = known
        return known

    def changed(self) -> None:
        """What is known holds no more."""
        self._told += 1
        self._known = None


def _row(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "name": notice.name,
        "texts": json.dumps(notice.texts, ensure_ascii=False),
        "rich": notice.rich,
        "tone": notice.tone,
        "shops": json.dumps(sorted(notice.shops), ensure_ascii=False),
        "statuses": json.dumps(sorted(notice.statuses)),
        "carriers": json.dumps(sorted(notice.carriers), ensure_ascii=False),
        "starts_at": notice.starts_at,
        "ends_at": notice.ends_at,
        "public": notice.public,
        "updated_at": now,
    }


def _notice(row: Any) -> Notice:
    texts = json.loads(row.texts)
    if row.rich:  # what stands in the database is cleaned once more: only this may become a part of a page
        texts = {language: Markup(cleaned(text)) for language, text in texts.items()}  # noqa: S704 - cleaned here
    return Notice(
        row.name,
        texts,
        row.rich,
        row.tone,
        frozenset(json.loads(row.shops)),
        frozenset(json.loads(row.statuses)),
        frozenset(json.loads(row.carriers)),
        row.starts_at,
        row.ends_at,
        row.public,
    )
