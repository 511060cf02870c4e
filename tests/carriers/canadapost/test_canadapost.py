"""What Canada Post is asked."""

from __future__ import annotations

import base64

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_the_whole_history_of_one_pin() -> None:
    body = "<tracking-detail><pin>4000</pin></tracking-detail>"
    async with answering(reply(200, body)) as server:
        answers = await asked_of("canadapost", server, [Request("40 00")], username="me", password="hush")
    assert (kinds(answers), answers[0].number) == (["found"], "40 00")
    (asked,) = server.asked
    assert asked.path == "/vis/track/pin/4000/detail"
    assert asked.headers["accept"] == "application/vnd.cpc.track-v2+xml"
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"
