"""What Purolator is asked."""

from __future__ import annotations

import base64

from carriers.core.xml import anywhere, read_xml, said
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

SECRETS = {"key": "me", "password": "hush", "user_token": "t<1>"}


async def test_several_pins_in_one_call() -> None:
    body = "<a><TrackingInformation><PIN><Value>3302</Value></PIN></TrackingInformation></a>"
    async with answering(reply(200, body)) as server:
        answers = await asked_of(
            "purolator", server, [Request("33 01"), Request("3302"), Request("<&")], None, **SECRETS
        )
    assert kinds(answers) == ["server", "not_found", "server"]
    (asked,) = server.asked
    assert asked.path == "/PWS/V1/Tracking/TrackingService.asmx"
    assert asked.headers["soapaction"].endswith('TrackPackagesByPin"')
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"
    root = read_xml(asked.body.encode())
    assert [said(pin, "Value") for pin in anywhere(root, "PIN")] == ["3301", "3302", "<&"]
    assert [said(token) for token in anywhere(root, "UserToken")] == ["t<1>"]
