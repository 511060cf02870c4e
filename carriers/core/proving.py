"""Proof-of-delivery documents: asked for when a parcel has arrived, and told by their first bytes what they are.

What a carrier says a document is counts for nothing: only pictures and pages that begin like one are kept.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from carriers.core.answers import passed_on
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Reply
from carriers.core.model import Document
from carriers.core.reading import kind_of_status

if TYPE_CHECKING:
    from carriers.core.contract import Proves

LARGEST: Final = 1024 * 1024  # bytes of one document; a signature has some 10 kB, a photo of the door 300 kB

_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


async def proven(reply: Awaitable[Reply], carrier: Proves) -> tuple[Document, ...]:
    """The documents in a reply; none where the carrier has none. Raises CarrierError when it does not answer."""
    got = await reply
    if got.status == 404:
        return ()
    if got.status >= 300:
        message = f"No proof of delivery was handed out (HTTP {got.status})."
        raise passed_on(CarrierError(kind_of_status(got.status), message, http_status=got.status), got)
    return carrier.parse_proof(got.body)


def opened(document: Document) -> tuple[str, bytes] | None:
    """What a document is (its media type) and its bytes; None for one that is too large or of no kind we keep."""
    if len(document.content_base64) > LARGEST * 4 // 3 + 4:
        return None
    try:
        content = base64.b64decode(document.content_base64, validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)
    return (kind, content) if kind is not None and len(content) <= LARGEST else None


def no_number() -> CarrierError:
    """The error for a number that no document can be asked for."""
    return CarrierError(ErrorKind.INVALID_NUMBER, "There is no proof of delivery for a number of this form.")
