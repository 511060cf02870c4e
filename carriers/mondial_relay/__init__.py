"""Mondial Relay through its SOAP service: parcels to pickup points and lockers."""

from carriers.mondial_relay.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
