"""What a shop's subscriber file sends: believed when it is signed, just sent, and about an order."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from carriers.core.pushing import base_64
from portal.platforms.medusa.hooks import hint_of
from tests.platforms.medusa.samples import ORDER

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SECRET, OLD = "an invented secret of the shop", "the invented one before"
TOLD = {"name": "order.updated", "id": ORDER, "order_id": ORDER}


def signed(body: bytes, secret: str = SECRET, sent: datetime = NOW, name: str = "delivery-1") -> dict[str, str]:
    at = str(int(sent.timestamp()))
    signature = base_64(secret, f"{name}.{at}.".encode() + body).decode()
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}


def hint(body: bytes, headers: dict[str, str]) -> Any:
    return hint_of(headers, body, (SECRET, OLD), NOW)


def test_a_genuine_delivery_names_its_order_once() -> None:
    body = json.dumps(TOLD).encode()
    found = hint(body, signed(body))
    assert (found.event, found.topic, found.purpose, found.order_ids) == (
        "delivery-1",
        "order.updated",
        "orders",
        (ORDER,),
    )


def test_a_secret_that_is_being_changed_still_holds() -> None:
    body = json.dumps(TOLD).encode()
    assert hint(body, signed(body, OLD)) is not None
    both = signed(body, "another one")["webhook-signature"] + " " + signed(body)["webhook-signature"]
    assert hint(body, {**signed(body), "webhook-signature": both}) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1," + "é" * 10},
        {"webhook-id": "delivery-2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 40},
    ],
)
def test_whatever_was_changed_on_the_way_is_refused(change: dict[str, str]) -> None:
    body = json.dumps(TOLD).encode()
    assert hint(body, signed(body) | change) is None


def test_forged_stale_and_rewritten_deliveries_are_refused() -> None:
    body = json.dumps(TOLD).encode()
    assert hint(body, signed(body, "a guess")) is None
    assert hint(body, signed(body, sent=NOW - timedelta(minutes=6))) is None
    assert hint(body, signed(body, sent=NOW + timedelta(minutes=6))) is None
    assert hint(json.dumps(TOLD, indent=1).encode(), signed(body)) is None
    assert hint(body, {}) is None
    assert hint_of(signed(body), body, (), NOW) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"id": "order_01"}'])
def test_a_signed_body_that_says_nothing_is_no_delivery(body: bytes) -> None:
    assert hint(body, signed(body)) is None


def test_what_names_no_order_causes_nothing() -> None:
    body = json.dumps({"name": "payment.captured", "id": "pay_01"}).encode()
    found = hint(body, signed(body))
    assert (found.purpose, found.order_ids) == ("nothing", ())
