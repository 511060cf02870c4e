"""What programs are told of: which events are news, and how they are put. Pure.

News hold names of orders in addresses and codes, no word about a person: whoever wants to know more asks with a key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

KINDS: Final[Mapping[str, str]] = {
    "order.changed": "an order came in, or is not as it was",
    "order.gone": "its platform has an order no more",
    "shipment.changed": "a carrier said something new of a parcel",
    "shipment.expired": "nothing was heard of a parcel for long",
    "edit.changed": "a change that was asked for goes on, or has come to its end",
}
_CODES: Final = frozenset({"state", "code"})  # members of an event that are told as they are
_TOPIC: Final = "order:"


def order_of(topic: str) -> int | None:
    """The order that an event is about."""
    number = topic.removeprefix(_TOPIC)
    return int(number) if topic.startswith(_TOPIC) and number.isdigit() else None


def codes_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event is told."""
    return {name: value for name, value in data.items() if name in _CODES}


def body(kind: str, at: datetime, event_id: int, ref: str, codes: Mapping[str, Any]) -> bytes:
    """The bytes to send."""
    moment = at.isoformat().replace("+00:00", "Z")
    told = {"type": kind, "timestamp": moment, "data": {"order": ref, "event": event_id, **codes}}
    return json.dumps(told, separators=(",", ":")).encode()
