"""What stands in: another adapter's account for a carrier without one, an account's credential for what the shop did
not say. Real adapters, asked by the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from carriers import Account
from portal.context import Context
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.poller import Poller
from tests.support.context import rows
from tests.support.parcels import facts, registered

SAMPLES = Path(__file__).parents[1] / "carriers"


def asking(context: Context, slug: str, credentials: Mapping[str, str], body: bytes) -> tuple[Context, list[str]]:
    """A context with this account, whose carrier always answers so; the addresses that were asked."""
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, content=body)

    context.clients._clients[slug] = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return replace(context, accounts={slug: Account(slug, credentials)}), asked


async def test_a_carrier_without_an_account_is_asked_about_at_the_one_that_knows_its_parcels(
    any_context: Context,
) -> None:
    body = (SAMPLES / "dhl_unified/samples/express_delivered.json").read_bytes()
    context, asked = asking(any_context, "dhl_unified", {"api_key": "invented"}, body)
    await registered(context, facts("9876543210", carrier="dhl_express", carrier_label="DHL Express"))
    assert await Poller(context).once() == {"dhl_unified": 1}
    assert len(asked) == 1
    assert "9876543210" in asked[0]
    (parcel,) = await rows(context, select(SHIPMENT))
    (tracker,) = await rows(context, select(TRACKER))
    assert (parcel.carrier, parcel.milestone) == ("dhl_express", "delivered")
    assert (tracker.carrier, tracker.known, tracker.failures) == ("dhl_express", True, 0)
    events = json.loads(body)["shipments"][0]["events"]
    assert len(await rows(context, select(CHECKPOINT))) == len(events)


@pytest.mark.parametrize(
    ("credentials", "asks"),
    [
        ({"api_key": "invented"}, None),
        ({"api_key": "invented", "carrier_code": "ups"}, "carrier_code=ups"),
    ],
)
async def test_what_the_shop_does_not_say_the_account_may(
    any_context: Context, credentials: Mapping[str, str], asks: str | None
) -> None:
    context, asked = asking(any_context, "shipengine", credentials, b"{}")
    await registered(context, facts("1Z0000000000000001", carrier="shipengine", carrier_label=None))
    await Poller(context).once()
    (tracker,) = await rows(context, select(TRACKER))
    if asks is None:
        assert (asked, tracker.problem, tracker.next_poll_at) == ([], "lacks_service", None)
    else:
        assert len(asked) == 1
        assert asks in asked[0]
        assert tracker.problem != "lacks_service"
