"""InPost in Poland through ShipX: one number a call, without credentials."""

from carriers.inpost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
