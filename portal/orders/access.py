"""Who may see an order: its person, by a contact they have proven, and a browser that opened one of its links.

This is the only way from an order's address to the order. What is somebody else's is not there, exactly as
what never was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, bindparam, exists, literal, select
from starlette.types import Scope

from portal.accounts.viewer import Viewer, contacts_of, is_recent, live_session, session_values
from portal.kit.db import Reader
from portal.kit.errors import NotThere
from portal.kit.ids import REF
from portal.kit.prepared import Query
from portal.orders.models import ORDER, ORDER_CONTACT, ORDER_LINK, ORDER_LINK_USE
from portal.orders.queries import Version, version_columns

How = Literal["person", "link"]


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do with an order. `how`: as its person, or by a link, which lets them read alone.

    `locale` is the person's choice, else the order's. `may_act`: the person proved themselves in this browser
    within minutes. `link_id`, `opened_at` and `placed_at` tell which link's use it is that lets them in, when it
    began, and when it was last noted. `person_id` is whoever has signed in, theirs or not.
    """

    order_id: int
    ref: str
    locale: str | None
    version: Version
    session_id: int
    how: How
    may_act: bool
    session_seen_at: datetime | None = None
    link_id: int | None = None
    opened_at: datetime | None = None
    placed_at: datetime | None = None
    person_id: int | None = None


def orders_of(person: ColumnElement[Any]) -> Select[tuple[int]]:
    """The ids of a person's orders, to be part of a wider select; an order with both contacts comes twice."""
    return select(ORDER_CONTACT.c.order_id).where(ORDER_CONTACT.c.hash.in_(contacts_of(person)))


def _asked(who: Any, session: ColumnElement[Any], person: ColumnElement[Any], *more: ColumnElement[Any]) -> Query:
    """The question for an order by its ref; `who` is what stands in the FROM clause for the viewer, if anything.

    Everything is looked up by keys from the one order and the one session: no part of it grows with the shop.
    """
    hashes = contacts_of(person)
    hashes = hashes if who is None else hashes.correlate(who)
    mine = exists(
        select(literal(1))
        .where(ORDER_CONTACT.c.order_id == ORDER.c.id, ORDER_CONTACT.c.hash.in_(hashes))
        .correlate(*(ORDER,) if who is None else (ORDER, who))
    )
    use = _newest_use(session, who)
    base = ORDER if who is None else ORDER.join(who, literal(True))
    found = base.outerjoin(ORDER_LINK_USE, (ORDER_LINK_USE.c.session_id == session) & (ORDER_LINK_USE.c.link_id == use))
    return Query(
        select(
            ORDER.c.id.label("order_id"),
            ORDER.c.locale,
            *version_columns(),
            mine.label("mine"),
            ORDER_LINK_USE.c.link_id,
            ORDER_LINK_USE.c.opened_at,
            ORDER_LINK_USE.c.seen_at.label("placed_at"),
            *more,
        )
        .select_from(found)
        .where(ORDER.c.ref == bindparam("ref"), ORDER.c.gone_at.is_(None))
    )


def _newest_use(session: ColumnElement[Any], who: Any) -> ScalarSelect[Any]:
    """The link to the order that the session has opened and that lives longest."""
    opened = ORDER_LINK_USE.alias("opened")
    return (
        select(ORDER_LINK.c.id)
        .join(opened, opened.c.link_id == ORDER_LINK.c.id)
        .where(
            opened.c.session_id == session,
            ORDER_LINK.c.order_id == ORDER.c.id,
            ORDER_LINK.c.revoked_at.is_(None),
            ORDER_LINK.c.expires_at > bindparam("session_now"),
        )
        .order_by(ORDER_LINK.c.expires_at.desc())
        .limit(1)
        .correlate(*(ORDER,) if who is None else (ORDER, who))
        .scalar_subquery()
    )


def _of_cookie() -> Query:
    viewer = live_session()
    about = (
        viewer.c.id.label("session_id"),
        viewer.c.person_id.label("viewer_person"),
        viewer.c.stepped_up_at,
        viewer.c.seen_at.label("session_seen_at"),
        viewer.c.locale.label("viewer_locale"),
    )
    return _asked(viewer, viewer.c.id, viewer.c.person_id, *about)


_KNOWN = _asked(None, bindparam("session", type_=BigInteger), bindparam("person", type_=BigInteger))
_NAMED = _of_cookie()


async def readable(reader: Reader, viewer: Viewer, ref: str, now: datetime) -> Access:
    """The order that this viewer may see under `ref`. Raises NotThere for what is not theirs, or is not."""
    if viewer.session_id is None or not REF.fullmatch(ref):
        raise NotThere
    values = {"session": viewer.session_id, "person": viewer.person_id, "ref": ref, "session_now": now}
    row = await reader.row(_KNOWN, values)
    about = {
        "session_id": viewer.session_id,
        "viewer_person": viewer.person_id,
        "stepped_up_at": viewer.stepped_up_at,
        "session_seen_at": viewer.seen_at,
        "viewer_locale": viewer.locale,
    }
    return _access(row, about, ref, now)


async def opened(reader: Reader, scope: Scope, ref: str, now: datetime) -> Access:
    """The same for whoever sent this request, in one question. Raises NotThere."""
    values = session_values(scope, now)
    if values is None or not REF.fullmatch(ref):
        raise NotThere
    row = await reader.row(_NAMED, {**values, "ref": ref})
    return _access(row, row._asdict() if row is not None else {}, ref, now)


def _access(row: Any, viewer: Mapping[str, Any], ref: str, now: datetime) -> Access:
    if row is None or not (row.mine or row.link_id is not None):
        raise NotThere
    mine = bool(row.mine)
    return Access(
        order_id=row.order_id,
        ref=ref,
        locale=viewer["viewer_locale"] or row.locale,
        version=Version(row.event or 0, row.asked),
        session_id=viewer["session_id"],
        how="person" if mine else "link",
        may_act=mine and is_recent(viewer["stepped_up_at"], now),
        session_seen_at=viewer["session_seen_at"],
        link_id=None if mine else row.link_id,
        opened_at=None if mine else row.opened_at,
        placed_at=None if mine else row.placed_at,
        person_id=viewer["viewer_person"],
    )
