"""Orders with a parcel each, and what La Poste says of it: the smallest thing that can be followed."""

from __future__ import annotations

import json
from datetime import timedelta

from portal.context import Context
from portal.orders.sync import import_order
from tests.support.carrier import Reply
from tests.support.command import link_to
from tests.support.context import order, parcel

LABELS = ("Annoncé par l’expéditeur.", "Déposé au bureau de poste.", "Trié au départ.", "Parti en tournée.", "Remis.")
CODES = ("DR1", "PC1", "ET1", "MD2", "DI1")


def number_of(index: int) -> str:
    """A tracking number."""
    return f"6A{index:011}"


async def shipped(context: Context, index: int = 1) -> str:
    """An order with one parcel, due at once; returns the path of a link to it. Its number is #1000 + `index`."""
    number = f"#{1000 + index}"
    await import_order(context, order(number=number, parcels=[parcel("p", number_of(index), {"mug": 2, "bowl": 1})]))
    return await link_to(context, number)


def said(context: Context, index: int, scans: int) -> Reply:
    """What La Poste answers when it has scanned the parcel so many times (at most five), the last one just now."""
    now = context.clock.now()
    events = [
        {"code": code, "label": label, "date": (now - timedelta(hours=scans - n)).isoformat(timespec="seconds")}
        for n, (code, label) in enumerate(zip(CODES[:scans], LABELS, strict=False), 1)
    ]
    shipment = {"idShip": number_of(index), "product": "Colissimo", "isFinal": scans == 5, "event": events[::-1]}
    return Reply(json.dumps({"returnCode": 200, "shipment": shipment}).encode())
