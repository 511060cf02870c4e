"""What GLS is asked, and with which token."""

from __future__ import annotations

import base64

import carriers
from carriers.core.auth import TokenCache
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

ONE, TWO = "40000000001", "40000000002"


def gateway(asked: Asked) -> bytes:
    """Gives out tokens, and knows ONE only."""
    if asked.path == "/oauth2/v2/token":
        return reply(200, {"access_token": "t1", "token_type": "Bearer", "expires_in": 14400})
    return reply(200, {"parcels": [{"requested": ONE, "status": "INTRANSIT", "events": []}]})


async def test_one_call_and_one_token_for_ten_numbers() -> None:
    tokens, numbers = TokenCache(), ["4000 0000 001", "a/b", TWO]
    async with answering(gateway) as server:
        requests = [Request(number) for number in numbers]
        answers = await asked_of("gls", server, requests, tokens, client_id="me", client_secret="hush")
        await asked_of("gls", server, requests[1:2], tokens, client_id="me", client_secret="hush")
    assert [answer.number for answer in answers] == numbers
    assert kinds(answers) == ["found", "invalid_number", "server"]
    token, asked = server.asked
    assert token.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"
    assert token.body == "grant_type=client_credentials"
    assert asked.path == f"/track-and-trace-v1/tracking/simple/trackids/{ONE},{TWO}"
    assert (asked.headers["authorization"], asked.query) == ("Bearer t1", {"showEvents": ["true"]})


async def test_credentials_that_are_refused() -> None:
    refused = reply(401, {"error": "invalid_client", "error_description": "Client identifier is required"})
    async with answering(refused) as server:
        (answer,) = await asked_of("gls", server, [Request(ONE)], client_id="me", client_secret="x")
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.code, answer.error.retryable) == (
        carriers.ErrorKind.AUTH,
        "invalid_client",
        False,
    )
