"""Deliveries that are signed as the Standard Webhooks describe it: HMAC-SHA256 over id, moment of sending and body.

For shops whose platform sends none by itself, and whose own program does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from carriers.core.pushing import base_64, is_one_of, just_sent, unix_moment

ID: Final = "webhook-id"
SENT_AT: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
PROOF: Final = "HMAC-SHA256 over the delivery's id, the moment of sending and the body, in Webhook-Signature"
_LONGEST_ID: Final = 200


def is_genuine(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime) -> bool:
    """Whether these bytes were signed with one of the secrets, and just sent. Several signatures may be given, each
    as "v1,…"; takes the same time whatever is wrong with them."""
    name, sent_at = headers.get(ID, ""), headers.get(SENT_AT, "")
    signed = f"{name}.{sent_at}.".encode("utf-8", "surrogateescape") + body
    expected = [b"v1," + base_64(secret, signed) for secret in secrets]
    given = headers.get(SIGNATURE, "").split()[:8]
    right = [is_one_of(one, expected) for one in given]
    fresh = just_sent(unix_moment(int(sent_at)), now) if sent_at.isascii() and sent_at.isdecimal() else False
    return any(right) and fresh and 0 < len(name) <= _LONGEST_ID
