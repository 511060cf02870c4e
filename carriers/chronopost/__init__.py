"""Chronopost through its own tracking service: depots and signatures, and no credentials."""

from carriers.chronopost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
