"""What PostNL is asked, and its signatures."""

from __future__ import annotations

import json

import pytest

import carriers
from carriers.core.contract import Proves
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_the_whole_history_is_asked_for() -> None:
    async with answering(reply(200, {})) as server:
        answers = await asked_of("postnl", server, [Request("3s jaln 1")], api_key="k")
    assert kinds(answers) == ["not_found"]
    (asked,) = server.asked
    assert (asked.path, asked.query) == ("/barcode/3SJALN1", {"detail": ["true"], "language": ["EN"]})
    assert asked.headers["apikey"] == "k"


@pytest.mark.parametrize(("image", "found"), [("iVBO\nRw==", ["iVBORw=="]), ("{}", []), ({}, []), ("", [])])
def test_signatures(image: object, found: list[str]) -> None:
    carrier = carriers.get("postnl")
    assert isinstance(carrier, Proves)
    body = json.dumps({"Signature": {"Barcode": "3SJALN1", "SignatureImage": image}}).encode()
    assert [document.content_base64 for document in carrier.parse_proof(body)] == found
