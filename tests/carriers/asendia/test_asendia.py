"""What Asendia is asked, after which login."""

from __future__ import annotations

import json

from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

SECRETS = {"username": "me", "password": "hush", "customer_id": "C/1"}


async def test_one_login_for_all_parcels() -> None:
    def asendia(asked: Asked) -> bytes:
        if asked.path == "/authenticate":
            return reply(200, {"id_token": "t1"})
        return reply(200, {"trackingNumber": "AS1", "trackingEvents": []})

    async with answering(asendia) as server:
        answers = await asked_of("asendia", server, [Request("as 1"), Request("AS2")], None, **SECRETS)
    assert [answer.number for answer in answers] == ["as 1", "AS2"]
    assert kinds(answers) == ["found", "found"]
    login, first, _ = server.asked
    assert json.loads(login.body) == {"username": "me", "password": "hush"}
    assert (first.path, first.headers["authorization"]) == ("/customers/C/1/tracking/AS1", "Bearer t1")


async def test_a_login_that_is_refused() -> None:
    async with answering(reply(401, {"title": "Unauthorized", "detail": "Bad credentials"})) as server:
        answers = await asked_of("asendia", server, [Request("AS1")], None, **SECRETS)
    assert (kinds(answers), len(server.asked)) == (["auth"], 1)
