"""What 17TRACK is asked, and what is registered with it."""

from __future__ import annotations

import json
from typing import Any

from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


def parcel(number: str) -> dict[str, Any]:
    return {"number": number, "track_info": {"latest_status": {"status": "InTransit"}}}


async def test_one_call_for_all_and_one_for_those_that_are_new() -> None:
    def seventeen(asked: Asked) -> bytes:
        if asked.path == "/register":
            accepted = [{"number": question["number"]} for question in json.loads(asked.body)]
            return reply(200, {"code": 0, "data": {"accepted": accepted, "rejected": []}})
        rejected = [{"number": n, "error": {"code": -18019902, "message": "?"}} for n in ("A1", "A3")]
        return reply(200, {"code": 0, "data": {"accepted": [parcel("A2")], "rejected": rejected}})

    requests = [Request("a 1"), Request("A2"), Request("A3", service="3011"), Request("A4", service="dhl")]
    async with answering(seventeen) as server:
        answers = await asked_of("seventeentrack", server, requests, token="k")
    assert [answer.number for answer in answers] == ["a 1", "A2", "A3", "A4"]
    assert kinds(answers) == ["not_found", "found", "not_found", "server"]
    listed, registered = server.asked
    assert (listed.path, listed.headers["17token"]) == ("/gettrackinfo", "k")
    assert json.loads(listed.body) == [
        {"number": "A1"},
        {"number": "A2"},
        {"number": "A3", "carrier": 3011},
        {"number": "A4"},
    ]
    assert json.loads(registered.body) == [{"number": "A1"}, {"number": "A3", "carrier": 3011}]
