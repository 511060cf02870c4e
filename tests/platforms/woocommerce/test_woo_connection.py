"""Connecting a played shop: how calls prove themselves, what is found missing, and webhooks."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.live import Account, Finding, ShopError, Wire
from portal.platforms.woocommerce.hooks import TOPICS
from portal.platforms.woocommerce.shop import LIVE, WooShop
from portal.platforms.woocommerce.signing import signature
from tests.carriers.playing import a_client
from tests.platforms.woocommerce.conftest import connected
from tests.platforms.woocommerce.played import HOOK_SECRET, KEY, SECRET, Played
from tests.platforms.woocommerce.samples import order as sample

HERE = "https://portal.example/hooks/platforms/woocommerce"


def faults(findings: object) -> dict[str, str]:
    assert isinstance(findings, list)
    return {one.what: one.fix for one in findings if isinstance(one, Finding) and not one.ok}


async def test_a_shop_in_order_has_nothing_to_find(woo: Played, shop: WooShop) -> None:
    woo.store.place()
    await shop.subscribe(HERE)
    woo.asked.clear()
    found = await shop.check(HERE)
    assert faults(found) == {}
    assert [one.what for one in found] == [
        "Read orders",
        "Change orders",
        "Read products",
        "Statuses of orders",
        "Webhooks",
    ]
    assert [asked for asked in woo.writes() if asked != ("PUT", "orders/0")] == [], "looking changes nothing"


async def test_what_is_missing_is_said_in_plain_words(woo: Played, shop: WooShop) -> None:
    woo.reads_only = True
    woo.statuses += ["ready-for-pickup", "wc-zum-saeumen"]
    found = await shop.check(HERE)
    wrong = faults(found)
    assert "Read/Write" in wrong["Change orders"]
    assert "zum-saeumen" in wrong["Statuses of orders"]
    assert "ready-for-pickup" not in wrong["Statuses of orders"], "that one is known everywhere"
    assert all(wrong[f"Webhook {topic}"] == "It is not delivered." for topic in TOPICS)
    assert "asking" in faults(await shop.check(None))["Webhooks"]


async def test_a_shop_says_what_its_own_statuses_mean(woo: Played, clock: ManualClock) -> None:
    woo.statuses.append("zum-saeumen")
    async with a_client() as client:
        wire = Wire(client, TokenCache(), clock)
        shop = connected(woo.url, wire, statuses="zum-saeumen=preparing, wc-abholbereit=ready")
        found = faults(await shop.check(None))
        assert found["Statuses of orders"].startswith("The shop has no status abholbereit")
        order = await shop.order(str(woo.store.place(status="zum-saeumen")))
    assert order is not None
    assert (order.state.fulfilment, order.lines[0].quantity.in_progress) == ("in_progress", 2)
    for wrong in ("zum-saeumen", "a=b", "=ready"):
        with pytest.raises(ShopError, match="STATUS=WORD"):
            connected("http://127.0.0.1:1", wire, statuses=wrong)


async def test_wrong_keys_are_named_and_nothing_else_is_tried(woo: Played, clock: ManualClock) -> None:
    async with a_client() as client:
        shop = connected(woo.url, Wire(client, TokenCache(), clock), secret="another")
        (found,) = await shop.check(HERE)
        assert (found.ok, found.grave) == (False, True)
        with pytest.raises(ShopError) as error:
            await shop.order("1")
    assert error.value.kind == "credentials"
    assert "another" not in error.value.message + found.fix


async def test_where_there_is_no_shop(clock: ManualClock) -> None:
    async with a_client(1) as client:
        shop = connected("http://127.0.0.1:9", Wire(client, TokenCache(), clock))
        (found,) = await shop.check(None)
    assert (found.ok, found.grave) == (False, True)
    assert "could not be reached" in found.fix


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://shop.example", "shop.example"),
        ("https://shop.example/store/", "shop.example/store"),
        ("https://shop.example:8443/wp-json/wc/v3", "shop.example:8443"),
        ("http://127.0.0.1:8088", "127.0.0.1:8088"),
        ("http://localhost", "localhost"),
    ],
)
def test_addresses_of_shops(url: str, name: str) -> None:
    assert opened(url).name == name


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "http://shop.example",
        "http://10.0.0.5",
        "ftp://a.example",
        "https://a:b@c.example",
        "http://[",
    ],
)
def test_addresses_that_cannot_be_called_are_refused_at_once(url: str) -> None:
    with pytest.raises(ShopError) as error:
        opened(url)
    assert error.value.kind == "credentials"
    assert ("https" in error.value.message) or ("address" in error.value.message)


def opened(url: str) -> WooShop:
    client = a_client()  # nobody is called
    account = Account("woocommerce", {"url": url, "key": KEY, "secret": SECRET})
    found = LIVE.open(account, Wire(client, TokenCache(), ManualClock(datetime.now(UTC))))
    assert isinstance(found, WooShop)
    return found


def test_a_signature_that_was_worked_out_with_another_program() -> None:
    """With `openssl dgst -sha256 -hmac`; RFC 5849 has no example with SHA-256."""
    params = [("oauth_nonce", "n"), ("per_page", "1"), ("status", "any,b c")]
    assert signature("get", "http://127.0.0.1:8088/wp-json/wc/v3/orders", params, "s") == (
        "dQAwQ2rpmDn/IJO/T+7yZBkOMntwAN4ibAOK9nk2OoQ="
    )


async def test_over_https_keys_go_in_a_header(clock: ManualClock, tmp_path: Path) -> None:
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
        body = json.dumps(sample(id=1)).encode() if "orders/1 " in seen[-1] else b"[]"
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server, a_client() as client:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await connected(url, Wire(client, TokenCache(), clock)).order("1") is not None
    proof = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    for request in seen:
        assert f"authorization: Basic {proof}".lower() in request.lower()
        assert "oauth" not in request
        assert KEY not in request.splitlines()[0], "no key in an address"


def certificate(folder: Path) -> Path:
    """A certificate of this machine's own, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_each_topic_is_delivered_once_however_often_one_asks(woo: Played, shop: WooShop) -> None:
    for _ in range(2):
        assert all(finding.ok for finding in await shop.subscribe(HERE))
        assert sorted(hook["topic"] for hook in woo.hooks) == sorted(TOPICS)
    writes = len(woo.writes())
    await shop.subscribe(HERE)
    assert len(woo.writes()) == writes, "asking again changes nothing"
    assert {hook["secret"] for hook in woo.hooks} == {HOOK_SECRET}
    assert all(HOOK_SECRET not in hook["name"] for hook in woo.hooks)


async def test_webhooks_of_others_are_left_alone(woo: Played, shop: WooShop) -> None:
    other = {
        "id": 77,
        "topic": "order.created",
        "delivery_url": "https://erp.example",
        "status": "active",
        "name": "ERP",
        "secret": "x",
    }
    woo.hooks.append(dict(other))
    await shop.subscribe(HERE)
    assert woo.hooks[0] == other
    assert len(woo.hooks) == 5


async def test_what_was_switched_off_doubled_or_signed_otherwise_is_put_right(
    woo: Played, shop: WooShop, clock: ManualClock
) -> None:
    await shop.subscribe(HERE)
    woo.fail(5)
    assert faults(await shop.check(HERE)) == {}
    woo.fail(1)
    assert "five failures" in faults(await shop.check(HERE))["Webhook order.created"]
    woo.hooks.append(woo.hooks[0] | {"id": 99, "status": "active"})
    await shop.subscribe(HERE)
    assert faults(await shop.check(HERE)) == {}
    assert [hook["id"] for hook in woo.hooks if hook["topic"] == "order.created"] == [99], "the one that was at work"
    async with a_client() as client:
        other = connected(woo.url, Wire(client, TokenCache(), clock), hook_secret="a new and longer secret")
        assert "another secret" in faults(await other.check(HERE))["Webhook order.updated"]
        await other.subscribe(HERE)
        assert faults(await other.check(HERE)) == {}
    assert {hook["secret"] for hook in woo.hooks} == {"a new and longer secret"}


async def test_without_a_secret_nothing_is_taken_in(woo: Played, clock: ManualClock) -> None:
    async with a_client() as client:
        shop = connected(woo.url, Wire(client, TokenCache(), clock), hook_secret="")
        (found,) = await shop.subscribe(HERE)
        assert not found.ok
        woo.store.place()
        ((headers, body),) = woo.deliveries()
        assert shop.verify(headers, body, clock.now()) is None
    assert woo.hooks == []


async def test_saving_a_webhook_pings(woo: Played, shop: WooShop, clock: ManualClock) -> None:
    await shop.subscribe(HERE)
    assert len(woo.pings) == 4
    for ping in woo.pings:
        hint = shop.verify({"content-type": "application/x-www-form-urlencoded"}, ping, clock.now())
        assert hint is not None
        assert (hint.purpose, hint.order_ids) == ("ping", ())
    for body in (b"webhook_id=", b"webhook_id=5&id=7", b"webhook_id=x", b"id=5"):
        assert shop.verify({}, body, clock.now()) is None
    assert shop.verify({"x-wc-webhook-topic": "order.created"}, woo.pings[0], clock.now()) is None


async def test_deliveries_hint_at_orders(woo: Played, shop: WooShop, clock: ManualClock) -> None:
    order_id = woo.store.place()
    woo.store.change(order_id, {"shipping": {"city": "Paris"}})
    created, updated = (shop.verify(*delivery, clock.now()) for delivery in woo.deliveries())
    assert created is not None
    assert updated is not None
    assert (created.purpose, created.order_ids) == ("orders", (str(order_id),))
    assert created.event == updated.event, "one telling under two topics is one"
    woo.store.change(order_id, {"shipping": {"city": "Nice"}})
    (later,) = (shop.verify(*delivery, clock.now()) for delivery in woo.deliveries())
    assert later is not None
    assert later.event != updated.event, "though no date moved"


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({"x-wc-webhook-signature": "AAAA"}, None),
        ({"x-wc-webhook-signature": ""}, None),
        ({"x-wc-webhook-signature": "not base64 é"}, None),
        ({}, b"{}"),
    ],
)
async def test_what_nobody_proves_is_nothing(
    woo: Played, shop: WooShop, clock: ManualClock, changed: dict[str, str], body: bytes | None
) -> None:
    woo.store.place()
    ((headers, real),) = woo.deliveries()
    assert shop.verify(headers, real, clock.now()) is not None
    assert shop.verify({**headers, **changed}, real if body is None else body, clock.now()) is None
    assert shop.verify({}, real, clock.now()) is None
