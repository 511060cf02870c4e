"""Carrier accounts out of the environment: one account per carrier, secrets from a variable or from a file.

JALON_CARRIER_UPS_CLIENT_ID=…            the value itself
JALON_CARRIER_UPS_CLIENT_SECRET_FILE=…   the path of a file that holds it
JALON_CARRIER_UPS_API=…                  another base URL, for a test system
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from carriers.core.contract import Account, Manifest
from carriers.core.registry import all

PREFIX: Final = "JALON_CARRIER_"
_LONGEST_SECRET: Final = 16_384


class AccountError(ValueError):
    """A setting of a carrier account cannot be used; the message names the variable, never its value."""


def accounts_from(env: Mapping[str, str]) -> dict[str, Account]:
    """The accounts that `env` sets up, by carrier slug, also incomplete ones (see `missing`).

    Raises AccountError for a variable that cannot be read or is set twice.
    """
    found = {carrier.manifest.slug: account_from(carrier.manifest, env) for carrier in all()}
    return {slug: account for slug, account in found.items() if account.credentials or account.api}


def account_from(manifest: Manifest, env: Mapping[str, str]) -> Account:
    """The account of one carrier, as far as `env` sets it up. Raises AccountError."""
    values = {
        c.name: value for c in manifest.credentials if (value := value_of(env, variable(manifest, c.name))) is not None
    }
    return Account(manifest.slug, values, api_of(env, variable(manifest, "api")))


def missing(manifest: Manifest, account: Account | None) -> tuple[str, ...]:
    """The variables still to be set before this carrier can be asked; empty when it is ready."""
    have = account.credentials if account is not None else {}
    return tuple(variable(manifest, c.name) for c in manifest.credentials if c.required and not have.get(c.name))


def served_by(slug: str, accounts: Collection[str]) -> tuple[str, ...]:
    """The carriers whose parcels the account of `slug` is asked about: its own, and those that have no account
    of their own and name this adapter as the first that may stand in. `accounts` are the slugs that have one.
    """
    return (slug, *(c.manifest.slug for c in all() if _asked_at(c.manifest, accounts) == slug != c.manifest.slug))


def served(accounts: Collection[str]) -> frozenset[str]:
    """The carriers about whose parcels these accounts can ask."""
    return _served(frozenset(accounts))


@cache
def _served(accounts: frozenset[str]) -> frozenset[str]:
    return frozenset(carrier for slug in accounts for carrier in served_by(slug, accounts))


def _asked_at(manifest: Manifest, accounts: Collection[str]) -> str | None:
    return next((slug for slug in (manifest.slug, *manifest.instead) if slug in accounts), None)


def variable(manifest: Manifest, name: str) -> str:
    """The environment variable of one credential, or of the base URL ("api")."""
    return f"{PREFIX}{manifest.slug.upper()}_{name.upper()}"


def value_of(env: Mapping[str, str], name: str) -> str | None:
    """The value of a variable, or of the file that `NAME_FILE` names. Raises AccountError."""
    plain, path = env.get(name, "").strip(), env.get(f"{name}_FILE", "").strip()
    if plain and path:
        raise AccountError(f"{name} and {name}_FILE are both set: keep one.")
    return (_read(f"{name}_FILE", path) if path else plain) or None


def _read(name: str, path: str) -> str:
    try:
        secret = Path(path).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise AccountError(f"{name}: the file it names cannot be read ({type(error).__name__}).") from error
    if not secret or len(secret) > _LONGEST_SECRET:
        raise AccountError(f"{name}: the file it names is empty or far too long.")
    return secret


def api_of(env: Mapping[str, str], name: str) -> str | None:
    """A base URL. Raises AccountError."""
    url = env.get(name, "").strip().rstrip("/")
    if url and not url.startswith(("https://", "http://")):
        raise AccountError(f"{name} must start with https:// (or http:// on your own machine).")
    return url or None
