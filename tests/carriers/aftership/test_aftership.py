"""What AfterShip is asked, and what is registered with it."""

from __future__ import annotations

import json
from typing import Any

import carriers
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


def tracking(number: str, tag: str = "InTransit") -> dict[str, Any]:
    return {"tracking_number": number, "tag": tag, "checkpoints": []}


async def test_one_call_for_all_and_one_for_each_that_is_new() -> None:
    def aftership(asked: Asked) -> bytes:
        if asked.method == "POST":
            number = json.loads(asked.body)["tracking_number"]
            return reply(201, {"meta": {"code": 201}, "data": tracking(number, "Pending")})
        return reply(
            200, {"meta": {"code": 200}, "data": {"trackings": [tracking("AAA2"), tracking("AAA1", "Pending")]}}
        )

    requests = [Request("aa a1"), Request("AAA2"), Request("a,b"), Request("aaa3", service="gls", postcode="10117")]
    async with answering(aftership) as server:
        answers = await asked_of("aftership", server, requests, api_key="k")
    assert [answer.number for answer in answers] == ["aa a1", "AAA2", "a,b", "aaa3"]
    assert kinds(answers) == ["not_found", "found", "invalid_number", "not_found"]
    listed, registered = server.asked
    assert (listed.path, listed.headers["as-api-key"]) == ("/trackings", "k")
    assert listed.query == {"tracking_numbers": ["AAA1,AAA2,AAA3"], "limit": ["200"]}
    assert json.loads(registered.body) == {
        "tracking_number": "AAA3",
        "slug": "gls",
        "destination_postal_code": "10117",
    }


async def test_the_newest_of_two_couriers_with_one_number() -> None:
    old, new = (
        tracking("AAA1", tag) | {"checkpoints": [{"checkpoint_time": at, "tag": tag}]}
        for tag, at in (("Delivered", "2025-03-01T08:00:00Z"), ("OutForDelivery", "2026-03-01T08:00:00Z"))
    )
    async with answering(reply(200, {"meta": {"code": 200}, "data": {"trackings": [old, new]}})) as server:
        [answer] = await asked_of("aftership", server, [Request("AAA1")], api_key="k")
    assert isinstance(answer, carriers.Found)
    assert answer.report.milestone is carriers.Milestone.OUT_FOR_DELIVERY
