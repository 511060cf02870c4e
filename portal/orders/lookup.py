"""Finding orders by what a customer knows of them, and where a code for them may be sent.

What is found here is shown to nobody: it says only whom to write to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, exists, literal, select

from portal.accounts.contacts import contact_hashes, email, phone
from portal.kit.db import Reader
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders.models import ORDER, ORDER_CONTACT
from portal.orders.private import ORDER_PRIVATE

_MOST: Final = 20  # orders of several shops may share a number
_BY_NUMBER = Query(
    select(
        ORDER.c.id,
        ORDER.c.locale,
        ORDER_PRIVATE.c.email,
        ORDER_PRIVATE.c.phone,
        ORDER_PRIVATE.c.postcode,
        ORDER_PRIVATE.c.country,
    )
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(ORDER.c.number.in_([bindparam("plain"), bindparam("marked")]), ORDER.c.gone_at.is_(None))
    .order_by(ORDER.c.id.desc())
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True)
class Found:
    """An order that was meant, and the address that a code goes to. `theirs`: the address is the order's own."""

    order_id: int
    email: str
    theirs: bool


async def by_number_and_email(reader: Reader, number: str, address: str) -> Found | None:
    """The newest order of this number that was ordered with this address (normalised)."""
    for row in await _numbered(reader, number):
        if email(row.email) == address:
            return Found(row.id, address, theirs=True)
    return None


async def by_number_and_hint(reader: Reader, number: str, hint: str, address: str | None) -> Found | None:
    """The newest order of this number with that phone number or postcode; the code goes to the order's address.

    A postcode counts only where the shop has neither address nor phone number of whoever ordered; then the code
    goes to `address` (normalised). An order with a phone number alone cannot be written to.
    """
    for row in await _numbered(reader, number):
        own, called = email(row.email), phone(row.phone, row.country)
        if called is not None and phone(hint, row.country) == called and own is not None:
            return Found(row.id, own, theirs=True)
        if own is None and called is None and address is not None and _same_postcode(row.postcode, hint):
            return Found(row.id, address, theirs=False)
    return None


async def has_orders(reader: Reader, keys: Keys, address: str) -> bool:
    """Whether anything was ordered with this address (normalised)."""
    hashes = contact_hashes(keys, "email", address)
    theirs = select(literal(1)).select_from(ORDER_CONTACT).join(ORDER, ORDER.c.id == ORDER_CONTACT.c.order_id)
    known = exists(theirs.where(ORDER_CONTACT.c.hash.in_(hashes), ORDER.c.gone_at.is_(None)))
    row = await reader.row(select(known.label("known")))
    return bool(row and row.known)


async def ref_of(reader: Reader, order_id: int) -> str | None:
    """The public part of an order's address."""
    row = await reader.row(select(ORDER.c.ref).where(ORDER.c.id == order_id))
    return None if row is None else str(row.ref)


async def _numbered(reader: Reader, number: str) -> list[Any]:
    plain = number.strip().removeprefix("#")
    return await reader.rows(_BY_NUMBER, {"plain": plain, "marked": f"#{plain}"})


def _same_postcode(stored: str | None, typed: str) -> bool:
    known = _letters(stored or "")
    return bool(known) and known == _letters(typed)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()
