"""DHL Express through the MyDHL API, for shops with an account there."""

from carriers.dhl_express.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
