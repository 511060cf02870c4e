"""What DHL Express is asked, and the papers it hands out."""

from __future__ import annotations

import base64
import json

import carriers
from carriers.core.contract import Proves
from carriers.core.model import Document
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds


async def test_waybills_are_asked_with_offsets_and_pieces_in_another_place() -> None:
    event = {"date": "2026-03-30", "time": "10:00:00", "typeCode": "PU"}
    body = {"shipments": [{"shipmentTrackingNumber": "1000000001", "events": [event]}]}
    async with answering(reply(200, body)) as server:
        requests = [Request("10 0000 0001"), Request("jd01 4600")]
        answers = await asked_of("dhl_express", server, requests, username="me", password="hush")
    assert [answer.number for answer in answers] == ["10 0000 0001", "jd01 4600"]
    assert kinds(answers) == ["found", "found"]
    waybill, piece = server.asked
    assert waybill.path == "/shipments/1000000001/tracking"
    assert waybill.query["requestGMTOffsetPerEvent"] == ["true"]
    assert waybill.query["trackingView"] == ["all-checkpoints"]
    assert (piece.path, piece.query["pieceTrackingNumber"]) == ("/tracking", ["JD014600"])
    assert waybill.headers["authorization"] == f"Basic {base64.b64encode(b'me:hush').decode()}"


def test_papers_in_both_spellings() -> None:
    carrier = carriers.get("dhl_express")
    assert isinstance(carrier, Proves)
    papers = [
        {"encodingFormat": "PDF", "content": "JVBE\nRi0="},
        {"format": "PNG", "content": "iVBORw=="},
        {"content": 3},
    ]
    read = carrier.parse_proof(json.dumps({"documents": papers}).encode())
    assert read == (Document("PDF", "JVBERi0="), Document("PNG", "iVBORw=="))
