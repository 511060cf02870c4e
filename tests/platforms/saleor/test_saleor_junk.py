"""Saleor's bodies with anything anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from portal.platforms.neutral import as_json
from portal.platforms.saleor import documents
from portal.platforms.units import editable_units
from tests.platforms.saleor.samples import fulfilment, line, old, order
from tests.platforms.woocommerce.test_woo_junk import JUNK, places, replaced

BACK = {"amount": 23.8, "currency": "EUR"}
FULL = order(
    status="PARTIALLY_RETURNED",
    lines=[line(), line("second", isShippingRequired=False)],
    fulfillments=[fulfilment(), fulfilment(1, "RETURNED", totalRefundedAmount=BACK)],
    discounts=[{"amount": BACK}],
    metadata=[{"key": "jalon.instructions", "value": "At the back door"}],
)


@given(st.sampled_from([(body, place) for body in (FULL, old()) for place in places(body)]), JUNK)
def test_junk_anywhere_in_a_body_is_no_traceback(at: tuple[Any, tuple[Any, ...]], junk: Any) -> None:
    for found in documents(replaced(*at, junk)):
        assert as_json(found)["schema"] == "order/1"
        for one in found.lines:
            quantity = one.quantity
            assert quantity.current <= quantity.ordered
            assert quantity.fulfilled <= quantity.ordered
            assert 0 <= editable_units(found)[one.id] <= quantity.current


@given(JUNK)
def test_junk_alone_is_no_traceback(junk: Any) -> None:
    for body in (junk, {"order": junk}, {"orders": junk}, [junk]):
        assert documents(body) == []
