"""Finds adapters by folder: each package beside `core` exposes `CARRIER`. The core never names a vendor."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from functools import cache
from pathlib import Path

from carriers.core.contract import Carrier

_HOME = Path(__file__).resolve().parent.parent


class UnknownCarrier(LookupError):
    """No adapter has this slug."""


@cache
def slugs() -> tuple[str, ...]:
    """The slugs of all adapters, sorted; reads folder names only and imports nothing."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules([str(_HOME)]) if m.ispkg and m.name != "core"))


@cache
def get(slug: str) -> Carrier:
    """The adapter with this slug. Raises UnknownCarrier."""
    if slug not in slugs():
        raise UnknownCarrier(slug)
    carrier: Carrier = importlib.import_module(f"carriers.{slug}").CARRIER
    return carrier


def all() -> tuple[Carrier, ...]:
    """Every adapter, by slug."""
    return tuple(get(slug) for slug in slugs())


def named(name: str) -> Carrier | None:
    """The adapter that a shop means by `name` ("Colissimo", "UPS®"), or None."""
    slug = _by_name().get(fold(name))
    return get(slug) if slug else None


def service_named(name: str) -> str | None:
    """The `TrackRequest.service` that a shop's spelling stands for ("DHL Paket": "parcel-de"), or None."""
    return _services().get(fold(name))


def fold(name: str) -> str:
    """A spelling without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if c.isalnum() and c.isascii()).lower()


@cache
def _by_name() -> dict[str, str]:
    return {
        fold(name): c.manifest.slug for c in all() for name in (c.manifest.slug, c.manifest.label, *c.manifest.names)
    }


@cache
def _services() -> dict[str, str]:
    return {fold(name): service for c in all() for name, service in c.manifest.services}
