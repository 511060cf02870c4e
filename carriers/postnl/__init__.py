"""PostNL through its Shippingstatus API v2: one barcode a call."""

from carriers.postnl.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
