"""Vendure: answers of its Admin API as neutral orders; connected shops are in `shop`."""

from portal.platforms.contract import Platform
from portal.platforms.vendure.reader import documents, read

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("vendure", "Vendure", read)
