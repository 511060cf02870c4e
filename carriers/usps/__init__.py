"""USPS through Tracking v3: one number a call, about sixty calls an hour."""

from carriers.usps.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
