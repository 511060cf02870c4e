"""Where a shop's server may be: https anywhere, plain http where nobody else listens."""

from __future__ import annotations

import pytest

from carriers.core.auth import TokenCache
from portal.kit.clock import SystemClock
from portal.platforms.addresses import name_of, server_address
from portal.platforms.live import Account, ShopError, Wire
from portal.platforms.registry import live
from tests.carriers.playing import a_client

GIVEN = {
    "medusa": {"secret_key": "sk_invented"},
    "prestashop": {"key": "INVENTED"},
    "saleor": {"token": "invented"},
    "vendure": {"username": "jalon", "password": "invented"},
    "woocommerce": {"key": "ck_invented", "secret": "cs_invented"},
}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://shop.example", "https://shop.example"),
        (" https://Shop.example:8443/store/?a=b#c ", "https://Shop.example:8443/store"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://localhost", "http://localhost"),
        ("http://shop.localhost", "http://shop.localhost"),
        ("http://medusa:9000", "http://medusa:9000"),
        ("http://my-shop_api-1:80", "http://my-shop_api-1:80"),
    ],
)
def test_addresses_that_are_called(url: str, address: str) -> None:
    assert server_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example", "http://10.0.0.5", "http://[2001:db8::1]", "http://0.0.0.0", "http://3232235777",
        "http://127.0.0.1.example", "http://localhost.example", "http://notlocalhost.lan",
    ],
)  # fmt: skip
def test_where_others_may_listen_nothing_is_said_in_clear(url: str) -> None:
    with pytest.raises(ShopError, match="enter the https address") as told:
        server_address(url)
    assert told.value.kind == "credentials"


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "//shop.example", "ftp://shop.example", "https://", "http://[", "https://a.example:x"],
)
def test_what_is_no_address_is_shown_with_a_good_one(url: str) -> None:
    with pytest.raises(ShopError, match=r"not the address of a shop's server, like https://one\.example"):
        server_address(url, "https://one.example")


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ShopError) as told:
        server_address("https://jalon:h0rse@shop.example")
    assert "h0rse" not in told.value.message
    assert "shop.example" in told.value.message


def test_a_shop_is_named_after_its_host() -> None:
    assert name_of("https://Shop.Example:8443/store") == "shop.example:8443"


@pytest.mark.parametrize("platform", sorted(GIVEN))
def test_every_platform_keeps_to_it(platform: str) -> None:
    wire = Wire(a_client(), TokenCache(), SystemClock())
    with pytest.raises(ShopError, match="enter the https address"):
        live(platform).open(Account(platform, {**GIVEN[platform], "url": "http://shop.example"}), wire)
    assert live(platform).open(Account(platform, {**GIVEN[platform], "url": "https://shop.example"}), wire).name
