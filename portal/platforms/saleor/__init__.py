"""Saleor: GraphQL answers and webhook bodies as neutral orders. Written from its documentation and its schema, and not
tried with a Saleor."""

from portal.platforms.contract import Platform
from portal.platforms.saleor.reader import delivered, documents, read

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("saleor", "Saleor", read, delivered)
