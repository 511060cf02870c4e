"""A carrier pushes to a running installation: the page moves, and a power cut in between loses nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from portal.context import Context
from portal.orders.sync import import_order
from portal.tracking.models import SHIPMENT
from tests.flows.test_carrier_trouble import page, shows
from tests.support.carrier import CarrierServer
from tests.support.command import link_to
from tests.support.context import order, parcel, rows
from tests.support.pushes import SIGN, pushed
from tests.support.server import Installation, Process
from tests.support.server_wire import ask, stream

pytestmark = [pytest.mark.slow, pytest.mark.engine]

NUMBER = "1Z12345E0205271688"
SECRET = "invented"  # what every credential of a played account is
OUT = "Out for delivery"


async def sold(context: Context) -> str:
    """An order with one UPS parcel that UPS says nothing about when asked."""
    tracking = [{"carrier_raw": "UPS", "number": NUMBER}]
    await import_order(context, order(parcels=[parcel("p", None, {"mug": 2}) | {"tracking": tracking}]))
    return await link_to(context, "#1001")


async def push(web: Process, at: datetime, secret: str = SECRET) -> int:
    """UPS tells that the parcel is out for delivery; returns the status."""
    body = pushed("ups", NUMBER, at)
    headers = SIGN["ups"](body, secret, at)
    answer = await ask(web, "/hooks/carriers/ups", method="POST", body=body, **headers)
    return answer.status


async def test_an_open_page_moves_after_a_push(installation: Installation, carrier: CarrierServer) -> None:
    async with installation.context() as context:
        path = await sold(context)
        web = installation.web(worker="embedded")
        async with stream(web, f"{path}/events?after=0&lang=en") as live:
            await shows(live, "Your parcel")
            assert await push(web, context.clock.now(), "a guess, and a wrong one") == 401
            assert await push(web, context.clock.now()) == 200
            assert "On the van" in await shows(live, "On the van")


async def test_what_was_acknowledged_is_merged_after_a_power_cut(
    installation: Installation, carrier: CarrierServer
) -> None:
    async with installation.context() as context:
        path = await sold(context)
        web = installation.web(worker="separate")
        assert await push(web, context.clock.now()) == 200
        web.kill()
        assert await milestone(context) != "out_for_delivery"
        installation.worker()
        async with asyncio.timeout(30):
            while await milestone(context) != "out_for_delivery":  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.05)
        again = installation.web(worker="separate")
        assert OUT in await page(again, path)
        assert await push(again, context.clock.now()) == 200  # the carrier tries once more: known


async def milestone(context: Context) -> str:
    """Where the parcel stands."""
    (shipment,) = await rows(context, SHIPMENT.select())
    return str(shipment.milestone)
