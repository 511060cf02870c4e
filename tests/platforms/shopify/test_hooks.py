"""Deliveries: which are genuine, what each is about, and what is never believed."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.live import Hint, Wire
from portal.platforms.marks import mark_of
from portal.platforms.shopify.hooks import verifying
from portal.platforms.shopify.hooks.headers import delivered, header
from portal.platforms.shopify.hooks.topics import COMPLIANCE, SUBSCRIBED
from portal.platforms.shopify.hooks.verifying import hint_of, is_signed
from portal.platforms.shopify.shop import LIVE, ShopifyShop
from tests.support.shopify.deliveries import event_body, headers, order_body, signature, written
from tests.support.shopify.server import CLIENT_SECRET, ShopifyServer
from tests.support.shopify.shop import DOMAIN, Shop

NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "commerce" / "shopify"
OLD = "hush-the-secret-before"
ORDER = "gid://shopify/Order/4783296544821"
WORK = "gid://shopify/FulfillmentOrder/7"


def test_a_genuine_delivery_is_known(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    body = written(order_body(order))
    assert b"\\u0026" in body
    hint = shop.verify(headers("orders/updated", body, webhook_id="b54557e4"), body, NOW)
    assert hint == Hint("b54557e4", "orders/updated", "orders", (order.id,))


@pytest.mark.parametrize(
    "change",
    [
        {"hmac_sha256": signature(b"another body")},
        {"hmac_sha256": signature(b"{}", "another secret")},
        {"hmac_sha256": ""},
        {"hmac_sha256": "not base64!"},
        {"hmac_sha256": "é"},
        {"hmac_sha256": "AAAA"},
        {"shop_domain": "another.myshopify.com"},
        {"shop_domain": ""},
        {"topic": " "},
    ],
)
def test_what_is_doubtful_is_nothing(change: dict[str, str], shop: ShopifyShop) -> None:
    body = written({"id": 1})
    assert shop.verify(headers("orders/delete", body), body, NOW) is not None
    given_ = headers("orders/delete", body)
    given_ |= {f"x-shopify-{name.replace('_', '-')}": value for name, value in change.items()}
    assert shop.verify(given_, body, NOW) is None


def test_the_bytes_are_signed_and_not_what_they_mean(shop: ShopifyShop, store: Shop) -> None:
    body = written(order_body(store.place((store.shirts("M")[0], 1))))
    given_ = headers("orders/updated", body)
    again = json.dumps(json.loads(body)).encode()
    changed = body.replace(b"Fish", b"Fisk")
    assert shop.verify(given_, body, NOW) is not None
    assert shop.verify(given_, again, NOW) is None
    assert shop.verify(given_, changed, NOW) is None
    assert shop.verify(given_, body + b" ", NOW) is None
    assert shop.verify({name: value for name, value in given_.items() if "hmac" not in name}, body, NOW) is None


def test_the_secret_before_may_sign_while_it_is_set(played: ShopifyServer, wire: Wire) -> None:
    body = written({"id": 1})
    for credentials, known in ((None, False), ({"client_secret_old": OLD}, True)):
        account = played.account(client_id="x", client_secret=CLIENT_SECRET, **(credentials or {}))
        opened = LIVE.open(account, wire)
        assert isinstance(opened, ShopifyShop)
        assert (opened.verify(headers("orders/delete", body, OLD), body, NOW) is not None) == known
        assert opened.verify(headers("orders/delete", body), body, NOW) is not None


def test_without_a_secret_nothing_is_genuine(played: ShopifyServer, wire: Wire) -> None:
    opened = LIVE.open(played.account(token="shpat_invented"), wire)
    assert isinstance(opened, ShopifyShop)
    body = written({"id": 1})
    assert opened.verify(headers("orders/delete", body, ""), body, NOW) is None


def test_headers_of_the_coming_generation_are_found(shop: ShopifyShop) -> None:
    body = written({"id": 1})
    coming = {name.removeprefix("x-"): value for name, value in headers("orders/delete", body).items()}
    hint = shop.verify(coming, body, NOW)
    assert hint is not None
    assert hint.order_ids == ("gid://shopify/Order/1",)
    assert header({"shopify-topic": " a "}, "topic") == "a"
    assert delivered(coming) == delivered(headers("orders/delete", body))


def test_a_repetition_has_the_event_of_the_first(shop: ShopifyShop) -> None:
    body = written({"id": 1})
    first = headers("orders/delete", body)
    second = headers("orders/delete", body)
    hints = [shop.verify(one, body, NOW) for one in (first, first, second)]
    assert hints[0] is not None
    assert hints[0] == hints[1]
    assert hints[0] != hints[2]
    nameless = {name: value for name, value in first.items() if "webhook-id" not in name}
    assert shop.verify(nameless, body, NOW) == shop.verify(nameless, body, NOW)


def about_orders() -> list[tuple[str, dict[str, Any], tuple[str, ...]]]:
    """A body of each topic about an order, and what it leads to."""
    own = {"order_id": 4783296544821}
    whole = {"id": 4783296544821, "admin_graphql_api_id": ORDER, "name": "#1"}
    returned = {"admin_graphql_api_id": "gid://shopify/Return/5"}
    works = {"original_fulfillment_order": {"id": WORK}, "moved_fulfillment_order": {"id": f"{WORK}1"}}
    bodies: dict[str, tuple[dict[str, Any], str]] = {
        "orders/delete": ({"id": 4783296544821}, ORDER),
        "orders/edited": ({"order_edit": {"id": 789, "staff_note": "", **own}}, ORDER),
        "fulfillments/create": ({"id": 5, "status": "success", "line_items": [], **own}, ORDER),
        "fulfillments/update": ({"id": 5, "admin_graphql_api_id": "gid://shopify/Fulfillment/5", **own}, ORDER),
        "fulfillment_events/create": ({"id": 5, "fulfillment_id": 6, **own}, ORDER),
        "fulfillment_events/delete": ({"id": 5, "fulfillment_id": 6, **own}, ORDER),
        "refunds/create": ({"id": 5, "refund_line_items": [], **own}, ORDER),
        "returns/cancel": ({"id": 5, **returned, **own}, ORDER),
        "returns/update": ({**returned, "return_line_items": {}}, "gid://shopify/Return/5"),
        "returns/process": (returned, "gid://shopify/Return/5"),
        "fulfillment_orders/moved": (works, WORK),
        "fulfillment_orders/merged": ({"fulfillment_order_merges": {"fulfillment_order": {"id": WORK}}}, WORK),
    }
    for topic in SUBSCRIBED:
        if topic.startswith("orders/"):
            bodies.setdefault(topic, (whole, ORDER))
        elif topic.startswith("fulfillment_orders/"):
            bodies.setdefault(topic, ({"fulfillment_order": {"id": WORK, "status": "open"}}, WORK))
        elif topic.startswith("returns/"):
            bodies.setdefault(topic, ({"id": 5, "order": {"id": 1, "admin_graphql_api_id": ORDER}}, ORDER))
    return [(topic, body, (leads,)) for topic, (body, leads) in bodies.items()] + [("orders/updated", {"x": 1}, ())]


def test_every_topic_about_orders_is_tried() -> None:
    about = {topic for topic in SUBSCRIBED if not topic.startswith(("app/", "bulk_operations/"))}
    assert {topic for topic, _, _ in about_orders()} == about


@pytest.mark.parametrize(("topic", "body", "ids"), about_orders())
def test_each_topic_leads_to_its_order(
    topic: str, body: dict[str, Any], ids: tuple[str, ...], shop: ShopifyShop
) -> None:
    content = written(body)
    hint = shop.verify(headers(topic, content), content, NOW)
    assert hint is not None
    assert (hint.topic, hint.purpose, hint.order_ids) == (topic, "orders", ids)


async def test_a_delivery_about_a_return_leads_to_its_order(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    store.ship(order)
    document = await shop.order(order.id)
    assert document is not None
    made = await shop.request_return(document, "k", [(order.items[0].id, 1)], "size", "too small")
    body = written({"admin_graphql_api_id": made.reference, "return_line_items": {}})  # type: ignore[union-attr] # it is made
    hint = shop.verify(headers("returns/update", body), body, NOW)
    assert hint is not None
    (own,) = hint.order_ids
    found = await shop.order(own)
    assert found is not None
    assert found.source.order_id == order.id


@pytest.mark.parametrize(
    "topic", ["bulk_operations/finish", "app/scopes_update", "customers/update", "locations/update"]
)
def test_what_concerns_no_order_is_taken_and_left(topic: str, shop: ShopifyShop) -> None:
    body = written({"admin_graphql_api_id": "gid://shopify/Customer/1", "id": 1, "email": "zoe@mail.example"})
    hint = shop.verify(headers(topic, body), body, NOW)
    assert hint is not None
    assert (hint.purpose, hint.order_ids, hint.person) == ("nothing", (), ())


def wish(member: str, **changes: Any) -> bytes:
    customer = {"id": 191167, "email": "zoe@mail.example", "phone": "+33100000001"}
    body = {"shop_id": 954889, "shop_domain": DOMAIN, "customer": customer, member: [299938, 280263], **changes}
    return written(body)


@pytest.mark.parametrize(
    ("topic", "member", "purpose"),
    [
        ("customers/data_request", "orders_requested", "data_request"),
        ("customers/redact", "orders_to_redact", "erase_person"),
    ],
)
def test_a_persons_wish_says_who_and_which_orders(topic: str, member: str, purpose: str, shop: ShopifyShop) -> None:
    body = wish(member)
    hint = shop.verify(headers(topic, body), body, NOW)
    assert hint is not None
    assert (hint.purpose, hint.order_ids) == (purpose, ("gid://shopify/Order/299938", "gid://shopify/Order/280263"))
    assert dict(hint.person) == {
        "email": "zoe@mail.example", "phone": "+33100000001", "customer_id": "gid://shopify/Customer/191167",
    }  # fmt: skip
    assert "zoe" not in repr(hint)


def test_a_topic_is_not_signed_and_needs_the_body_to_say_the_same(shop: ShopifyShop, store: Shop) -> None:
    """Whoever has one genuine body cannot make another wish of it by its headers."""
    asked, erased = wish("orders_requested"), wish("orders_to_redact")
    order = written(order_body(store.place((store.shirts("M")[0], 1))))
    for topic, body in (
        ("customers/redact", asked),
        ("customers/data_request", erased),
        ("customers/redact", order),
        ("shop/redact", asked),
        ("shop/redact", order),
        ("app/uninstalled", order),
        ("customers/redact", wish("orders_to_redact", shop_domain="another.myshopify.com")),
    ):
        assert shop.verify(headers(topic, body), body, NOW) is None


def test_a_shop_that_leaves_is_known(shop: ShopifyShop) -> None:
    redact = written({"shop_id": 954889, "shop_domain": DOMAIN})
    gone = written({"id": 954889, "myshopify_domain": DOMAIN, "domain": "lune.example", "shop_owner": "Zoë"})
    hints = [
        shop.verify(headers(topic, body), body, NOW)
        for topic, body in (("shop/redact", redact), ("app/uninstalled", gone))
    ]
    assert [hint.purpose for hint in hints if hint] == ["erase_shop", "disconnected"]
    other = written({"shop_id": 954889, "shop_domain": "another.myshopify.com"})
    assert shop.verify(headers("shop/redact", other), other, NOW) is None


async def test_an_event_of_ours_that_comes_back_is_an_echo(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    parcel = store.ship(order)
    mark = mark_of("event", "a key")
    for message, origin in ((f"As the carrier says ({mark})", mark), ("In transit", None)):
        body = written(event_body(order, parcel, message))
        hint = shop.verify(headers("fulfillment_events/create", body), body, NOW)
        assert hint is not None
        assert hint.origin == origin


def test_deliveries_in_another_version_are_said_once(shop: ShopifyShop, caplog: pytest.LogCaptureFixture) -> None:
    verifying._compare_version.cache_clear()
    body = written({"id": 1})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert shop.verify(headers("orders/delete", body, api_version="2027-01"), body, NOW) is not None
    assert caplog.text.count("2027-01") == 1


def test_topics_that_cannot_be_subscribed_to_are_not(shop: ShopifyShop) -> None:
    assert set(COMPLIANCE).isdisjoint(SUBSCRIBED)
    assert len(set(SUBSCRIBED)) == len(SUBSCRIBED)


@given(st.binary(max_size=60), st.text(max_size=60))
def test_no_bytes_and_no_signature_are_an_exception(body: bytes, signature_: str) -> None:
    assert not is_signed(signature_, body, ["a secret"])
    signed = headers("orders/updated", body)
    assert hint_of(signed, body, DOMAIN, [CLIENT_SECRET]) is None or body.strip().startswith(b"{")


@pytest.mark.parametrize("name", ["orders_create", "orders_updated", "customers_redact"])
def test_recorded_signatures_hold(name: str) -> None:
    """Deliveries that were signed elsewhere, over bytes as Rails writes them."""
    path = SHARED / "signed" / f"{name}.body"
    if not path.exists():
        pytest.skip("no signed deliveries beside the checkout (../shared/fixtures/commerce/shopify/signed)")
    body = path.read_bytes()
    recorded = json.loads(path.with_suffix("").with_suffix(".headers.json").read_text())
    given_ = {key.lower(): value for key, value in recorded.items()}
    sender, secret = given_["x-shopify-shop-domain"], "hush-test-secret"
    assert hint_of(given_, body, sender, ["another", secret]) is not None
    assert hint_of(given_, body, sender, ["another"]) is None
    assert hint_of(given_, json.dumps(json.loads(body)).encode(), sender, [secret]) is None
    flipped = bytes([body[0], body[1] ^ 1]) + body[2:]
    assert hint_of(given_, flipped, sender, [secret]) is None
    assert hint_of(given_, body, "another.myshopify.com", [secret]) is None


@pytest.mark.parametrize(
    "path", sorted((SHARED / "docs-2026-07").glob("*.json")) or [None], ids=lambda p: p.stem if p else "absent"
)
def test_documented_bodies_lead_somewhere(path: Path | None) -> None:
    if path is None:
        pytest.skip("no documented bodies beside the checkout (../shared/fixtures/commerce/shopify/docs-2026-07)")
    topic = path.stem.replace("__", "/")
    body = path.read_bytes().replace(b"{shop}.myshopify.com", DOMAIN.encode())
    hint = hint_of(headers(topic, body), body, DOMAIN, [CLIENT_SECRET])
    assert hint is not None
    if hint.purpose == "orders":
        (own,) = hint.order_ids
        assert own.startswith(("gid://shopify/Order/", "gid://shopify/FulfillmentOrder/"))
