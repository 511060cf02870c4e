"""EasyPost's trackers, which ask a hundred carriers: one number a call, and signed pushes."""

from carriers.easypost.adapter import CARRIER, MANIFEST

__all__ = ["CARRIER", "MANIFEST"]
