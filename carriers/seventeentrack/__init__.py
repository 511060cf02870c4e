"""17TRACK, which asks over two thousand carriers: forty numbers a call, and pushes."""

from carriers.seventeentrack.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
