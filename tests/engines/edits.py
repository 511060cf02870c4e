"""Edits as the portal makes them, for the tests of adapters."""

from __future__ import annotations

from uuid import uuid4

from portal.platforms.changes import Change, Edit
from portal.platforms.neutral.parts import Amount, NeutralOrder


def edit(change: Change, fee: int = 0) -> Edit:
    """One with a key of its own; `fee` in minor units."""
    return Edit(str(uuid4()), change, Amount(shop=fee, buyer=fee), note="Asked for by the customer")


def line_of(order: NeutralOrder, sku: str) -> str:
    """The id of the first line of this SKU."""
    return next(line.id for line in order.lines if line.sku == sku)
