"""Published policies in the database: written by the command line, in force from then on in every process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import bindparam, func, insert, select

from portal.editing.models import POLICY_VERSION
from portal.editing.policy.reading import Format
from portal.editing.policy.rules import Policy
from portal.editing.policy.standard import STANDARD, policy_from, standard_policy
from portal.editing.ruling import Ruling
from portal.kit.db import Database, Reader, Tx, one
from portal.kit.events import EVENT
from portal.kit.prepared import Query

TOPIC: Final = "policies"
STANDARD_VERSION: Final = "standard"  # what is in force before anything was published
_NEWEST: Final = Query(select(func.max(POLICY_VERSION.c.id).label("number")))
_LAST: Final = Query(select(func.max(EVENT.c.id).label("event")).where(EVENT.c.topic == TOPIC))
_ALL: Final = select(*POLICY_VERSION.columns)
_NUMBERED: Final = Query(_ALL.where(POLICY_VERSION.c.id == bindparam("number")))
_HISTORY: Final = Query(_ALL.order_by(POLICY_VERSION.c.id.desc()).limit(bindparam("most")))


@dataclass(frozen=True, slots=True)
class Published:
    """A version of the shop's policy: the file's text as it was, since when, by whom. `number` rises; 0 is the standard
    policy, which was in force before the first."""

    number: int
    text: str
    format: Format
    published_at: datetime | None = None
    published_by: str = ""
    note: str = ""

    @property
    def version(self) -> str:
        """What edits call it."""
        return str(self.number) if self.number else STANDARD_VERSION

    @property
    def policy(self) -> Policy:
        """What the resolver uses."""
        return _compiled(self.text, self.format) if self.number else standard_policy()


STANDARD_PUBLISHED: Final = Published(0, STANDARD, "toml")


async def current(reader: Reader | Tx) -> Published:
    """The policy in force: the newest one, else the standard policy."""
    row = await reader.row(_NEWEST)
    found = await numbered(reader, row.number) if row and row.number else None
    return found or STANDARD_PUBLISHED


async def numbered(reader: Reader | Tx, number: int) -> Published | None:
    """One version; None when there is none of this number."""
    if number == 0:
        return STANDARD_PUBLISHED
    row = await reader.row(_NUMBERED, {"number": number})
    return None if row is None else _published(row)


async def history(reader: Reader, most: int = 50) -> Sequence[Published]:
    """The versions, the newest first."""
    return [_published(row) for row in await reader.rows(_HISTORY, {"most": most})]


async def publish(tx: Tx, now: datetime, text: str, format_: Format, by: str = "", note: str = "") -> Published | None:
    """Put a policy in force, whose text has been read and found right. None when the newest one has this very text."""
    before = await current(tx)
    if before.number and (before.text, before.format) == (text, format_):
        return None
    by, note = by[:100], note[:500]
    row = {"document": text, "format": format_, "published_at": now, "published_by": by, "note": note}
    made = await one(tx, insert(POLICY_VERSION).values(**row).returning(POLICY_VERSION.c.id))
    tx.emit(TOPIC, "policy.published", policy=made.id)
    return Published(int(made.id), text, format_, now, by, note)


class _Known(NamedTuple):
    ruling: Ruling
    event: int


class Policies:
    """The policy in force as a process knows it (`engine.Policies`). Whether there is a newer one is asked each time,
    until the process says that it is told of every event on `TOPIC` (`follow`) and passes each on (`changed`)."""

    def __init__(self) -> None:
        self._followed = False
        self._known: _Known | None = None
        self._told = 0

    async def in_force(self, reader: Reader) -> Ruling:
        """The policy of this moment. Raises Unavailable."""
        return (await self._current(reader)).ruling

    async def event(self, db: Database) -> int:
        """The event by which the one that was in force last was published; 0 before the first. Raises Unavailable."""
        if self._known is not None:
            return self._known.event
        async with db.read() as reader:
            return (await self._current(reader)).event

    def follow(self) -> None:
        """From now on it is only asked about after `changed`."""
        self.changed()
        self._followed = True

    def changed(self) -> None:
        """What is known holds no more."""
        self._told += 1
        self._known = None

    async def _current(self, reader: Reader) -> _Known:
        if self._known is not None and self._followed:
            return self._known
        told = self._told
        row = await reader.row(_NEWEST)
        number = row.number if row and row.number else 0
        known = self._known
        if known is None or known.ruling.version != (str(number) if number else STANDARD_VERSION):
            found = await numbered(reader, number) or STANDARD_PUBLISHED
            last = await reader.row(_LAST)
            known = _Known(Ruling(found.policy, found.version), (last.event if last else None) or 0)
        if told == self._told:  # nothing was published while it was read
            self._known = known
        return known


@lru_cache(16)
def _compiled(text: str, format_: Format) -> Policy:
    return policy_from(text, format_)


def _published(row: Any) -> Published:
    format_ = cast(Format, row.format)
    return Published(row.id, row.document, format_, row.published_at, row.published_by, row.note)
