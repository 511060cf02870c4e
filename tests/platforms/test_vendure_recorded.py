"""Answers recorded from a real Vendure, read where they lie beside the checkout, when they are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Problem
from portal.platforms.files import values
from portal.platforms.neutral import as_json, neutral_order
from portal.platforms.vendure import read

HOME = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "commerce" / "vendure"
ABSENT = "no recorded answers of Vendure beside the checkout (../shared/fixtures/commerce/vendure)"


def recorded() -> list[Any]:
    """Each file as a parameter, or one that is skipped."""
    absent = pytest.param(HOME, marks=pytest.mark.skip(reason=ABSENT), id="absent")
    return [pytest.param(path, id=path.name) for path in sorted(HOME.glob("*.json*"))] or [absent]


@pytest.mark.parametrize("path", recorded())
def test_every_answer_is_read_without_a_problem(path: Path) -> None:
    with path.open("rb") as stream:
        found = list(read(values(stream), Delivered("shop.example")))
    assert found
    assert [entry for entry in found if isinstance(entry, Problem)] == []
    orders = [entry.order for entry in found if isinstance(entry, Document)]
    assert bool(orders) == path.name.startswith("order_")
    for order in orders:
        told = json.loads(path.read_bytes())["data"]["order"]
        assert as_json(neutral_order(as_json(order))) == as_json(order)
        totals = order.totals
        assert totals.total.shop == told["totalWithTax"]
        parts = (totals.lines.shop, totals.shipping.shop, totals.fees.shop)
        assert sum(part or 0 for part in parts) == told["totalWithTax"]
        assert sum(line.price.total_after_discounts.shop or 0 for line in order.lines) == totals.lines.shop
        for line in order.lines:
            quantity = line.quantity
            assert quantity.ordered == quantity.current + quantity.refunded + quantity.removed
