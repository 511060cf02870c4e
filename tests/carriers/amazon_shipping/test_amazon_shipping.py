"""What Amazon Shipping is asked, and where its tokens come from."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from carriers import Account
from carriers.amazon_shipping.adapter import _grant
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_one_token_for_all_parcels() -> None:
    def amazon(asked: Asked) -> bytes:
        if asked.path == "/auth/o2/token":
            return reply(200, {"access_token": "Atza|1", "expires_in": 3600})
        return reply(200, {"payload": {"summary": {"status": "InTransit"}}})

    async with answering(amazon) as server:
        answers = await asked_of(
            "amazon_shipping",
            server,
            [Request("tba 1"), Request("TBA2")],
            client_id="me",
            client_secret="hush",
            refresh_token="Atzr|1",
            carrier_id="AMZN_UK",
            business_id="AmazonShipping_UK",
        )
    assert [answer.number for answer in answers] == ["tba 1", "TBA2"]
    assert kinds(answers) == ["found", "found"]
    token, first, second = server.asked
    assert parse_qs(token.body)["refresh_token"] == ["Atzr|1"]
    assert (first.path, first.query) == ("/shipping/v2/tracking", {"trackingId": ["TBA1"], "carrierId": ["AMZN_UK"]})
    assert first.headers["x-amz-access-token"] == second.headers["x-amz-access-token"] == "Atza|1"
    assert first.headers["x-amzn-shipping-business-id"] == "AmazonShipping_UK"


@pytest.mark.parametrize(
    ("api", "tokens"),
    [
        ("https://sellingpartnerapi-na.amazon.com", "https://api.amazon.com/auth/o2/token"),
        ("https://sandbox.sellingpartnerapi-eu.amazon.com", "https://api.amazon.com/auth/o2/token"),
        ("https://evilamazon.com", "https://evilamazon.com/auth/o2/token"),
    ],
)
def test_where_tokens_come_from(api: str, tokens: str) -> None:
    assert _grant(api, Account("amazon_shipping", {}, api)).call.url == tokens
