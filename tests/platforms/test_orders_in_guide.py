"""The examples of docs/orders-in.md work as they are printed."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from portal.orders.catalog.document import product
from portal.platforms.contract import Document
from portal.platforms.neutral import NeutralOrder, read_file

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "orders-in.md").read_text()


def test_every_example_is_an_order() -> None:
    examples = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        (entry,) = read_file(io.BytesIO(example.encode()))
        assert isinstance(entry, Document)


def test_every_member_is_explained() -> None:
    names = {field.alias or name for name, field in NeutralOrder.model_fields.items()}
    assert [name for name in sorted(names) if f"`{name}`" not in GUIDE] == []


def test_the_product_of_the_native_shops_guide_is_one() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (DOCS / "native-shop.md").read_text(), re.DOTALL)
    assert [variant.id for variant in product(json.loads(example)).variants] == ["mug-sage", "mug-gold"]
