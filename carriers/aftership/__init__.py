"""AfterShip, which asks over a thousand carriers: fifty numbers a call, and signed pushes."""

from carriers.aftership.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
