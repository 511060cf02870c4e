"""Messages to a person about their own account, to every address that is theirs at that moment: whoever changed
something unasked is seen by somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.kit.db import Tx
from portal.mail import outbox


async def tell(
    tx: Tx, now: datetime, addresses: Sequence[str], message: str, *, locale: str, values: Mapping[str, Any]
) -> None:
    """Send a notice in the transaction that makes the change; `addresses` are all that are, or were, the person's."""
    for address in addresses:
        await outbox.send(tx, now, to=address, message=message, locale=locale, values=values)
