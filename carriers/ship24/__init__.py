"""Ship24, which asks over a thousand carriers: one number a call, and pushes."""

from carriers.ship24.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
