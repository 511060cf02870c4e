"""Brands, as formats and shops name them, and the adapters that are asked about them."""

from __future__ import annotations

from functools import cache

from carriers.core.links import BRANDS
from carriers.core.numbers.formats import FORMATS
from carriers.core.registry import fold, named


def brand_named(name: str) -> str | None:
    """The slug of the brand that a shop means by `name`, or of the adapter; None for one that is not known here."""
    adapter = named(name)
    return _brands().get(fold(name)) or (adapter.manifest.slug if adapter is not None else None)


def adapter_or(brand: str) -> str:
    """The slug of the adapter that is asked about this brand, or the brand itself where there is none."""
    adapter = named(brand)
    return adapter.manifest.slug if adapter is not None else brand


def is_branch(brand: str, of: str) -> bool:
    """Whether `brand` is a country's branch of the brand `of`: dpd_fr is one of dpd."""
    return brand.startswith(f"{of}_")


def branch(brand: str, country: str | None) -> str:
    """The branch of `brand` in that country (alpha-2) where it has a name of its own, else `brand`."""
    local = f"{brand}_{country}".lower()
    return local if country is not None and local in _brands().values() else brand


@cache
def _brands() -> dict[str, str]:
    written = {fold(format.brand): format.brand for format in FORMATS}
    return written | {fold(name): b.slug for b in BRANDS for name in (b.slug, b.label, *b.names)}
