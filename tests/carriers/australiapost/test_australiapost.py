"""What Australia Post is asked, and how its sentences are read."""

from __future__ import annotations

import base64

import pytest

from carriers.australiapost.codes import meaning
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_ten_in_one_call_each_with_its_answer() -> None:
    results = [{"tracking_id": "B2", "status": "Delivered"}, {"tracking_id": "A1", "errors": [{"code": "ESB-10001"}]}]
    secrets = {"api_key": "me", "password": "hush", "account_number": "0001"}
    async with answering(reply(200, {"tracking_results": results})) as server:
        requests = [Request("a 1"), Request("B2"), Request("c,3")]
        answers = await asked_of("australiapost", server, requests, None, **secrets)
    assert kinds(answers) == ["not_found", "found", "server"]
    (asked,) = server.asked
    assert (asked.path, asked.query) == ("/track", {"tracking_ids": ["A1,B2,C3"]})
    assert asked.headers["account-number"] == "0001"
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("Delivered", "delivered"),
        ("Delivered - Left in a safe place", "delivered"),
        ("Delivered to parcel locker, awaiting collection", "unknown"),
        ("  In Transit  to next facility", "in_transit"),
        ("Not onboard for delivery", "unknown"),
        (None, "unknown"),
    ],
)
def test_sentences(sentence: str | None, step: str) -> None:
    said = meaning(sentence).milestone
    assert said is not None
    assert said.value == step
