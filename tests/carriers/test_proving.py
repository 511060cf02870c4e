"""Asking for the proof of delivery: the right call at each carrier, and nothing kept that only claims to be one."""

from __future__ import annotations

import base64
import json

import pytest

import carriers
from carriers.core.auth import TokenCache
from carriers.core.contract import Proves
from carriers.core.model import Document
from carriers.core.proving import LARGEST, opened
from tests.carriers.playing import Asked, a_client, answering, reply
from tests.carriers.test_contract import account, with_tokens

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"signature").decode()
PDF = base64.b64encode(b"%PDF-1.4 signed").decode()
GIF = b"GIF89a signature"
NUMBER = "1Z12345E0205271688"

ANSWERS: dict[str, tuple[bytes, tuple[Document, ...]]] = {
    "dhl_express": (
        reply(200, {"documents": [{"typeCode": "POD", "encodingFormat": "PDF", "content": PDF}]}),
        (Document("PDF", PDF),),
    ),
    "dhl_parcel_de": (
        reply(200, f'<data><data name="signature" image="{GIF.hex()}"/></data>'),
        (Document("image/gif", base64.b64encode(GIF).decode()),),
    ),
    "fedex": (reply(200, {"output": {"documentFormat": "PDF", "document": [PDF]}}), (Document("PDF", PDF),)),
    "postnl": (reply(200, {"Signature": {"SignatureImage": PNG}}), (Document("image", PNG),)),
    "royalmail": (
        reply(200, {"mailPieces": {"signature": {"imageFormat": "image/png", "image": PNG}}}),
        (Document("image/png", PNG),),
    ),
    "ups": (
        reply(
            200,
            {"trackResponse": {"shipment": [{"package": [{"deliveryInformation": {"signature": {"image": PNG}}}]}]}},
        ),
        (Document("image/png", PNG),),
    ),
}
WHERE = {
    "dhl_express": f"/shipments/{NUMBER}/proof-of-delivery",
    "dhl_parcel_de": "/shipments",
    "fedex": "/track/v1/trackingdocuments",
    "postnl": f"/signature/{NUMBER}",
    "royalmail": f"/{NUMBER}/signature",
    "ups": f"/track/v1/details/{NUMBER}",
}
SLUGS = [c.manifest.slug for c in carriers.all() if isinstance(c, Proves)]


async def proof(slug: str, content: bytes) -> tuple[tuple[Document, ...], Asked]:
    """What a carrier hands out that answers this, and the last question it was asked."""
    carrier = carriers.get(slug)
    assert isinstance(carrier, Proves)
    async with answering(with_tokens(content)) as server, a_client() as client:
        request = carriers.TrackRequest("1Z 12345E 0205271688")
        found = await carrier.prove(request, account(carriers.get(slug), server.url), client, TokenCache())
    return found, server.asked[-1]


@pytest.mark.parametrize("slug", SLUGS)
async def test_the_document_is_asked_for_where_the_carrier_keeps_it(slug: str) -> None:
    content, documents = ANSWERS[slug]
    found, asked = await proof(slug, content)
    assert found == documents
    assert asked.path == WHERE[slug]
    assert all(opened(document) is not None for document in found)


async def test_what_two_carriers_have_to_be_told() -> None:
    _, asked = await proof("fedex", ANSWERS["fedex"][0])
    assert json.loads(asked.body)["trackDocumentSpecification"] == [{"trackingNumberInfo": {"trackingNumber": NUMBER}}]
    _, asked = await proof("ups", ANSWERS["ups"][0])
    assert (asked.query["returnSignature"], asked.query["returnPOD"]) == (["true"], ["true"])
    _, asked = await proof("dhl_parcel_de", ANSWERS["dhl_parcel_de"][0])
    assert 'request="d-get-signature"' in asked.query["xml"][0]


@pytest.mark.parametrize("slug", SLUGS)
async def test_no_document_is_no_failure(slug: str) -> None:
    found, _ = await proof(slug, reply(404, {}))
    assert found == ()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("content", "kind", "pause"),
    [
        (reply(429, "slow", retry_after="7"), carriers.ErrorKind.RATE_LIMITED, 7.0),
        (reply(503, "later"), carriers.ErrorKind.SERVER, None),
        (reply(200, "<html>Sorry"), carriers.ErrorKind.SERVER, None),
    ],
    ids=["429", "503", "html"],
)
async def test_a_carrier_that_does_not_hand_it_out(
    slug: str, content: bytes, kind: carriers.ErrorKind, pause: float | None
) -> None:
    with pytest.raises(carriers.CarrierError) as refused:
        await proof(slug, content)
    assert (refused.value.kind, refused.value.retry_after) == (kind, pause)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 page", "application/pdf"),
        (b"\x89PNG\r\n\x1a\nx", "image/png"),
        (b"\xff\xd8\xff\xe0x", "image/jpeg"),
        (b"GIF87a", "image/gif"),
    ],
)
def test_a_document_is_what_its_first_bytes_are(content: bytes, kind: str) -> None:
    assert opened(Document("text/html", base64.b64encode(content).decode())) == (kind, content)


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"<html><script>x</script>").decode(),
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
        "not base64!",
        "é",
        "",
        base64.b64encode(b"%PDF-" + bytes(LARGEST)).decode(),
    ],
    ids=["a page", "a drawing with script", "no base64", "no ascii", "nothing", "too large"],
)
def test_what_is_not_kept(text: str) -> None:
    assert opened(Document("application/pdf", text)) is None
