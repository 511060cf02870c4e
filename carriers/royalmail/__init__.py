"""Royal Mail through its Tracking API v2: one item a call."""

from carriers.royalmail.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
