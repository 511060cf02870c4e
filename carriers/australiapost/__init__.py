"""Australia Post through its Shipping and Tracking API: ten numbers a call."""

from carriers.australiapost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
