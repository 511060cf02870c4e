"""Reads of edits: rows, and the values made of them. No writes and no network."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from portal.editing import packing
from portal.editing.answers import Action, EditState, Verdict
from portal.editing.models import EDIT, EDIT_LOG, IS_OPEN
from portal.editing.private import EDIT_LOG_PRIVATE, EDIT_PRIVATE
from portal.editing.values import EditView, Touched
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query

_SHOWN: Final = 20
_LOGGED: Final = 200
_WORDS = [column for column in EDIT_PRIVATE.c if column.name != "edit_id"]
_EDITS = select(EDIT, *_WORDS).outerjoin(EDIT_PRIVATE, EDIT_PRIVATE.c.edit_id == EDIT.c.id)
_BY_REF = Query(_EDITS.where(EDIT.c.order_id == bindparam("order"), EDIT.c.ref == bindparam("ref")))
_BY_ID = Query(_EDITS.where(EDIT.c.id == bindparam("edit")))
_SENT_AT = Query(select(EDIT.c.sent_at).where(EDIT.c.id == bindparam("edit")))
_BY_CLIENT_KEY = Query(_EDITS.where(EDIT.c.order_id == bindparam("order"), EDIT.c.client_key == bindparam("key")))
_OPEN_ONE = Query(_EDITS.where(EDIT.c.order_id == bindparam("order"), IS_OPEN))
_ALL = Query(
    _EDITS.where(EDIT.c.order_id == bindparam("order"), EDIT.c.state != EditState.DRAFT)
    .order_by(EDIT.c.id.desc())
    .limit(_SHOWN)
)

_WAITING = (
    select(EDIT.c.order_id)
    .join(EDIT_PRIVATE, EDIT_PRIVATE.c.edit_id == EDIT.c.id)
    .where(IS_OPEN, EDIT.c.state == bindparam("state"))
    .order_by(EDIT.c.confirmed_at, EDIT.c.id)
)
_COUNTED = Query(select(EDIT.c.state, func.count().label("edits")).where(IS_OPEN).group_by(EDIT.c.state))
_LOG = Query(
    select(
        EDIT_LOG.c.at,
        EDIT.c.action,
        EDIT_LOG.c.became,
        EDIT_LOG.c.code,
        EDIT_LOG.c.who,
        EDIT_LOG_PRIVATE.c.staff,
    )
    .join(EDIT, EDIT.c.id == EDIT_LOG.c.edit_id)
    .outerjoin(EDIT_LOG_PRIVATE, EDIT_LOG_PRIVATE.c.log_id == EDIT_LOG.c.id)
    .where(EDIT.c.order_id == bindparam("order"))
    .order_by(EDIT_LOG.c.id.desc())
    .limit(_LOGGED)
)


async def waiting(reader: Reader, state: EditState, first: int, most: int) -> list[int]:
    """The orders whose open edit is in this state, the one that has waited longest first."""
    asked = _WAITING.offset(first).limit(most)
    return [row.order_id for row in await reader.rows(asked, {"state": state.value})]


async def counted(reader: Reader) -> Mapping[str, int]:
    """How many open edits there are in each state."""
    return {row.state: row.edits for row in await reader.rows(_COUNTED)}


async def steps(reader: Reader, order_id: int) -> Sequence[Any]:
    """The last steps of an order's edits, the newest first: at, action, became, code, who, staff."""
    return await reader.rows(_LOG, {"order": order_id})


_ASKED = (
    select(EDIT.c.order_id, EDIT.c.action, EDIT.c.confirmed_at)
    .where(EDIT.c.who == "person", EDIT.c.confirmed_at.is_not(None))
    .order_by(EDIT.c.id)
)


async def asked_by_customers(reader: Reader, orders: Sequence[int]) -> Mapping[int, Sequence[tuple[Action, datetime]]]:
    """What customers wanted of these orders and when they confirmed it, by order, whatever became of it."""
    found: dict[int, list[tuple[Action, datetime]]] = defaultdict(list)
    for row in await reader.rows(_ASKED.where(EDIT.c.order_id.in_(orders))):
        found[row.order_id].append((Action(row.action), row.confirmed_at))
    return found


async def by_ref(reader: Reader | Tx, order_id: int, ref: str) -> Any | None:
    """The edit of this name of this order."""
    return await reader.row(_BY_REF, {"order": order_id, "ref": ref})


async def by_id(reader: Reader | Tx, edit_id: int) -> Any | None:
    """The edit with this id."""
    return await reader.row(_BY_ID, {"edit": edit_id})


async def by_client_key(reader: Reader | Tx, order_id: int, key: str) -> Any | None:
    """The edit of this order that was sent under this key."""
    return await reader.row(_BY_CLIENT_KEY, {"order": order_id, "key": key})


async def open_edit(reader: Reader | Tx, order_id: int) -> Any | None:
    """The edit of this order that is under way."""
    return await reader.row(_OPEN_ONE, {"order": order_id})


async def confirmed(reader: Reader | Tx, order_id: int) -> Sequence[Any]:
    """The last edits of this order that were more than a preview, the last one first."""
    return await reader.rows(_ALL, {"order": order_id})


async def was_sent(reader: Reader | Tx, edit_id: int) -> bool:
    """Whether its platform may have been asked to make an edit."""
    row = await reader.row(_SENT_AT, {"edit": edit_id})
    return row is not None and row.sent_at is not None


def view_of(row: Any) -> EditView:
    """A row as it is shown. Once the order's personal data are erased, nothing says what the change was."""
    return EditView(
        id=row.id,
        ref=row.ref,
        order_id=row.order_id,
        action=Action(row.action),
        state=EditState(row.state),
        code=row.code,
        verdict=Verdict(row.verdict),
        who=row.who,
        created_at=row.created_at,
        expires_at=row.expires_at,
        confirmed_at=row.confirmed_at,
        undo_until=row.undo_until,
        settled_at=row.settled_at,
        quote=packing.quote_from(row.quote),
        fee=packing.fee_from(row.fee),
        touched=tuple(Touched(**item) for item in json.loads(row.touched or "[]")),
        change=packing.change_from(row.action, row.change) if row.change else None,
        note=row.note,
        pay_url=row.pay_url,
    )
