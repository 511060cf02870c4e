"""UPS through Track v1, and the Track Alert bodies that UPS pushes."""

from carriers.ups.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
