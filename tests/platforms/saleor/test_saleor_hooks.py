"""Saleor's deliveries: which are genuine, what they hint at, and how its webhook is set up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from portal.kit.clock import ManualClock
from portal.platforms.live import Hint
from portal.platforms.saleor.hooks import hint_of, keys_of
from portal.platforms.saleor.shop import SaleorShop
from tests.carriers.playing import a_client
from tests.platforms.saleor.played import Shop, key, played, public, signed
from tests.platforms.saleor.samples import ORDER_ID, Json, old
from tests.platforms.saleor.test_saleor_shop import connected

NOW = datetime(2026, 10, 2, tzinfo=UTC)
HOOK = "https://jalon.example/hooks/platforms/saleor"
TOLD = {
    "__typename": "OrderUpdated",
    "issuedAt": "2026-10-02T09:00:00+00:00",
    "order": {"id": ORDER_ID, "number": "77"},
}
BODY = json.dumps(TOLD).encode()


@pytest.fixture
async def saleor() -> AsyncIterator[Shop]:
    """The platform's side."""
    async with played() as shop:
        yield shop


@pytest.fixture
async def shop(saleor: Shop) -> AsyncIterator[SaleorShop]:
    """Ours, which knows the keys."""
    async with a_client() as client:
        found = connected(saleor.url, client)
        await found.learn()
        yield found


def headers(body: bytes, name: str = "k1", event: str = "order_updated") -> dict[str, str]:
    """What a delivery bears."""
    return {"saleor-signature": signed(body, name), "saleor-event": event, "content-type": "application/json"}


def test_a_genuine_delivery_hints_at_its_order(shop: SaleorShop) -> None:
    hint = shop.verify(headers(BODY), BODY, NOW)
    assert hint is not None
    assert (hint.topic, hint.purpose, hint.order_ids) == ("order_updated", "orders", (ORDER_ID,))
    again = shop.verify(headers(BODY), BODY, NOW + timedelta(hours=3))
    assert again == hint, "a repetition is the same event"
    other = json.dumps({**TOLD, "issuedAt": "2026-10-02T09:00:01+00:00"}).encode()
    assert _event(shop.verify(headers(other), other, NOW)) != hint.event


def test_old_headers_and_old_payloads_are_read_too(shop: SaleorShop) -> None:
    body = json.dumps([old()]).encode()
    told = {"x-saleor-signature": signed(body), "x-saleor-event": "order_created"}
    hint = shop.verify(told, body, NOW)
    assert hint is not None
    assert (hint.topic, hint.order_ids) == ("order_created", (ORDER_ID,))


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"\xff", b"", b'{"order": {"id": null}}', b"[[]]"])
def test_a_genuine_delivery_that_names_no_order_hints_at_nothing(shop: SaleorShop, body: bytes) -> None:
    hint = shop.verify(headers(body), body, NOW)
    assert hint is not None
    assert (hint.purpose, hint.order_ids) == ("nothing", ())


def test_every_changed_byte_is_noticed(shop: SaleorShop) -> None:
    told = headers(BODY)
    for at in range(0, len(BODY), 7):
        spoiled = BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :]
        assert shop.verify(told, spoiled, NOW) is None
    reserialised = json.dumps(json.loads(BODY), indent=1).encode()
    assert shop.verify(told, reserialised, NOW) is None
    assert shop.verify(told, BODY + b" ", NOW) is None


def _forged() -> dict[str, str]:
    """Signatures that are none, by what is wrong with them."""
    right = signed(BODY)
    head, _, mark = right.split(".")
    pem = key("k1").public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    return {
        "none at all": "",
        "rubbish": "x",
        "three dots": "..",
        "not base64": "a.b.c",
        "without mark": f"{head}..",
        "somebody else's key": signed(BODY, "k2"),
        "somebody else's key under our name": _as("k2", "k1"),
        "a secret that is the public key": _hs256(pem),
        "no algorithm": _joined({"alg": "none", "b64": False, "crit": ["b64"], "kid": "k1"}, b""),
        "another hash": jwt.api_jws.encode(
            BODY, key("k1"), "RS512", {"b64": False, "crit": ["b64"], "kid": "k1"}, is_payload_detached=True
        ),
        "without the name of a key": jwt.api_jws.encode(
            BODY, key("k1"), "RS256", {"b64": False, "crit": ["b64"]}, is_payload_detached=True
        ),
        "a part is missing": f"{head}.{mark}",
        "a payload of its own": jwt.api_jws.encode(BODY, key("k1"), "RS256", {"kid": "k1"}),
        "too long": "x" * 100_000,
        "not of ASCII": "ü.ü.ü",
    }


def _as(name: str, called: str) -> str:
    head = {"b64": False, "crit": ["b64"], "kid": called}
    return jwt.api_jws.encode(BODY, key(name), algorithm="RS256", headers=head, is_payload_detached=True)


def _hs256(secret: bytes) -> str:
    head = _b64(json.dumps({"alg": "HS256", "b64": False, "crit": ["b64"], "kid": "k1"}).encode())
    mark = hmac.new(secret, f"{head}.".encode() + BODY, hashlib.sha256).digest()
    return f"{head}..{_b64(mark)}"


def _joined(head: Json, mark: bytes) -> str:
    return f"{_b64(json.dumps(head).encode())}..{_b64(mark)}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("what", _forged())
def test_a_signature_that_is_none_proves_nothing(shop: SaleorShop, what: str) -> None:
    told = {**headers(BODY), "saleor-signature": _forged()[what]}
    assert shop.verify(told, BODY, NOW) is None


def test_nothing_is_genuine_before_the_keys_are_known(saleor: Shop) -> None:
    assert connected(saleor.url, a_client()).verify(headers(BODY), BODY, NOW) is None


async def test_new_keys_are_learnt_and_old_ones_forgotten(saleor: Shop) -> None:
    clock = ManualClock(NOW)
    async with a_client() as client:
        shop = connected(saleor.url, client, clock=clock)
        assert await shop.learn()
        saleor.keys = ["k2"]
        assert shop.verify(headers(BODY, "k2"), BODY, NOW) is None
        clock.advance(timedelta(minutes=1))
        assert await shop.learn()
        assert shop.verify(headers(BODY, "k2"), BODY, NOW) is not None
        assert shop.verify(headers(BODY, "k1"), BODY, NOW) is None


@pytest.mark.parametrize(
    "published",
    [
        {},
        {"keys": None},
        {"keys": []},
        {"keys": [5]},
        {"keys": [{"kty": "RSA"}]},
        {"keys": [{"kty": "oct", "k": "YQ"}]},
    ],
)
def test_keys_that_cannot_be_read_are_none(published: Any) -> None:
    assert keys_of(published) == {}
    assert hint_of(headers(BODY), BODY, keys_of(published)) is None


def test_a_key_that_cannot_be_read_leaves_the_others() -> None:
    odd = {"kty": "EC", "kid": "odd", "alg": "ES256", "crv": "P-256", "x": "", "y": ""}
    assert set(keys_of({"keys": [odd, public("k1")]})) == {"k1"}


async def test_the_webhook_is_set_up_once(saleor: Shop, shop: SaleorShop) -> None:
    saleor.webhooks.append({
        "id": "other", "name": "ERP", "targetUrl": "https://erp.example/", "isActive": False, "asyncEvents": [],
        "subscriptionQuery": None,
    })  # fmt: skip
    for _ in range(3):
        assert all(one.ok for one in await shop.subscribe(HOOK))
        assert all(one.ok for one in await shop.check(HOOK))
    assert [name for name, _ in saleor.made] == ["webhookCreate"]
    assert [hook["targetUrl"] for hook in saleor.webhooks] == ["https://erp.example/", HOOK]


@pytest.mark.parametrize("spoil", ["off", "events", "query", "twice"])
async def test_a_webhook_that_is_not_as_it_must_be_is_mended(saleor: Shop, shop: SaleorShop, spoil: str) -> None:
    await shop.subscribe(HOOK)
    ours = saleor.webhooks[0]
    if spoil == "off":
        ours["isActive"] = False
    if spoil == "events":
        ours["asyncEvents"] = ours["asyncEvents"][1:]
    if spoil == "query":
        ours["subscriptionQuery"] = "subscription { event { issuedAt } }"
    if spoil == "twice":
        saleor.webhooks.append({**ours, "id": "again"})
    found = {one.what: one for one in await shop.check(HOOK)}
    assert not found["Webhook"].ok
    assert all(one.ok for one in await shop.subscribe(HOOK))
    assert (len(saleor.webhooks), all(one.ok for one in await shop.check(HOOK))) == (1, True)


async def test_a_webhook_that_saleor_refuses_is_told(saleor: Shop, shop: SaleorShop) -> None:
    saleor.refuses["webhookCreate"] = "INVALID"
    (found,) = await shop.subscribe(HOOK)
    assert (found.ok, "INVALID" in found.fix) == (False, True)


async def test_keys_that_are_not_there_are_found(saleor: Shop) -> None:
    saleor.keys = []
    async with a_client() as client:
        found = {one.what: one for one in await connected(saleor.url, client).check(None)}
    assert (found["Signing keys"].ok, found["Webhook"].ok) == (False, False)


def _event(hint: Hint | None) -> str | None:
    return hint.event if hint else None
