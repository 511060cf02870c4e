"""FedEx through Track v1: thirty numbers a call."""

from carriers.fedex.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
