"""GLS in all its countries through the group's Track and Trace: ten numbers a call."""

from carriers.gls.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
