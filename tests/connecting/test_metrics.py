"""What Prometheus reads of connected shops."""

from __future__ import annotations

import re
from dataclasses import replace

from portal.connecting.looking import look
from portal.connecting.reconciling import reconcile
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.clock import ManualClock
from tests.support.shops import deliver_all, work
from tests.support.teashop import DOMAIN, Fault, TeashopServer
from tests.support.web import Site, site

TOKEN = "an invented token for metrics"


async def figures(shop: Site) -> dict[str, float]:
    """What is said of the one shop."""
    answer = await shop.ask("/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    assert DOMAIN not in answer.text
    return {
        name: float(value) for name, value in re.findall(r'jalon_shop_(\w+)\{platform="teashop"\} (\S+)', answer.text)
    }


async def test_deliveries_reads_lag_and_problems_are_counted(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    settings = any_context.settings.model_copy(update={"metrics_token": TOKEN})
    shop = site(replace(any_context, settings=settings))
    assert await figures(shop) == {
        "deliveries": 0, "reads": 0, "waiting": 0, "lag_seconds": 0, "stuck": 0, "problems": 0, "disconnected": 0,
        "requests": 0,
    }  # fmt: skip
    _ = [teashop.place() for _ in range(3)]
    await deliver_all(shop, [*teashop.deliveries, teashop.say("person.shown", person={"email": "x@y.example"})])
    found = await figures(shop)
    assert (found["deliveries"], found["waiting"], found["requests"]) == (4, 3, 1)
    teashop.faults.append(Fault(429, {"Retry-After": "60"}))
    await reconcile(any_context, {})
    assert (await figures(shop))["problems"] == 1
    await work(any_context, clock)
    await reconcile(any_context, {})
    found = await figures(shop)
    assert (found["waiting"], found["lag_seconds"], found["problems"], found["covered_seconds"]) == (0, 0, 0, 0)
    assert found["reads"] >= 4
    teashop.may = []
    shops = Shops(any_context)
    await look(any_context, shops, shops.all()[0])
    assert (await figures(shop))["problems"] == 2  # and deliveries are not on
