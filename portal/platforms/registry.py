"""Finds platforms by folder: each package here that exposes `PLATFORM`, and `LIVE` in its module `shop` where shops of
it can be connected. The core never names a vendor. A folder that is added to this package's `__path__` is looked
through as well, so that a platform may live elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from portal import platforms

if TYPE_CHECKING:
    from portal.platforms.contract import Platform
    from portal.platforms.live import Live


class UnknownPlatform(LookupError):
    """No platform has this slug."""


@cache
def slugs() -> tuple[str, ...]:
    """The slugs of all platforms, sorted; reads folder names only and imports nothing."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(platforms.__path__) if module.ispkg))


@cache
def get(slug: str) -> Platform:
    """The platform with this slug. Raises UnknownPlatform."""
    if slug not in slugs():
        raise UnknownPlatform(slug)
    platform: Platform = importlib.import_module(f"portal.platforms.{slug}").PLATFORM
    return platform


@cache
def connectable() -> tuple[str, ...]:
    """The slugs of the platforms whose shops can be connected, sorted; imports nothing."""
    return tuple(
        slug for slug in slugs() if any((Path(home) / slug / "shop.py").is_file() for home in platforms.__path__)
    )


@cache
def live(slug: str) -> Live:
    """How a shop of this platform is talked to. Raises UnknownPlatform."""
    if slug not in connectable():
        raise UnknownPlatform(slug)
    found: Live = importlib.import_module(f"portal.platforms.{slug}.shop").LIVE
    return found
