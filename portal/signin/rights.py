"""What signing in holds of a person, shown and erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select

from portal.kit.db import Reader, Tx
from portal.signin.models import BEGINNING, PASSKEY, PASSKEY_OFFER
from portal.signin.private import BEGINNING_PRIVATE, PASSKEY_PRIVATE
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """The person's passkeys, and what was typed to sign in as them within the last hour."""
    passkeys = (
        select(PASSKEY_PRIVATE.c.name, PASSKEY.c.created_at, PASSKEY.c.used_at, PASSKEY.c.backed_up)
        .join(PASSKEY_PRIVATE, PASSKEY_PRIVATE.c.passkey_id == PASSKEY.c.id)
        .where(PASSKEY.c.person_id == whose.person_id)
        .order_by(PASSKEY.c.id)
    )
    typed = (
        select(BEGINNING.c.created_at, BEGINNING_PRIVATE.c.email, BEGINNING_PRIVATE.c.number)
        .join(BEGINNING_PRIVATE, BEGINNING_PRIVATE.c.beginning_id == BEGINNING.c.id)
        .where(BEGINNING.c.id.in_(_theirs(whose)))
        .order_by(BEGINNING.c.id)
    )
    return {
        "passkeys": [row._asdict() for row in await reader.rows(passkeys)],
        "sign_ins": [row._asdict() for row in await reader.rows(typed)],
    }


async def erase(tx: Tx, _now: datetime, whose: Whose) -> None:
    """Forget passkeys and beginnings: theirs, those under their addresses, and those for their orders."""
    await tx.run(delete(BEGINNING).where(or_(BEGINNING.c.id.in_(_theirs(whose)), BEGINNING.c.id.in_(_about(whose)))))
    await tx.run(delete(PASSKEY).where(PASSKEY.c.person_id == whose.person_id))
    await tx.run(delete(PASSKEY_OFFER).where(PASSKEY_OFFER.c.person_id == whose.person_id))


async def used_since(reader: Reader | Tx, persons: Sequence[int], since: datetime) -> set[int]:
    """Which of these persons used a passkey since a moment."""
    asked = select(PASSKEY.c.person_id).where(PASSKEY.c.person_id.in_(persons), PASSKEY.c.used_at >= since)
    return {row.person_id for row in await reader.rows(asked)}


def _theirs(whose: Whose) -> Select[tuple[int]]:
    """Beginnings of the person, or to or from one of their addresses."""
    private, wanted = BEGINNING_PRIVATE.c, {address.lower() for address in whose.addresses}
    return (
        select(BEGINNING.c.id)
        .outerjoin(BEGINNING_PRIVATE, private.beginning_id == BEGINNING.c.id)
        .where(
            or_(
                BEGINNING.c.person_id == whose.person_id,
                func.lower(private.email).in_(wanted),
                func.lower(private.target).in_(wanted),
            )
        )
    )


def _about(whose: Whose) -> Select[tuple[int]]:
    """Beginnings that name one of the orders, whoever began."""
    return (
        select(BEGINNING.c.id)
        .outerjoin(BEGINNING_PRIVATE, BEGINNING_PRIVATE.c.beginning_id == BEGINNING.c.id)
        .where(or_(BEGINNING.c.order_id.in_(whose.orders), BEGINNING_PRIVATE.c.number.in_(whose.numbers)))
    )
