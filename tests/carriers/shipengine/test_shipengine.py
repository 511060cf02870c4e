"""What ShipEngine is asked."""

from __future__ import annotations

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_the_carrier_that_the_shop_names_or_else_the_accounts() -> None:
    async with answering(reply(200, {"tracking_number": "JALN1", "status_code": "IT"})) as server:
        requests = [Request("jaln 1", service="fedex"), Request("JALN1")]
        answers = await asked_of("shipengine", server, requests, api_key="k", carrier_code="ups")
    assert (kinds(answers), answers[0].number) == (["found", "found"], "jaln 1")
    first, second = server.asked
    assert (first.path, first.headers["api-key"]) == ("/tracking", "k")
    assert first.query == {"carrier_code": ["fedex"], "tracking_number": ["JALN1"]}
    assert second.query["carrier_code"] == ["ups"]
