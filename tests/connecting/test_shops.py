"""Shops are opened from the environment, and what cannot be right is said before anything begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.errors import BadSetting
from tests.support.teashop import DOMAIN, TeashopServer


def connected(context: Context, environ: dict[str, str], **settings: str) -> Shops:
    """The shops of an installation with these variables and settings."""
    return Shops(replace(context, environ=environ, settings=context.settings.model_copy(update=settings)))


async def test_a_shop_is_found_by_its_orders_source(context: Context) -> None:
    shops = Shops(context)
    (shop,) = shops.all()
    assert (shop.manifest.slug, shop.name) == ("teashop", DOMAIN)
    assert shops.of("teashop", DOMAIN) is shop
    assert shops.at("teashop") is shop
    assert shops.of("teashop", "other.example") is None
    assert shops.of("teashop", None) is None
    assert shops.of("shopify", DOMAIN) is None


async def test_it_can_be_asked(context: Context, teashop: TeashopServer) -> None:
    order_id = teashop.place(total=2500)
    shop = Shops(context).at("teashop")
    assert shop is not None
    found = await shop.order(order_id)
    assert found is not None
    assert (found.number, found.totals.total.shop) == ("T1", 2500)


async def test_opening_calls_nobody(context: Context, teashop: TeashopServer) -> None:
    Shops(context)
    assert teashop.asked == []


async def test_without_variables_there_is_none(context: Context) -> None:
    assert connected(context, {}).all() == ()


@pytest.mark.parametrize(
    ("changed", "key", "said"),
    [
        ({"JALON_PLATFORM_TEASHOP_TOKE": "x"}, "JALON_PLATFORM_TEASHOP_TOKE", "did you mean JALON_PLATFORM_TEASHOP_TO"),
        ({"JALON_PLATFORM_TEESHOP_TOKEN": "x"}, "JALON_PLATFORM_TEESHOP_TOKEN", "mean JALON_PLATFORM_TEASHOP_TOKEN"),
        ({"JALON_PLATFORM_X": "x"}, "JALON_PLATFORM_X", "`jalon connect` lists them"),
        ({"JALON_PLATFORM_TEASHOP_TOKEN": ""}, "JALON_PLATFORM_TEASHOP_TOKEN", "is needed to connect Teashop"),
        ({"JALON_PLATFORM_TEASHOP_TOKEN_FILE": "x"}, "JALON_PLATFORM_…", "are both set: keep one"),
        ({"JALON_PLATFORM_TEASHOP_API": "ftp://x"}, "JALON_PLATFORM_…", "must start with https://"),
        ({"JALON_PLATFORM_TEASHOP_DOMAIN": "tea example"}, "JALON_PLATFORM_TEASHOP_…", "has a space in it"),
    ],
)
async def test_what_cannot_be_right_is_named(
    context: Context, teashop: TeashopServer, changed: dict[str, str], key: str, said: str
) -> None:
    with pytest.raises(BadSetting, match=said) as refused:
        connected(context, teashop.environ() | changed)
    assert refused.value.key == key


async def test_deliveries_come_by_https_or_from_this_machine(context: Context, teashop: TeashopServer) -> None:
    here, there = teashop.environ(), teashop.environ(API="https://api.tea.example")
    world = "https://track.atelier-lune.example"
    assert connected(context, there).hooks_at("teashop") == f"{world}/hooks/platforms/teashop"
    local = {"base_url": "http://127.0.0.1:8000"}
    assert connected(context, there, **local).hooks_at("teashop") is None
    assert connected(context, here, **local).hooks_at("teashop") == "http://127.0.0.1:8000/hooks/platforms/teashop"
    assert connected(context, here, base_url="http://track.example").hooks_at("teashop") is None
