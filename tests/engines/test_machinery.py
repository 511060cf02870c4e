"""The engines are real, and do what the other tests take for granted."""

from __future__ import annotations

import pytest

from tests.engines.merchant import Merchant, Street

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]


def test_an_order_goes_its_way(merchant: Merchant) -> None:
    order = merchant.place({"TEE-S-RED": 3, "MUG": 1}, Street("3 rue du Port"))
    merchant.relay.take()
    parcel = merchant.ship(order, {"TEE-S-RED": 1}, "6A12345678901")
    merchant.deliver(order, parcel)
    seen = merchant.seen(order)
    assert seen.units == {"TEE-S-RED": 3, "MUG": 1}
    assert seen.shipped == {"TEE-S-RED": 1}
    assert (set(seen.numbers), seen.delivered, seen.street) == ({"6A12345678901"}, 1, "3 rue du Port")
    assert (seen.total, seen.refunded, seen.outstanding) == (11748, 0, 0)
    assert merchant.relay.take(2)
