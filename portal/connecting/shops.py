"""The shops that this installation is connected to, opened from the environment: one of each platform at most.

Opening reads variables and calls nobody. Knows platforms by their contract alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from portal.kit.errors import BadSetting
from portal.kit.hosts import is_here
from portal.orders.book import OrderBook
from portal.platforms.accounts import PREFIX, AccountError, accounts_from, missing, variables
from portal.platforms.live import Account, Shop, ShopError, Wire
from portal.platforms.registry import live

if TYPE_CHECKING:
    from portal.context import Context

HOOKS: Final = "/hooks/platforms/"


class Shops:
    """Every connected shop. Raises BadSetting for credentials that cannot be right, or that are no platform's."""

    def __init__(self, context: Context) -> None:
        self._base_url = context.settings.base_url
        self._accounts = usable_accounts(context.environ)
        self._shops = {slug: _opened(context, account) for slug, account in self._accounts.items()}

    def all(self) -> tuple[Shop, ...]:
        """The connected shops, by their platforms' names."""
        return tuple(self._shops.values())

    def at(self, platform: str) -> Shop | None:
        """The shop of this platform, if one is connected."""
        return self._shops.get(platform)

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """The connected shop that an order with this source is from."""
        found = self._shops.get(platform)
        return found if found is not None and found.name == (shop or "") else None

    def hooks_at(self, platform: str) -> str | None:
        """Our address for this platform's deliveries; None when nothing can reach us there: they go to https
        addresses, or stay on one machine."""
        address = f"{self._base_url}{HOOKS}{platform}"
        account = self._accounts.get(platform)
        on_this_machine = _is_here(address) and account is not None and _is_here(account.api or "")
        return address if address.startswith("https:") or on_this_machine else None


def usable_accounts(env: Mapping[str, str]) -> dict[str, Account]:
    """The accounts that are set up, by platform. Raises BadSetting for one that lacks something, and for a variable
    that is no platform's."""
    if unknown := sorted(_unknown(env)):
        raise BadSetting(unknown[0], f"is not a setting of any platform{_meant(unknown[0])}")
    try:
        accounts = accounts_from(env)
    except AccountError as problem:
        raise BadSetting(f"{PREFIX}…", str(problem)) from problem
    for slug, account in accounts.items():
        manifest = live(slug).manifest
        if lacking := missing(manifest, account):
            raise BadSetting(lacking[0], f"is needed to connect {manifest.label}: `jalon connect {slug}`")
    return accounts


def _unknown(env: Mapping[str, str]) -> Iterable[str]:
    ours = [name for name in env if name.startswith(PREFIX)]
    known = variables() if ours else frozenset()
    return (name for name in ours if name not in known and name.removesuffix("_FILE") not in known)


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name.removesuffix("_FILE"), variables(), 1, 0.8)
    return f"; did you mean {near[0]}?" if near else ": `jalon connect` lists them"


def _opened(context: Context, account: Account) -> Shop:
    platform = live(account.platform)
    client = context.clients.get(f"platform {account.platform}")
    try:
        return platform.open(account, Wire(client, context.tokens, context.clock, OrderBook(context)))
    except ShopError as problem:
        raise BadSetting(f"{PREFIX}{account.platform.upper()}_…", problem.message) from problem


def _is_here(address: str) -> bool:
    return is_here(urlsplit(address).hostname)
