"""Shops' credentials out of the environment: one shop per platform, secrets from a variable or from a file.

JALON_PLATFORM_SHOPIFY_DOMAIN=…            the value itself
JALON_PLATFORM_SHOPIFY_TOKEN_FILE=…        the path of a file that holds it
JALON_PLATFORM_SHOPIFY_API=…               another base URL, for a test system
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carriers.core.accounts import AccountError, api_of, value_of
from portal.platforms.live import Account, Manifest
from portal.platforms.registry import connectable, live

PREFIX: Final = "JALON_PLATFORM_"

__all__ = ["PREFIX", "AccountError", "accounts_from", "manifests", "missing", "variable", "variables"]


def manifests() -> tuple[Manifest, ...]:
    """Of every platform that can be connected."""
    return tuple(live(slug).manifest for slug in connectable())


def accounts_from(env: Mapping[str, str]) -> dict[str, Account]:
    """The accounts that `env` sets up, by platform, also incomplete ones (see `missing`). Raises AccountError."""
    if not any(name.startswith(PREFIX) for name in env):
        return {}  # platforms are imported only where one is connected
    found = {manifest.slug: _account(manifest, env) for manifest in manifests()}
    return {slug: account for slug, account in found.items() if account.credentials or account.api}


def missing(manifest: Manifest, account: Account | None) -> tuple[str, ...]:
    """The variables still to be set before this shop can be called."""
    have = account.credentials if account is not None else {}
    return tuple(variable(manifest.slug, c.name) for c in manifest.credentials if c.required and not have.get(c.name))


def variable(slug: str, name: str) -> str:
    """The environment variable of one credential, or of the base URL ("api")."""
    return f"{PREFIX}{slug.upper()}_{name.upper()}"


def variables() -> frozenset[str]:
    """Every variable that means something, without `_FILE`."""
    return frozenset(variable(m.slug, name) for m in manifests() for name in ("api", *(c.name for c in m.credentials)))


def _account(manifest: Manifest, env: Mapping[str, str]) -> Account:
    named = {c.name: value_of(env, variable(manifest.slug, c.name)) for c in manifest.credentials}
    values = {name: value for name, value in named.items() if value is not None}
    return Account(manifest.slug, values, api_of(env, variable(manifest.slug, "api")))
