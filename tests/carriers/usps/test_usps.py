"""What USPS is asked: as little as possible."""

from __future__ import annotations

from carriers.core.auth import TokenCache
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

NUMBER = "9400100000000000000001"


def post(asked: Asked) -> bytes:
    """Gives out tokens, and knows everything."""
    if asked.path == "/oauth2/v3/token":
        return reply(200, {"access_token": "t1", "expires_in": 28799})
    return reply(200, {"statusCategory": "Accepted", "trackingEvents": []})


async def test_one_token_and_no_call_for_what_is_no_number() -> None:
    tokens, numbers = TokenCache(), ["9400 1000 0000 0000 0000 01", "../token", "LX123456785US"]
    async with answering(post) as server:
        requests = [Request(number) for number in numbers]
        answers = await asked_of("usps", server, requests, tokens, client_id="me", client_secret="s")
    assert [answer.number for answer in answers] == numbers
    assert kinds(answers) == ["found", "invalid_number", "found"]
    token, first, second = server.asked
    assert token.body == "grant_type=client_credentials&client_id=me&client_secret=s"
    assert first.path == f"/tracking/v3/tracking/{NUMBER}"
    assert (first.query, first.headers["authorization"]) == ({"expand": ["DETAIL"]}, "Bearer t1")
    assert second.path == "/tracking/v3/tracking/LX123456785US"
