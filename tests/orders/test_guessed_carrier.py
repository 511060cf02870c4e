"""A shop that names no carrier: the number speaks for itself, or nobody does."""

from __future__ import annotations

import pytest

from portal.orders.parcels import parcels_of
from portal.platforms.neutral import neutral_order


@pytest.mark.parametrize(
    ("tracking", "carrier"),
    [
        ({"number": "1Z 999 AA1 01 2345 6784"}, "ups"),
        ({"number": "1Z999AA10123456785"}, None),  # the check digit says no
        ({"number": "64182075"}, None),  # eight digits prove nothing
        ({"number": "1Z999AA10123456784", "carrier_raw": "Colissimo"}, "laposte"),  # the shop knows better
        ({"number": None}, None),
    ],
)
def test_a_carrier_is_taken_from_the_number_only_when_that_proves_it(
    tracking: dict[str, str], carrier: str | None
) -> None:
    document = neutral_order(
        {"number": "1", "lines": [{"title": "Mug"}], "parcels": [{"id": "p", "tracking": [tracking]}]}
    )
    (packed,) = parcels_of(document, "order:1")
    assert packed.shipment.carrier == carrier
