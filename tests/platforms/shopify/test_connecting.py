"""What `check` says about a connected shop, and which webhooks it has afterwards."""

from __future__ import annotations

import pytest

from portal.platforms.live import Finding
from portal.platforms.shopify.admin.scopes import OLDER, READ, WRITE
from portal.platforms.shopify.hooks.topics import SUBSCRIBED, enumerated
from portal.platforms.shopify.shop import ShopifyShop
from tests.platforms.shopify.test_client import answered
from tests.support.shopify.server import Fault, ShopifyServer
from tests.support.shopify.shop import Shop

HERE = "https://portal.example/hooks/platforms/shopify"


def wrong(findings: list[Finding] | tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


async def test_a_shop_that_is_as_it_must_be_has_nothing_wrong(shop: ShopifyShop, store: Shop) -> None:
    store.place((store.shirts("M")[0], 1))
    await shop.subscribe(HERE)
    assert wrong(list(await shop.check(HERE))) == []


@pytest.mark.parametrize("scope", [*READ, *WRITE])
async def test_each_scope_that_is_missing_is_named_with_what_it_is_for(
    scope: str, shop: ShopifyShop, store: Shop
) -> None:
    implied = f"write_{scope.removeprefix('read_')}"
    store.scopes -= {scope, implied} if scope in READ else {scope}
    missing = {finding.what for finding in wrong(list(await shop.check(None))) if "is missing" in finding.what}
    assert f"scope {scope} is missing: {(READ | WRITE)[scope]}" in missing
    assert all(finding.grave for finding in await shop.check(None) if "is missing" in finding.what)


async def test_who_may_write_may_read(shop: ShopifyShop, store: Shop) -> None:
    store.scopes -= {"read_orders", "read_returns", "read_fulfillments", "read_merchant_managed_fulfillment_orders"}
    assert [finding.what for finding in wrong(list(await shop.check(None))) if "scope" in finding.what] == []


async def test_orders_that_are_too_old_to_be_read_are_said(shop: ShopifyShop, store: Shop) -> None:
    store.scopes.discard(OLDER)
    (finding,) = [one for one in await shop.check(None) if "60 days" in one.what]
    assert (finding.ok, finding.grave) == (False, False)


async def test_credentials_of_another_shop_are_found(shop: ShopifyShop, store: Shop) -> None:
    store.domain = "another.myshopify.com"
    assert any(finding.grave and "another.myshopify.com" in finding.what for finding in await shop.check(None))


@pytest.mark.parametrize("fault", [Fault(503), Fault(None), answered({"errors": "frozen"}, 402)])
async def test_a_shop_that_does_not_answer_is_a_finding(fault: Fault, shop: ShopifyShop, played: ShopifyServer) -> None:
    played.faults.append(fault)
    (finding,) = await shop.check(HERE)
    assert (finding.ok, finding.grave) == (False, True)
    assert finding.fix


async def test_a_portal_that_nobody_can_reach_is_a_finding(shop: ShopifyShop) -> None:
    assert any("cannot reach" in finding.what and not finding.grave for finding in await shop.check(None))


async def test_every_topic_is_subscribed_to_once(shop: ShopifyShop, store: Shop, played: ShopifyServer) -> None:
    (finding,) = await shop.subscribe(HERE)
    assert finding.ok
    assert sorted(hook["topic"] for hook in store.hooks) == sorted(map(enumerated, SUBSCRIBED))
    before = list(played.executor.ran)
    (again,) = await shop.subscribe(HERE)
    assert again.ok
    assert len(store.hooks) == len(SUBSCRIBED)
    assert played.executor.ran[len(before) :] == ["Hooks"]


async def test_what_shopify_took_away_is_added_and_what_is_wrong_goes(shop: ShopifyShop, store: Shop) -> None:
    await shop.subscribe(HERE)
    lost = store.hooks.pop()
    doubled = {**store.hooks[0], "id": "gid://shopify/WebhookSubscription/double"}
    filtered = store.hooks[1]
    filtered["filter"] = "total_price:>100"
    elsewhere = {**store.hooks[2], "id": "gid://shopify/WebhookSubscription/else", "uri": "https://erp.example/hooks"}
    moved = {**store.hooks[3], "id": "gid://shopify/WebhookSubscription/moved", "uri": "https://portal.example/old"}
    stranger = {**store.hooks[4], "id": "gid://shopify/WebhookSubscription/topic", "topic": "ORDERS_PAID"}
    store.hooks += [doubled, elsewhere, moved, stranger]
    said = [finding.what for finding in await shop.check(HERE)]
    assert any("2 of" in what and "not subscribed" in what for what in said)
    assert any("4 of ours" in what for what in said)
    await shop.subscribe(HERE)
    topics = [hook["topic"] for hook in store.hooks if hook["uri"] == HERE]
    assert sorted(topics) == sorted(map(enumerated, SUBSCRIBED))
    assert lost["topic"] in topics
    assert elsewhere in store.hooks
    assert moved not in store.hooks
    assert all(not hook["filter"] for hook in store.hooks if hook["uri"] == HERE)


async def test_webhooks_of_another_version_are_found(shop: ShopifyShop, store: Shop) -> None:
    await shop.subscribe(HERE)
    store.hook_version = "2026-07"
    assert any("2026-07" in finding.what for finding in wrong(list(await shop.check(HERE))))


async def test_a_topic_that_is_refused_is_a_finding_and_the_others_are_there(
    shop: ShopifyShop, played: ShopifyServer, store: Shop
) -> None:
    refused = {
        "webhookSubscriptionCreate": {
            "webhookSubscription": None,
            "userErrors": [{"field": None, "message": "no scope"}],
        }
    }
    played.faults.extend([None, answered({"data": refused})])
    findings = await shop.subscribe(HERE)
    assert [finding.what for finding in findings] == ["webhook orders/create: no scope"]
    assert len(store.hooks) == len(SUBSCRIBED) - 1
