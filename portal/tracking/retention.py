"""What this slice keeps for a time only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, or_, select

from portal.kit.db import Tx
from portal.tracking.models import SHIPMENT
from portal.tracking.private import PUSH_INBOX, RAW_ANSWER, RAW_ANSWER_PARCEL


async def delete_raw_answers(tx: Tx, before: datetime) -> None:
    """Forget carriers' raw answers from before a moment, and those whose parcels are all gone."""
    left = exists().where(RAW_ANSWER_PARCEL.c.raw_id == RAW_ANSWER.c.id)
    await tx.run(delete(RAW_ANSWER).where(or_(RAW_ANSWER.c.at < before, ~left)))


async def forget_raw_answers(tx: Tx, shipment_ids: Sequence[int]) -> None:
    """Forget every raw answer in which these shipments stand, whoever else stands in it: those that brought
    news of them, and those to a question that named their numbers."""
    told = select(RAW_ANSWER_PARCEL.c.raw_id).where(RAW_ANSWER_PARCEL.c.shipment_id.in_(shipment_ids))
    numbers = await tx.rows(select(SHIPMENT.c.number).where(SHIPMENT.c.id.in_(shipment_ids), SHIPMENT.c.number != ""))
    named = (RAW_ANSWER.c.asked.contains(json.dumps(row.number), autoescape=True) for row in numbers)
    await tx.run(delete(RAW_ANSWER).where(or_(RAW_ANSWER.c.id.in_(told), *named)))


async def forget_shipments(tx: Tx, topic: str) -> None:
    """Forget every shipment of a topic, and all that was heard of them."""
    await tx.run(delete(SHIPMENT).where(SHIPMENT.c.topic == topic))


async def forget_pushes(tx: Tx, before: datetime, unmerged_before: datetime) -> None:
    """Forget pushes that are merged, and those that never were and are older still."""
    merged = PUSH_INBOX.c.merged_at.is_not(None) & (PUSH_INBOX.c.at < before)
    await tx.run(delete(PUSH_INBOX).where(merged | (PUSH_INBOX.c.at < unmerged_before)))
