"""What EasyPost is asked."""

from __future__ import annotations

import base64
import json

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_creating_is_asking() -> None:
    tracker = {"tracking_code": "JALN1", "status": "in_transit"}
    async with answering(reply(200, tracker)) as server:
        answers = await asked_of("easypost", server, [Request("jaln 1"), Request("JALN1", service="DPD")], api_key="k")
    assert (kinds(answers), answers[0].number) == (["found", "found"], "jaln 1")
    first, second = server.asked
    assert (first.method, first.path) == ("POST", "/trackers")
    assert first.headers["authorization"] == f"Basic {base64.b64encode(b'k:').decode()}"
    assert json.loads(first.body) == {"tracker": {"tracking_code": "JALN1"}}
    assert json.loads(second.body)["tracker"]["carrier"] == "DPD"
