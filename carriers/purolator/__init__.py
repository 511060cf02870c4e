"""Purolator through its tracking web service: several PINs a call, SOAP."""

from carriers.purolator.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
