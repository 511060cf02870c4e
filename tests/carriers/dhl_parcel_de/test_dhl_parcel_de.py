"""What DHL Paket is asked, and its signatures."""

from __future__ import annotations

import base64

import carriers
from carriers.core.contract import Proves
from carriers.core.model import Document
from carriers.core.xml import read_xml
from tests.carriers.playing import answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

ONE, TWO = "00340000000000000001", "00340000000000000002"
KNOWN = (
    f'<data code="0"><data name="piece-shipment" error-status="0" piece-code="{ONE}" standard-event-code="AA"/></data>'
)


async def test_one_question_with_both_pairs_of_credentials() -> None:
    async with answering(reply(200, KNOWN)) as server:
        numbers = ["0034 0000 0000 0000 0001", f"{TWO};1", TWO]
        answers = await asked_of(
            "dhl_parcel_de",
            server,
            [Request(number) for number in numbers],
            client_id="key",
            client_secret="hush",
            appname="zt1",
            password='a"&<b',
        )
    assert [answer.number for answer in answers] == numbers
    assert kinds(answers) == ["found", "invalid_number", "server"]
    (asked,) = server.asked
    assert (asked.path, list(asked.query)) == ("/shipments", ["xml"])
    question = read_xml(asked.query["xml"][0].encode())
    assert question.attributes["piece-code"] == f"{ONE};{TWO}"
    assert question.attributes["request"] == "d-get-piece-detail"
    assert (question.attributes["appname"], question.attributes["password"]) == ("zt1", 'a"&<b')
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'key:hush').decode()}"


def test_signatures_are_pictures_in_hexadecimal() -> None:
    carrier = carriers.get("dhl_parcel_de")
    assert isinstance(carrier, Proves)
    body = (
        b'<data><data name="signature" event-date="18.03.2016" image="4749463839610a"/><data image="474946383"/></data>'
    )
    assert carrier.parse_proof(body) == (Document("image/gif", base64.b64encode(b"GIF89a\n").decode()),)
