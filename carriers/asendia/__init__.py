"""Asendia through Asendia Sync: one number a call."""

from carriers.asendia.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
