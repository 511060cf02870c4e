"""ShipEngine (now ShipStation API), which asks some dozens of carriers: one number a call, and pushes."""

from carriers.shipengine.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
