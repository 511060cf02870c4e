"""Deliveries of the plugin that a Vendure is given: small bodies that say which order changed.

They are signed as Standard Webhooks are: HMAC-SHA256 over the id, the moment and the raw body. A repetition has the
same id and is signed anew, so the moment is never old.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from portal.platforms.live import Hint
from portal.platforms.strictjson import BadJson, first_value
from portal.platforms.vendure.shape import text

_LARGEST: Final = 16_384
_LONGEST_ID: Final = 200
_STALE_S: Final = 300


def signature(secret: str, event: str, moment: str, body: bytes) -> str:
    """What proves a delivery."""
    signed = hmac.new(secret.encode(), f"{event}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> Hint | None:
    """See `Hooked.verify`."""
    event, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    sent = headers.get("webhook-signature", "").split(" ")
    right = [_is_among(sent, signature(secret, _plain(event), _plain(moment), body)) for secret in secrets if secret]
    if not any(right) or not event or len(event) > _LONGEST_ID or len(body) > _LARGEST or not _is_fresh(moment, now):
        return None
    try:
        told, _ = first_value(body.decode())
    except (UnicodeDecodeError, BadJson):
        return None
    if not isinstance(told, dict) or (topic := text(told, "type")) is None:
        return None
    order = text(told, "orderId")
    return Hint(event, topic, "orders", (order,)) if order else Hint(event, topic, "nothing")


def _is_among(sent: Sequence[str], right: str) -> bool:
    found = [hmac.compare_digest(_plain(one).encode(), right.encode()) for one in sent]  # each is looked at
    return any(found)


def _plain(header: str) -> str:
    """Headers are bytes that may be no text."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_fresh(moment: str, now: datetime) -> bool:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 11):
        return False
    return abs((now - datetime.fromtimestamp(int(moment), UTC)).total_seconds()) <= _STALE_S
