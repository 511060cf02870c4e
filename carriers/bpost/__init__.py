"""bpost through its Shipping Manager: one item a call, XML."""

from carriers.bpost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
