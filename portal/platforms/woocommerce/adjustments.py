"""Refunds and edits of ours as adjustments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.platforms.woocommerce.amounts import Purse
from portal.platforms.woocommerce.edits import Record
from portal.platforms.woocommerce.ledger import Refund, edit_of
from portal.platforms.woocommerce.shape import ident, moment, text

Json = dict[str, Any]


def adjustments_of(refunds: list[Refund], records: list[Record], purse: Purse) -> list[Json]:
    """Everything that changed the order since it was placed, as far as its body tells."""
    mine = {key for refund in refunds if (key := text(edit_of(refund.body), "key"))}
    return [*(_refund(refund, n, purse) for n, refund in enumerate(refunds, 1)), *_edits(records, mine)]


def _refund(refund: Refund, number: int, purse: Purse) -> Json:
    identity = ident(refund.body, "id") or f"refund-{number}"
    told = edit_of(refund.body)
    return {
        "id": identity,
        "type": "refund",
        "at": moment(refund.body, "date_created"),
        "status": "completed",
        "by": text(told, "by") or ("staff" if ident(refund.body, "refunded_by") else None),
        "lines": [
            {"line_id": line, "quantity": -back.quantity} for line, back in refund.lines.items() if back.quantity
        ],
        "amount": purse.sides(-refund.amount),
        "restocking_fee": purse.sides(refund.kept) if refund.kept else None,
        "note": text(refund.body, "reason"),
        "external_id": identity,
    }


def _edits(records: list[Record], refunded: set[str]) -> Iterator[Json]:
    """What changed without a refund; where there is one of the same edit, it tells the same."""
    for record in records:
        if record.key in refunded and not record.removed:
            continue
        yield {
            "id": f"edit-{record.key}",
            "type": record.type if record.type in ("edit", "cancel", "address_change") else "edit",
            "at": record.at,
            "by": record.by if record.by in ("customer", "staff") else None,
            "lines": [{"line_id": line, "quantity": -units} for line, units in record.removed.items() if units],
            "external_id": record.key,
        }
