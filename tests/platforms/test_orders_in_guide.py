"""The examples of docs/orders-in.md work as they are printed."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from portal.orders.catalog.document import product
from portal.platforms.contract import Delivered, Document
from portal.platforms.neutral import NeutralOrder, read_file
from portal.platforms.neutral.reader import read
from portal.platforms.sheets import ORDER_COLUMNS, PARCEL_COLUMNS, order_values, read_parcels

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "orders-in.md").read_text()


def test_every_example_is_an_order() -> None:
    examples = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        (entry,) = read_file(io.BytesIO(example.encode()))
        assert isinstance(entry, Document)


def test_the_spreadsheets_are_an_order_that_was_sent() -> None:
    (orders,) = re.findall(r"```csv orders\n(.*?)```", GUIDE, re.DOTALL)
    (sent,) = re.findall(r"```csv parcels\n(.*?)```", GUIDE, re.DOTALL)
    parcels, problems = read_parcels(io.BytesIO(sent.encode()))
    assert problems == []
    (entry,) = read(order_values(io.BytesIO(orders.encode()), parcels), Delivered())
    assert isinstance(entry, Document)
    assert [(line.title, line.quantity.fulfilled) for line in entry.order.lines] == [
        ("Linen apron", 1),
        ("Stoneware bowl", 2),
    ]
    assert entry.order.totals.total.shop == 7000


def test_every_column_is_explained() -> None:
    assert [name for name in sorted(ORDER_COLUMNS | PARCEL_COLUMNS) if f"`{name}`" not in GUIDE] == []


def test_every_member_is_explained() -> None:
    names = {field.alias or name for name, field in NeutralOrder.model_fields.items()}
    assert [name for name in sorted(names) if f"`{name}`" not in GUIDE] == []


def test_the_product_of_the_native_shops_guide_is_one() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (DOCS / "native-shop.md").read_text(), re.DOTALL)
    assert [variant.id for variant in product(json.loads(example)).variants] == ["mug-sage", "mug-gold"]
