"""Deliveries of the plugin are believed when they are proven, and only then."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.live import Hint
from portal.platforms.vendure.hooks import verify

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BODY = b'{"type":"ORDER_NOTE","orderId":"77"}'
SECRET = "an invented secret"


def headers(body: bytes = BODY, secret: str = SECRET, event: str = "e-1", at: datetime = NOW) -> dict[str, str]:
    """Written from the words of Standard Webhooks, not from the adapter."""
    moment = str(int(at.timestamp()))
    proof = hmac.new(secret.encode(), b".".join([event.encode(), moment.encode(), body]), hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(proof).decode()
    return {"webhook-id": event, "webhook-timestamp": moment, "webhook-signature": signature}


def test_a_delivery_names_the_order_to_read() -> None:
    assert verify([SECRET], headers(), BODY, NOW) == Hint("e-1", "ORDER_NOTE", "orders", ("77",))


def test_while_a_secret_is_changed_both_hold() -> None:
    assert verify(["a new secret", SECRET], headers(), BODY, NOW) is not None
    assert verify(["a new secret", ""], headers(), BODY, NOW) is None


def test_one_of_several_signatures_is_enough() -> None:
    sent = headers()
    both = {**sent, "webhook-signature": f"v1,AAAA {sent['webhook-signature']}"}
    assert verify([SECRET], both, BODY, NOW) is not None


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (headers(secret="another"), BODY),
        (headers(), BODY.replace(b"77", b"78")),
        (headers(), b'{"orderId": "77", "type": "ORDER_NOTE"}'),
        ({**headers(), "webhook-id": "e-2"}, BODY),
        ({**headers(), "webhook-timestamp": "1"}, BODY),
        ({name: value for name, value in headers().items() if name != "webhook-signature"}, BODY),
        ({name: value for name, value in headers().items() if name != "webhook-id"}, BODY),
        (headers(at=NOW - timedelta(minutes=6)), BODY),
        (headers(at=NOW + timedelta(minutes=6)), BODY),
        ({**headers(), "webhook-signature": "v1,\udcff\udcfe"}, BODY),
        (headers(b"[]"), b"[]"),
        (headers(b"\xff"), b"\xff"),
        (headers(b"{}"), b"{}"),
        ({}, b""),
    ],
)
def test_anything_else_is_not(sent: dict[str, str], body: bytes) -> None:
    assert verify([SECRET], sent, body, NOW) is None


def test_no_secret_proves_nothing() -> None:
    assert verify(["", ""], headers(secret=""), BODY, NOW) is None


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()), st.binary()
)
def test_nothing_that_is_sent_is_an_exception(sent: dict[str, Any], body: bytes) -> None:
    assert verify([SECRET], sent, body, NOW) is None
