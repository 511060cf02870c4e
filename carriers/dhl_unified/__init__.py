"""All divisions of DHL through the Unified Shipment Tracking API: one key, one number a call."""

from carriers.dhl_unified.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
