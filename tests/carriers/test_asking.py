"""What each adapter asks for, and how it sorts what comes back."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import carriers
from carriers.core.auth import TokenCache
from tests.carriers.playing import Asked, Playing, a_client, answering, reply

Request = carriers.TrackRequest
KINDS = carriers.ErrorKind


async def asked_of(
    slug: str, server: Playing, requests: list[Request], tokens: TokenCache | None = None, **secrets: str
) -> list[carriers.Answer]:
    account = carriers.Account(slug, secrets, server.url)
    async with a_client() as client:
        return await carriers.get(slug).track(requests, account, client, tokens or TokenCache())


def kinds(answers: list[carriers.Answer]) -> list[str]:
    return ["found" if isinstance(a, carriers.Found) else a.error.kind.value for a in answers]


# --- La Poste -------------------------------------------------------------------------------------------------


def letter(number: str) -> dict[str, Any]:
    event = {"code": "ET1", "label": "En route.", "date": "2026-03-29T08:00:00+02:00"}
    return {"returnCode": 200, "shipment": {"idShip": number, "event": [event]}}


async def test_laposte_asks_once_and_answers_in_the_order_asked() -> None:
    body = [
        letter("6A00000000002"),
        {"returnCode": 104, "returnMessage": "?", "idShip": "6A00000000003"},
        letter("6A00000000001"),
    ]
    async with answering(reply(207, body)) as server:
        numbers = ["6A00000000001", "6a 0000 0000 002", "too short", "6A00000000003", "6A00000000009"]
        answers = await asked_of("laposte", server, [Request(number) for number in numbers], api_key="k1")
    assert [answer.number for answer in answers] == numbers
    assert kinds(answers) == ["found", "found", "invalid_number", "not_found", "server"]
    (asked,) = server.asked
    assert asked.path == "/idships/6A00000000001,6A00000000002,6A00000000003,6A00000000009"
    assert (asked.headers["x-okapi-key"], asked.query) == ("k1", {"lang": ["fr_FR"]})
    assert "x-forwarded-for" not in asked.headers


async def test_laposte_asks_one_by_one_when_one_number_spoils_the_batch() -> None:
    def picky(asked: Asked) -> bytes:
        numbers = asked.path.rpartition("/")[2].split(",")
        if "6A00000000002" in numbers:
            return reply(400, {"returnCode": 400, "returnMessage": "Non.", "idShip": "6A00000000002"})
        return reply(200, letter(numbers[0]))

    async with answering(picky) as server:
        answers = await asked_of("laposte", server, [Request(f"6A0000000000{i}") for i in (1, 2, 3)], api_key="k")
    assert kinds(answers) == ["found", "invalid_number", "found"]
    assert len(server.asked) == 4


async def test_laposte_404_that_is_a_web_page() -> None:
    async with answering(reply(404, "<html>404</html>")) as server:
        answers = await asked_of("laposte", server, [Request("6A00000000001")], api_key="k")
    assert kinds(answers) == ["not_found"]


async def test_laposte_asks_nothing_when_nothing_can_be_asked() -> None:
    async with answering(None) as server:
        answers = await asked_of("laposte", server, [Request("x"), Request("6A0000000000,1")], api_key="k")
    assert (kinds(answers), server.asked) == (["invalid_number"] * 2, [])


# --- DHL ------------------------------------------------------------------------------------------------------


def shipment(number: str, service: str, at: str, country: str = "DE") -> dict[str, Any]:
    status = {"timestamp": at, "statusCode": "transit", "status": service}
    target = {"address": {"countryCode": country}}
    return {"id": number, "service": service, "status": status, "events": [status], "destination": target}


async def test_dhl_sends_what_is_known() -> None:
    async with answering(reply(200, {"shipments": [shipment("77", "parcel-de", "2026-03-29T08:00:00")]})) as server:
        request = Request(" 77 ", postcode="10117", country="DE", service="parcel-de")
        answers = await asked_of("dhl_unified", server, [request, Request("78", service="teleport")], api_key="k2")
    first, second = server.asked
    assert first.path == "/shipments"
    assert first.headers["dhl-api-key"] == "k2"
    assert first.query == {
        "trackingNumber": ["77"],
        "service": ["parcel-de"],
        "requesterCountryCode": ["DE"],
        "recipientPostalCode": ["10117"],
        "language": ["en"],
    }
    assert second.query == {"trackingNumber": ["78"], "language": ["en"]}
    assert [answer.number for answer in answers] == [" 77 ", "78"]


@pytest.mark.parametrize(
    ("request_", "service"),
    [
        (Request("5", service="parcel-nl"), "parcel-nl"),
        (Request("5", country="fr"), "express"),
        (Request("5"), "svb"),
    ],
    ids=["by-service", "by-country", "by-newest-scan"],
)
async def test_dhl_chooses_among_divisions(request_: Request, service: str) -> None:
    found = [
        shipment("5", "parcel-nl", "2026-03-20T08:00:00"),
        shipment("5", "express", "2026-03-21T08:00:00Z", "FR"),
        shipment("5", "svb", "2026-03-29T08:00:00"),
        shipment("55", "freight", "2026-03-30T08:00:00"),
    ]
    async with answering(reply(200, {"shipments": found})) as server:
        (answer,) = await asked_of("dhl_unified", server, [request_], api_key="k")
    assert isinstance(answer, carriers.Found)
    assert answer.report.service == service


# --- UPS ------------------------------------------------------------------------------------------------------


class Brown:
    """UPS of paper: tokens t1, t2, …, of which `accepted` is good."""

    def __init__(self, accepted: str, body: dict[str, Any]) -> None:
        self.accepted = accepted
        self.issued = 0
        self._body = body

    def __call__(self, asked: Asked) -> bytes:
        if asked.path == "/security/v1/oauth/token":
            self.issued += 1
            return reply(200, {"access_token": f"t{self.issued}", "expires_in": "14399"})
        if asked.headers["authorization"] != f"Bearer {self.accepted}":
            return reply(401, {"response": {"errors": [{"code": "250002", "message": "Invalid"}]}})
        return reply(200, self._body)


def packages(*numbers: str) -> dict[str, Any]:
    activity = [{"status": {"type": "I", "code": "DP", "statusCode": "005"}, "date": "20260329", "time": "080000"}]
    found = [{"trackingNumber": number, "activity": activity} for number in numbers]
    return {"trackResponse": {"shipment": [{"inquiryNumber": numbers[0], "package": found}]}}


async def test_ups_gets_a_token_once_and_picks_the_package_asked_for() -> None:
    brown, tokens = Brown("t1", packages("1Z0000000000000001", "1Z0000000000000002")), TokenCache()
    async with answering(brown) as server:
        requests = [Request("1z 0000 0000 0000 0002"), Request("1Z0000000000000001"), Request("123")]
        answers = await asked_of("ups", server, requests, tokens, client_id="me", client_secret="hush")
        again = await asked_of("ups", server, requests[:1], tokens, client_id="me", client_secret="hush")
    assert kinds([*answers, *again]) == ["found", "found", "invalid_number", "found"]
    assert [a.report.number[-1] for a in answers if isinstance(a, carriers.Found)] == ["2", "1"]
    token, first, second, third = server.asked
    assert token.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"
    assert token.body == "grant_type=client_credentials"
    assert first.path == "/track/v1/details/1Z0000000000000002"
    assert first.query["locale"] == ["en_US"]
    assert first.headers["transactionsrc"]
    assert len({asked.headers["transid"] for asked in (first, second, third)}) == 3


async def test_ups_renews_a_refused_token_once() -> None:
    brown, tokens = Brown("t2", packages("1Z0000000000000001")), TokenCache()
    async with answering(brown) as server:
        answers = await asked_of(
            "ups", server, [Request("1Z0000000000000001")], tokens, client_id="me", client_secret="x"
        )
        assert (kinds(answers), brown.issued) == (["found"], 2)
        brown.accepted = "none"
        answers = await asked_of(
            "ups", server, [Request("1Z0000000000000001")], tokens, client_id="me", client_secret="x"
        )
    assert (kinds(answers), brown.issued) == (["auth"], 3)


@pytest.mark.parametrize(
    ("content", "kind", "pause"),
    [
        (reply(401, {"response": {"errors": [{"code": "10401", "message": "No such client"}]}}), KINDS.AUTH, None),
        (reply(429, "slow", retry_after="11"), KINDS.RATE_LIMITED, 11.0),
        (reply(200, {"token_type": "Bearer"}), KINDS.SERVER, None),
        (reply(503, "<html>"), KINDS.SERVER, None),
    ],
    ids=["refused", "too-many", "no-token", "down"],
)
async def test_ups_without_a_token(content: bytes, kind: carriers.ErrorKind, pause: float | None) -> None:
    async with answering(content) as server:
        (answer,) = await asked_of("ups", server, [Request("1Z0000000000000001")], client_id="me", client_secret="x")
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.retry_after) == (kind, pause)
    assert [asked.path for asked in server.asked] == ["/security/v1/oauth/token"]


async def test_ups_token_lies_beside_the_api() -> None:
    async with answering(Brown("t1", packages("1Z0000000000000001"))) as server:
        beside = Playing(f"{server.url}/api", server.asked)
        await asked_of("ups", beside, [Request("1Z0000000000000001")], client_id="me", client_secret="x")
    assert [asked.path for asked in server.asked] == [
        "/security/v1/oauth/token",
        "/api/track/v1/details/1Z0000000000000001",
    ]
