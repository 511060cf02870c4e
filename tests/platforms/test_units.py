"""How many units can still be changed, before and after an order was stored."""

from __future__ import annotations

import pytest

from portal.platforms.neutral import as_json, neutral_order
from portal.platforms.units import editable_units, nothing_left


@pytest.mark.parametrize(
    ("delivery", "units"),
    [
        ({}, 2),
        ({"state": "on_hold"}, 2),
        ({"state": "in_progress"}, 0),
        ({"state": "a word of tomorrow"}, None),
        ({"state": "unknown"}, 0),
        ({"handed_to_warehouse": True}, 0),
        ({"method": "pickup", "pickup": {"ready_at": "2026-10-03T09:00:00Z"}}, 0),
        ({"method": "pickup", "pickup": {"ready_at": "2026-10-03T09:00:00Z"}, "lines": []}, 0),
        ({"state": "open", "lines": []}, 2),
    ],
)
def test_what_a_delivery_says_holds_when_its_order_comes_back_from_where_it_was_stored(
    delivery: dict[str, object], units: int | None
) -> None:
    document = {
        "number": "1",
        "lines": [{"id": "a", "title": "Mug", "quantity": 2}],
        "deliveries": [{"lines": [{"line_id": "a", "quantity": 2}], **delivery}],
    }
    if units is None:
        with pytest.raises(ValueError, match=r"deliveries\[0\].state"):
            neutral_order(document)
        return
    for order in (neutral_order(document), neutral_order(as_json(neutral_order(document)))):
        assert editable_units(order) == {"a": units}
        assert nothing_left(order) is (units == 2)
