"""Shopify: webhook bodies, REST and GraphQL answers as neutral orders. Reads only; writes are elsewhere."""

from portal.platforms.contract import Platform
from portal.platforms.shopify.hooks.headers import delivered
from portal.platforms.shopify.reader import documents, read

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("shopify", "Shopify", read, delivered)
