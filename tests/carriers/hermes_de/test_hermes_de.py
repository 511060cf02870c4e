"""What Hermes Germany is asked, with which token, and that its two spellings of codes agree."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from carriers import Account
from carriers.core.meaning import UNKNOWN
from carriers.hermes_de.adapter import _grant
from carriers.hermes_de.codes import _TRIPLES, EVENTS, meaning
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_all_in_one_call_and_in_the_order_asked() -> None:
    def hermes(asked: Asked) -> bytes:
        if asked.path.endswith("/access_token"):
            return reply(200, {"access_token": "t1", "expires_in": 3600})
        shipments = [{"shipmentID": "H2", "status": []}, {"shipmentID": "X", "internationalShipmentID": "H1"}]
        return reply(200, {"shipmentinfo": shipments})

    secrets = {"client_id": "me", "client_secret": "hush", "username": "u", "password": "p"}
    async with answering(hermes) as server:
        answers = await asked_of("hermes_de", server, [Request("h 1"), Request("H2"), Request("H3")], None, **secrets)
    assert [answer.number for answer in answers] == ["h 1", "H2", "H3"]
    assert kinds(answers) == ["found", "found", "server"]
    token, asked = server.asked
    assert parse_qs(token.body) == {"grant_type": ["password"], **{name: [value] for name, value in secrets.items()}}
    assert (asked.path, asked.query) == ("/shipmentinfo", {"shipmentID": ["H1", "H2", "H3"]})
    assert asked.headers["authorization"] == "Bearer t1"


async def test_a_user_that_is_refused() -> None:
    async with answering(reply(400, {"error": "invalid_grant", "error_description": "Wrong password"})) as server:
        answers = await asked_of("hermes_de", server, [Request("H1")], client_id="me")
    assert kinds(answers) == ["auth"]


@pytest.mark.parametrize(
    ("api", "host"),
    [
        ("https://de-api.hermesworld.com/services/hsi", "https://authme.myhermes.de/"),
        ("https://de-api-int.hermesworld.com/services/hsi", "https://authme-int.myhermes.de/"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/"),
    ],
)
def test_where_tokens_come_from(api: str, host: str) -> None:
    assert _grant(api, Account("hermes_de", {}, api)).call.url.startswith(host)


def test_both_spellings_of_a_code_agree() -> None:
    assert set(_TRIPLES.values()) <= set(EVENTS)
    assert meaning("50-1-3") == meaning("050001003") == meaning("3000")
    assert [meaning(code) for code in ("50-77-3", "x", None, "٥٠-١-٣")] == [UNKNOWN] * 4
