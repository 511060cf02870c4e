"""Table of what the native shop's products can be had in."""

from sqlalchemy import BigInteger, Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.tables import Table, key


class ProductVariant(Table, table=True):
    """One size, colour or kind of a product. `options` is JSON, a list of pairs of name and value; `price` is that of
    one unit in minor units of `currency`; `available`: None when the shop does not say."""

    __tablename__ = "product_variant"
    __table_args__ = (
        Index("uq_product_variant_shop_product_id_variant_id", "shop", "product_id", "variant_id", unique=True),
    )

    id: int | None = key()
    shop: str
    product_id: str
    variant_id: str
    position: int
    title: str
    options: str = "[]"
    currency: str | None = None
    price: int | None = Field(default=None, sa_type=BigInteger)
    available: int | None = None


PRODUCT_VARIANT: SaTable = ProductVariant.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
nobody(PRODUCT_VARIANT, "what the native shop's products can be had in, and at which price")
