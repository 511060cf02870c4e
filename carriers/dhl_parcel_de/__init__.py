"""DHL Paket, the parcels of DHL in Germany, through Parcel DE Tracking: twenty numbers a call."""

from carriers.dhl_parcel_de.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
