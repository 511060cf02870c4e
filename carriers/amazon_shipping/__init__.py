"""Amazon Shipping through the Selling Partner API: one parcel a call, and only those that Amazon carries."""

from carriers.amazon_shipping.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
