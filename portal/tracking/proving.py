"""The job that asks a carrier for the proof of delivery of a parcel that has arrived. The question is paid for from
the account's budget, as all are."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

import carriers
from carriers import CarrierError, Milestone, TrackRequest
from carriers.core.contract import Proves
from carriers.core.http import paying
from carriers.core.registry import service_named
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.models import SHIPMENT
from portal.tracking.poller import asked_accounts
from portal.tracking.polling.purse import Purse
from portal.tracking.private import SHIPMENT_PRIVATE
from portal.tracking.proofs import PROVEN, keep_documents

log = logging.getLogger("jalon.proofs")

_ASKED = Query(
    select(
        SHIPMENT.c.topic,
        SHIPMENT.c.carrier,
        SHIPMENT.c.carrier_label,
        SHIPMENT.c.number,
        SHIPMENT.c.milestone,
        SHIPMENT_PRIVATE.c.postcode,
        SHIPMENT_PRIVATE.c.country,
    )
    .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.id == bindparam("shipment"))
)


async def fetch_proof(context: Context, payload: Mapping[str, Any]) -> None:
    """Ask the carrier for the documents of one parcel, and keep them."""
    shipment_id, now = int(payload["shipment"]), context.clock.now()
    async with context.db.read() as reader:
        row = await reader.row(_ASKED, {"shipment": shipment_id})
    if row is None or row.number is None or Milestone(row.milestone) not in PROVEN:
        return
    account = context.accounts.get(row.carrier or "")
    if account is None or not isinstance(adapter := carriers.get(account.carrier), Proves):
        return
    service = service_named(row.carrier_label) if row.carrier_label else None
    request = TrackRequest(row.number, postcode=row.postcode, country=row.country, service=service)
    asked = next(asked for asked in asked_accounts(context) if asked.name == account.carrier)
    try:
        with paying(Purse(context, asked, paid=0).pay):
            found = await adapter.prove(request, account, context.clients.get(account.carrier), context.tokens)
    except CarrierError as error:
        log.info("%s hands out no proof: %s", account.carrier, error.kind.value)
        if error.retryable:
            raise
        return

    async def unit(tx: Tx) -> None:
        if await keep_documents(tx, now, shipment_id, found):
            tx.emit(row.topic, "shipment.proved", shipment=shipment_id)

    await context.db.write(unit)
