"""PrestaShop: answers of its webservice, in XML or JSON, as neutral orders. Shops are talked to in `shop`."""

from portal.platforms.contract import Platform
from portal.platforms.prestashop.reader import documents, read, values

__all__ = ["PLATFORM", "documents", "read"]

PLATFORM = Platform("prestashop", "PrestaShop", read, values=values)
