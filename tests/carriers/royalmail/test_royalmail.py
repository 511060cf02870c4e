"""What Royal Mail is asked, and its signatures."""

from __future__ import annotations

import json

import carriers
from carriers.core.contract import Proves
from carriers.core.model import Document
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_one_item_after_the_other_with_the_terms_accepted() -> None:
    piece = {"mailPieceId": "0B1", "summary": {"oneDBarcode": "TT1GB", "statusCategory": "DELIVERED"}}
    async with answering(reply(200, {"mailPieces": piece})) as server:
        answers = await asked_of(
            "royalmail", server, [Request("tt 1 gb"), Request("0B1")], client_id="me", client_secret="hush"
        )
    assert kinds(answers) == ["found", "found"]
    assert [asked.path for asked in server.asked] == ["/TT1GB/events", "/0B1/events"]
    headers = server.asked[0].headers
    assert (headers["x-ibm-client-id"], headers["x-ibm-client-secret"]) == ("me", "hush")
    assert headers["x-accept-rmg-terms"] == "yes"


def test_a_drawn_signature_becomes_a_document_like_a_picture() -> None:
    carrier = carriers.get("royalmail")
    assert isinstance(carrier, Proves)
    signatures = [{"image": "<svg/>", "imageFormat": "image/svg+xml"}, {"image": "iVBO\nRw=="}, {"image": 3}, {}]
    body = json.dumps({"mailPieces": [{"signature": signature} for signature in signatures]}).encode()
    assert carrier.parse_proof(body) == (Document("image/svg+xml", "PHN2Zy8+"), Document("image", "iVBORw=="))
