"""What Chronopost is asked."""

from __future__ import annotations

from carriers.core.xml import anywhere, read_xml, said
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_one_number_after_the_other_without_credentials() -> None:
    empty = "<r><return><errorCode>0</errorCode></return></r>"
    async with answering(reply(200, empty)) as server:
        answers = await asked_of("chronopost", server, [Request("xy 123456789 fr"), Request("<&>")])
    assert [answer.number for answer in answers] == ["xy 123456789 fr", "<&>"]
    assert kinds(answers) == ["not_found"] * 2
    wanted = [anywhere(read_xml(asked.body.encode()), "trackSkybillV2")[0] for asked in server.asked]
    assert [said(node, "skybillNumber") for node in wanted] == ["XY123456789FR", "<&>"]
    assert {said(node, "language") for node in wanted} == {"en_GB"}
    assert [(asked.method, asked.path) for asked in server.asked] == [("POST", "/TrackingServiceWS")] * 2
    assert "authorization" not in server.asked[0].headers
