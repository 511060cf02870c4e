"""Canada Post through its tracking service v2: one PIN a call, XML."""

from carriers.canadapost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
