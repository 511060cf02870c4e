"""Adds the platforms of the tests to the product's own, as if their folders stood among them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal import platforms
from portal.platforms import registry

HOME = str(Path(__file__).parent / "platforms")


def add() -> None:
    """For the rest of this process."""
    platforms.__path__.append(HOME)
    _look_again()


@contextmanager
def added() -> Iterator[None]:
    """For as long as the block lasts."""
    add()
    try:
        yield
    finally:
        platforms.__path__.remove(HOME)
        for name in [name for name in sys.modules if name.startswith("portal.platforms.teashop")]:
            del sys.modules[name]
        _look_again()


def _look_again() -> None:
    for known in (registry.slugs, registry.get, registry.connectable, registry.live):
        known.cache_clear()
