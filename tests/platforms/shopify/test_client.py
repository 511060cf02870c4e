"""How Shopify's Admin API is spoken to: tokens, pace, failures in plain words, and nowhere else."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from portal.kit.clock import ManualClock
from portal.platforms.live import Account, ShopError, Wire
from portal.platforms.shopify.admin import client as speaking
from portal.platforms.shopify.admin.client import LONGEST_WAIT, TooCostly
from portal.platforms.shopify.operations import connecting, orders
from portal.platforms.shopify.shop import LIVE, ShopifyShop
from tests.support.shopify.server import CLIENT_ID, CLIENT_SECRET, STATIC, Fault, ShopifyServer
from tests.support.shopify.shop import Shop

THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 600,
            "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 100, "restoreRate": 100},
        }
    },
}


def answered(body: object, status: int = 200, **headers: str) -> Fault:
    return Fault(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


async def test_a_token_is_fetched_once_and_again_after_a_day(
    shop: ShopifyShop, played: ShopifyServer, clock: ManualClock
) -> None:
    for _ in range(3):
        await shop.admin.ask(connecting.ABOUT)
    assert played.token_requests == 1
    clock.advance(timedelta(hours=24))
    await shop.admin.ask(connecting.ABOUT)
    assert played.token_requests == 2
    assert {token for token, _ in played.asked} == {"shpat_granted_1", "shpat_granted_2"}


async def test_a_token_that_is_refused_is_replaced_once(shop: ShopifyShop, played: ShopifyServer) -> None:
    await shop.admin.ask(connecting.ABOUT)
    played.tokens.discard("shpat_granted_1")
    answer = await shop.admin.ask(connecting.ABOUT)
    assert answer.data["shop"]["name"] == "Atelier Lune"
    assert played.token_requests == 2


async def test_a_token_that_is_refused_anew_is_not_asked_for_for_ever(shop: ShopifyShop, played: ShopifyServer) -> None:
    played.tokens.clear()
    played.faults.extend([answered({"errors": "no"}, 401)] * 5)
    with pytest.raises(ShopError) as refused:
        await shop.admin.ask(connecting.ABOUT)
    assert refused.value.kind == "credentials"
    assert played.token_requests == 2


async def test_a_wrong_secret_is_a_matter_of_credentials(played: ShopifyServer, wire: Wire) -> None:
    opened = LIVE.open(played.account(client_id=CLIENT_ID, client_secret="another"), wire)
    (finding,) = await opened.check(None)
    assert not finding.ok
    assert finding.grave
    assert "client id and secret" in finding.what + finding.fix
    assert "another" not in finding.what + finding.fix


async def test_a_static_token_is_used_as_it_is(played: ShopifyServer, wire: Wire) -> None:
    opened = LIVE.open(played.account(token=STATIC), wire)
    assert all(
        finding.ok or "webhook" in finding.what or "deliver" in finding.what for finding in await opened.check(None)
    )
    assert played.token_requests == 0
    assert {token for token, _ in played.asked} == {STATIC}


@pytest.mark.parametrize(
    "domain",
    [
        "", "atelier-lune", "atelier-lune.com", "atelier-lune.myshopify.com.evil.example", "a/b.myshopify.com",
        "x@y.myshopify.com", "http://atelier-lune.myshopify.com", "-.myshopify.com", "atelier.lune.myshopify.com",
    ],
)  # fmt: skip
def test_what_is_no_shop_of_shopifys_is_not_called(domain: str, wire: Wire) -> None:
    with pytest.raises(ShopError) as refused:
        LIVE.open(Account("shopify", {"domain": domain, "token": STATIC}), wire)
    assert refused.value.kind == "credentials"


@pytest.mark.parametrize(
    "domain", ["Atelier-Lune.myshopify.com", "https://atelier-lune.myshopify.com/", " atelier-lune.myshopify.com "]
)
def test_a_domain_is_taken_as_people_copy_it(domain: str, wire: Wire) -> None:
    opened = LIVE.open(Account("shopify", {"domain": domain, "token": STATIC}), wire)
    assert opened.name == "atelier-lune.myshopify.com"
    assert isinstance(opened, ShopifyShop)
    assert opened.admin.address.graphql == "https://atelier-lune.myshopify.com/admin/api/2026-10/graphql.json"


def test_another_address_than_shopifys_is_safe_or_here(wire: Wire) -> None:
    credentials = {"domain": "atelier-lune.myshopify.com", "token": STATIC}
    for api in ("https://proxy.example", "http://127.0.0.1:1", "http://localhost:1"):
        LIVE.open(Account("shopify", credentials, api), wire)
    with pytest.raises(ShopError):
        LIVE.open(Account("shopify", credentials, "http://proxy.example"), wire)


def test_it_takes_a_token_or_id_and_secret(wire: Wire) -> None:
    for lacking in ({}, {"client_id": "x"}, {"client_secret": CLIENT_SECRET}):
        with pytest.raises(ShopError) as refused:
            LIVE.open(Account("shopify", {"domain": "atelier-lune.myshopify.com", **lacking}), wire)
        assert refused.value.kind == "credentials"


async def test_the_version_is_in_every_address(shop: ShopifyShop, played: ShopifyServer) -> None:
    await shop.check(None)
    assert set(played.paths) == {"/admin/oauth/access_token", "/admin/api/2026-10/graphql.json"}


async def test_another_version_that_answers_is_said(
    shop: ShopifyShop, played: ShopifyServer, caplog: pytest.LogCaptureFixture
) -> None:
    speaking._warn_of_version.cache_clear()
    played.version = "2027-10"
    with caplog.at_level(logging.WARNING):
        findings = await shop.check(None)
    assert "2027-10" in caplog.text
    assert any(not finding.ok and "2027-10" in finding.what for finding in findings)


async def test_a_throttled_question_waits_for_its_points(
    shop: ShopifyShop, played: ShopifyServer, waited: list[float]
) -> None:
    played.faults.append(answered(THROTTLED))
    answer = await shop.admin.ask(connecting.ABOUT)
    assert answer.data["shop"]["name"] == "Atelier Lune"
    assert len(waited) == 1
    assert 5.0 <= waited[0] <= 6.25  # (600 - 100) / 100, and up to a quarter more


async def test_an_empty_bucket_fills_while_we_wait(
    shop: ShopifyShop, played: ShopifyServer, waited: list[float]
) -> None:
    played.executor.bucket.left = 0
    played.executor.bucket.seen = played.shop.clock.now()
    await shop.admin.ask(orders.COUNT, query=None)
    assert waited


async def test_who_waits_too_long_is_told_how_long(
    shop: ShopifyShop, played: ShopifyServer, waited: list[float]
) -> None:
    played.faults.extend([answered(THROTTLED)] * 9)
    with pytest.raises(ShopError) as stopped:
        await shop.admin.ask(connecting.ABOUT)
    assert stopped.value.kind == "throttled"
    assert stopped.value.retry_after is not None
    assert stopped.value.retry_after >= 5
    assert sum(waited) <= LONGEST_WAIT


async def test_429_waits_as_long_as_it_says(shop: ShopifyShop, played: ShopifyServer, waited: list[float]) -> None:
    played.faults.append(answered({"errors": "Too many"}, 429, retry_after="2"))
    await shop.admin.ask(connecting.ABOUT)
    assert 2.0 <= waited[0] <= 2.5
    played.faults.append(answered({"errors": "Too many"}, 429, retry_after="900"))
    with pytest.raises(ShopError) as stopped:
        await shop.admin.ask(connecting.ABOUT)
    assert (stopped.value.kind, stopped.value.retry_after is not None) == ("throttled", True)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(502), "unreachable"),
        (Fault(None), "unreachable"),
        (answered({"errors": [{"message": "Oops", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), "unreachable"),
        (answered({"errors": "Unavailable Shop"}, 402), "credentials"),
        (answered({"errors": "Locked"}, 423), "credentials"),
        (answered({"errors": "Not Found"}, 404), "credentials"),
        (answered({"errors": "no scope"}, 403), "scope"),
        (answered([]), "answer"),
        (answered({}), "answer"),
        (Fault(200, {}, b"<html>"), "answer"),
        (
            answered({"errors": [{"message": "Field 'x' doesn't exist", "extensions": {"code": "undefinedField"}}]}),
            "answer",
        ),
    ],
)
async def test_failures_say_what_to_do_about_them(
    fault: Fault, kind: str, shop: ShopifyShop, played: ShopifyServer
) -> None:
    played.faults.append(fault)
    with pytest.raises(ShopError) as failed:
        await shop.admin.ask(connecting.ABOUT)
    assert failed.value.kind == kind
    assert CLIENT_SECRET not in failed.value.message
    assert "shpat" not in failed.value.message


async def test_a_scope_that_is_missing_is_named(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    store.scopes.discard("write_order_edits")
    with pytest.raises(ShopError) as denied:
        await shop.admin.ask(
            "mutation Begin($id: ID!) { orderEditBegin(id: $id) { userErrors { message } } }", id=order.id
        )
    assert denied.value.kind == "scope"
    assert "write_order_edits" in denied.value.message


async def test_a_question_that_costs_too_much_is_asked_smaller(
    shop: ShopifyShop, played: ShopifyServer, store: Shop
) -> None:
    order = store.place(*[(variant, 1) for variant in store.shirts(*"ABCDEFGHIJKL")])
    played.executor.most = 300
    document = await shop.order(order.id)
    assert document is not None
    assert len(document.lines) == 12
    assert played.executor.ran[0] == "Order"
    assert [name for _, name in played.asked][:2] == ["Order", "Order"]


async def test_a_question_that_is_always_too_large_is_an_error_of_ours(
    shop: ShopifyShop, played: ShopifyServer, store: Shop
) -> None:
    order = store.place((store.shirts("M")[0], 1))
    played.executor.most = 5
    with pytest.raises(TooCostly):
        await shop.order(order.id)
