"""Where a shop's Admin API is, and nowhere else: a token goes to the shop's own address alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from portal.kit.hosts import is_here
from portal.platforms.live import Account, ShopError

API_VERSION: Final = "2026-10"  # the one version that is spoken; Shopify supports it until October 2027

SHOP: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")


@dataclass(frozen=True, slots=True)
class Address:
    """A shop's permanent domain, and the base URL that is called."""

    shop: str
    base: str

    @property
    def graphql(self) -> str:
        """Where operations go."""
        return f"{self.base}/admin/api/{API_VERSION}/graphql.json"

    @property
    def tokens(self) -> str:
        """Where tokens come from."""
        return f"{self.base}/admin/oauth/access_token"

    @property
    def is_played(self) -> bool:
        """Whether a test system is called in the shop's place."""
        return self.base != f"https://{self.shop}"


def address_of(account: Account) -> Address:
    """The address of the account's shop. Raises ShopError (`credentials`) for what is no shop of Shopify's."""
    shop = account.credentials.get("domain", "").strip().lower().removeprefix("https://").rstrip("/")
    if not SHOP.fullmatch(shop):
        raise ShopError("credentials", "The domain has to be the shop's own, like atelier-lune.myshopify.com.")
    return Address(shop, _override(account.api) if account.api else f"https://{shop}")


def _override(api: str) -> str:
    where = urlsplit(api)
    if where.scheme == "http" and not is_here(where.hostname):
        raise ShopError("credentials", "Another address than Shopify's has to be https, or on this machine.")
    return api.rstrip("/")
