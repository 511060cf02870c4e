"""Reads of edits: rows, and the values made of them. No writes and no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from portal.editing import packing
from portal.editing.answers import Action, EditState, Verdict
from portal.editing.models import EDIT, IS_OPEN
from portal.editing.private import EDIT_PRIVATE
from portal.editing.values import EditView, Touched
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query

_SHOWN: Final = 20
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
