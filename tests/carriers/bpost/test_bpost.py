"""What bpost is asked."""

from __future__ import annotations

import base64

from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_one_item_with_the_account_and_its_passphrase() -> None:
    body = "<itemTracking><itemCode>3232</itemCode></itemTracking>"
    async with answering(reply(200, body)) as server:
        answers = await asked_of("bpost", server, [Request(" 32 32 ")], account_id="me", passphrase="hush")
    assert (kinds(answers), answers[0].number) == (["found"], " 32 32 ")
    (asked,) = server.asked
    assert asked.path == "/services/trackedmail/item/3232/trackingInfo"
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"


async def test_a_404_that_is_no_exception_says_nothing_about_the_number() -> None:
    async with answering(reply(404, "<html><body>nothing here</body></html>")) as server:
        answers = await asked_of("bpost", server, [Request("3232")], account_id="me", passphrase="hush")
    assert kinds(answers) == ["server"]
