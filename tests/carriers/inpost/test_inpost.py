"""What InPost is asked."""

from __future__ import annotations

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_one_number_after_the_other_without_credentials() -> None:
    async with answering(reply(200, {"tracking_number": "6000", "status": "created"})) as server:
        answers = await asked_of("inpost", server, [Request("60 00"), Request("6001")])
    assert [answer.number for answer in answers] == ["60 00", "6001"]
    assert kinds(answers) == ["found", "found"]
    assert [asked.path for asked in server.asked] == ["/v1/tracking/6000", "/v1/tracking/6001"]
    assert "authorization" not in server.asked[0].headers
