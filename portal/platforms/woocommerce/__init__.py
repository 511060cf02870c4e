"""WooCommerce: webhook bodies and REST answers as neutral orders. Reads only; shops are talked to in `shop`."""

from portal.platforms.contract import Platform
from portal.platforms.woocommerce.reader import delivered, documents, read

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("woocommerce", "WooCommerce", read, delivered)
