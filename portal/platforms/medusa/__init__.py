"""Medusa 2: orders as its Admin and Store APIs tell them, as neutral orders."""

from portal.platforms.contract import Platform
from portal.platforms.medusa.reader import documents, read

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("medusa", "Medusa", read)
