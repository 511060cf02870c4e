"""DPD in Belgium and the Netherlands through the Shipper Webservice: a shop's own parcels."""

from carriers.dpd.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
