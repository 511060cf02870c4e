"""What FedEx is asked, with which token, and the papers it hands out."""

from __future__ import annotations

import json
from typing import Any

import carriers
from carriers.core.auth import TokenCache
from carriers.core.contract import Proves
from carriers.core.model import Document
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

ONE, TWO = "400000000001", "400000000002"


class Express:
    """FedEx of paper: tokens t1, t2, …, of which `accepted` is good; it knows ONE only."""

    def __init__(self, accepted: str = "t1") -> None:
        self.accepted = accepted
        self.issued = 0

    def __call__(self, asked: Asked) -> bytes:
        if asked.path == "/oauth/token":
            self.issued += 1
            return reply(200, {"access_token": f"t{self.issued}", "expires_in": 3599})
        if asked.headers["authorization"] != f"Bearer {self.accepted}":
            return reply(401, {"errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "Access token expired."}]})
        return reply(200, {"output": {"completeTrackResults": [known(ONE)]}})


def known(number: str) -> dict[str, Any]:
    scan = {"date": "2026-03-29T08:00:00+02:00", "eventType": "IT"}
    return {"trackingNumber": number, "trackResults": [{"scanEvents": [scan]}]}


async def test_one_call_and_one_token_for_many_numbers() -> None:
    express, tokens = Express(), TokenCache()
    async with answering(express) as server:
        numbers = ["4000 0000 0001", "no!", TWO]
        answers = await asked_of(
            "fedex", server, [Request(n) for n in numbers], tokens, client_id="me", client_secret="s"
        )
        await asked_of("fedex", server, [Request(ONE)], tokens, client_id="me", client_secret="s")
    assert [answer.number for answer in answers] == numbers
    assert kinds(answers) == ["found", "invalid_number", "server"]
    token, first, _ = server.asked
    assert token.body == "grant_type=client_credentials&client_id=me&client_secret=s"
    assert (first.method, first.path) == ("POST", "/track/v1/trackingnumbers")
    wanted = json.loads(first.body)
    assert wanted["includeDetailedScans"] is True
    assert [t["trackingNumberInfo"]["trackingNumber"] for t in wanted["trackingInfo"]] == [ONE, TWO]


async def test_a_refused_token_is_renewed_once() -> None:
    express, tokens = Express(accepted="t2"), TokenCache()
    async with answering(express) as server:
        answers = await asked_of("fedex", server, [Request(ONE)], tokens, client_id="me", client_secret="s")
        assert (kinds(answers), express.issued) == (["found"], 2)
        express.accepted = "none"
        answers = await asked_of("fedex", server, [Request(ONE)], tokens, client_id="me", client_secret="s")
    assert (kinds(answers), express.issued) == (["auth"], 3)


async def test_credentials_that_are_refused_are_not_tried_again() -> None:
    refused = reply(401, {"errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "Not valid."}]})
    async with answering(refused) as server:
        (answer,) = await asked_of("fedex", server, [Request(ONE)], client_id="me", client_secret="s")
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.retryable) == (carriers.ErrorKind.AUTH, False)
    assert answer.error.message == "Not valid."


async def test_nothing_is_asked_when_nothing_can_be() -> None:
    async with answering(None) as server:
        answers = await asked_of("fedex", server, [Request("x"), Request("")], client_id="me", client_secret="s")
    assert (kinds(answers), server.asked) == (["invalid_number"] * 2, [])


def test_papers() -> None:
    carrier = carriers.get("fedex")
    assert isinstance(carrier, Proves)
    output = {"documentType": "SIGNATURE_PROOF_OF_DELIVERY", "documentFormat": "PNG", "document": ["iVBO\nRw==", 3, ""]}
    assert carrier.parse_proof(json.dumps({"output": output}).encode()) == (Document("PNG", "iVBORw=="),)
    several = {"documentFormat": "PDF", "documents": ["JVBE Ri0=", "", None, "JVBERjE="]}
    found = carrier.parse_proof(json.dumps({"output": several}).encode())
    assert found == (Document("PDF", "JVBERi0="), Document("PDF", "JVBERjE="))
