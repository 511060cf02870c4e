"""The native shop's products: put in, and asked for their variants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.orders.catalog.document import ProductDocument, VariantDocument
from portal.orders.catalog.models import PRODUCT_VARIANT
from portal.platforms.changes import Variant
from portal.platforms.neutral.parts import Amount

_THIS: Any = (PRODUCT_VARIANT.c.shop == bindparam("shop")) & (PRODUCT_VARIANT.c.product_id == bindparam("product"))
_FORGET = Query(delete(PRODUCT_VARIANT).where(_THIS))
_VARIANTS = Query(select(PRODUCT_VARIANT).where(_THIS).order_by(PRODUCT_VARIANT.c.position))


async def put_product(tx: Tx, product: ProductDocument) -> None:
    """The product can be had in these variants from now on, and in no others."""
    await tx.run(_FORGET, {"shop": product.shop, "product": product.product_id})
    rows = [_row(product, position, variant) for position, variant in enumerate(product.variants)]
    await tx.upsert(PRODUCT_VARIANT, rows, ["shop", "product_id", "variant_id"])


async def variants(reader: Reader, shop: str, product_id: str, currency: str | None) -> list[Variant]:
    """What a product can be had in, in the shop's order. A price in another currency is not known."""
    rows: Sequence[Any] = await reader.rows(_VARIANTS, {"shop": shop, "product": product_id})
    return [
        Variant(
            id=row.variant_id,
            title=row.title,
            options=tuple((name, value) for name, value in json.loads(row.options)),
            price=Amount(shop=row.price) if row.price is not None and row.currency == currency else Amount(),
            available=row.available,
        )
        for row in rows
    ]


def _row(product: ProductDocument, position: int, variant: VariantDocument) -> dict[str, Any]:
    options = [(option.name or "", option.value or "") for option in variant.options]
    return {
        "shop": product.shop,
        "product_id": product.product_id,
        "variant_id": variant.id,
        "position": position,
        "title": variant.title or ", ".join(value for _, value in options) or product.title or variant.id,
        "options": json.dumps(options, ensure_ascii=False),
        "currency": product.currency,
        "price": variant.price,
        "available": variant.available,
    }
