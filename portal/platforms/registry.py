"""Finds platforms by folder: each package here that exposes `PLATFORM`. The core never names a vendor."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.platforms.contract import Platform

_HOME = Path(__file__).resolve().parent


class UnknownPlatform(LookupError):
    """No platform has this slug."""


@cache
def slugs() -> tuple[str, ...]:
    """The slugs of all platforms, sorted; reads folder names only and imports nothing."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(_HOME)]) if module.ispkg))


@cache
def get(slug: str) -> Platform:
    """The platform with this slug. Raises UnknownPlatform."""
    if slug not in slugs():
        raise UnknownPlatform(slug)
    platform: Platform = importlib.import_module(f"portal.platforms.{slug}").PLATFORM
    return platform
