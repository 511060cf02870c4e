"""What Mondial Relay is asked, and how the question is signed."""

from __future__ import annotations

import hashlib

from carriers.core.xml import anywhere, read_xml
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

RESULT = "<r><WSI2_TracingColisDetailleResult><STAT>80</STAT></WSI2_TracingColisDetailleResult></r>"


async def test_each_question_is_signed() -> None:
    async with answering(reply(200, RESULT)) as server:
        requests = [Request("1234 5678"), Request("<1>")]
        answers = await asked_of("mondial_relay", server, requests, enseigne="BDTEST13", private_key="K & é")
    assert kinds(answers) == ["found", "found"]
    assert [answer.number for answer in answers] == ["1234 5678", "<1>"]
    first = server.asked[0]
    assert (first.method, first.path) == ("POST", "/Web_Services.asmx")
    assert first.headers["soapaction"] == '"http://www.mondialrelay.fr/webservice/WSI2_TracingColisDetaille"'
    (asked,) = anywhere(read_xml(first.body.encode()), "WSI2_TracingColisDetaille")
    given = {part.name: part.content for part in asked.children}
    key = hashlib.md5("BDTEST1312345678FRK & é".encode(), usedforsecurity=False).hexdigest().upper()
    assert given == {"Enseigne": "BDTEST13", "Expedition": "12345678", "Langue": "FR", "Security": key}
    assert "K &" not in first.body
