"""Hermes in Germany through its Shipping Interface: a hundred shipments a call."""

from carriers.hermes_de.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
