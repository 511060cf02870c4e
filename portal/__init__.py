"""A self-hosted order-tracking portal for shops."""

__version__ = "0.1.0"
