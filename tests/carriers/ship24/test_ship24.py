"""What Ship24 is asked."""

from __future__ import annotations

import json

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_the_same_question_every_time() -> None:
    tracking = {"tracker": {"trackingNumber": "JALN1"}, "shipment": {"statusMilestone": "in_transit"}}
    async with answering(reply(200, {"data": {"trackings": [tracking]}})) as server:
        requests = [Request("jaln 1", postcode="29200", country="FR"), Request("JALN1", service="fr-post")]
        answers = await asked_of("ship24", server, requests, api_key="k")
    assert (kinds(answers), answers[0].number) == (["found", "found"], "jaln 1")
    first, second = server.asked
    assert (first.method, first.path, first.headers["authorization"]) == ("POST", "/trackers/track", "Bearer k")
    assert json.loads(first.body) == {"trackingNumber": "JALN1"}
    assert json.loads(second.body) == {"trackingNumber": "JALN1", "courierCode": ["fr-post"]}


async def test_an_empty_list_is_not_found_yet() -> None:
    async with answering(reply(200, {"data": {"trackings": []}})) as server:
        answers = await asked_of("ship24", server, [Request("JALN1")], api_key="k")
    assert kinds(answers) == ["not_found"]
