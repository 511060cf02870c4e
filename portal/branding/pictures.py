"""A shop's picture file, checked before it is served: PNG, JPEG, WebP or SVG, how large, of what size.

What a picture may carry along unseen (comments, places, text behind its end) is left out of a PNG, and a file that
is another kind than its first bytes say is refused. Knows no setting and no page.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from portal.branding import vector
from portal.branding.wrong import Wrong, bytes_of

LARGEST: Final = 200_000
SIDES: Final = (16, 4000)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"iCCP", b"cHRM"}
_FRAMES: Final = {0xC0, 0xC1, 0xC2}  # the JPEG frames that browsers show: baseline, extended, progressive


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is served. `suffix` with its dot; `left_out` names what was taken out of an SVG."""

    body: bytes
    suffix: str
    width: int
    height: int
    left_out: tuple[str, ...] = ()


def read(path: str) -> Picture:
    """The picture in a file. Raises Wrong with what to do about it."""
    body = bytes_of(path, LARGEST)
    picture = _known(body)
    if not all(SIDES[0] <= side <= SIDES[1] for side in (picture.width, picture.height)):
        raise Wrong(f"is {picture.width} × {picture.height} pixels; each side must be {SIDES[0]} to {SIDES[1]}")
    return picture


def _known(body: bytes) -> Picture:
    try:
        if body.startswith(_PNG):
            return _png(body)
        if body.startswith(b"\xff\xd8\xff"):
            return _jpeg(body)
        if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
            return _webp(body)
    except (struct.error, IndexError):
        raise Wrong("is damaged: the file ends too early") from None
    if re.match(rb"(\xef\xbb\xbf)?\s*<", body):
        clean = vector.cleaned(body)
        return Picture(clean.body, ".svg", clean.width, clean.height, clean.left_out)
    raise Wrong("is no picture of a kind that is taken: save it as SVG, PNG, JPEG or WebP")


def _png(body: bytes) -> Picture:
    kept, at, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", body, at)
        kind, whole = body[at + 4 : at + 8], body[at : at + 12 + length]
        if len(whole) != 12 + length or zlib.crc32(whole[4:-4]) != struct.unpack(">I", whole[-4:])[0]:
            raise Wrong("is a damaged PNG: save it again")
        if kind in _KEPT:
            kept.append(whole)
        at += len(whole)
    width, height = struct.unpack_from(">II", body, 16)
    return Picture(b"".join(kept), ".png", width, height)


def _jpeg(body: bytes) -> Picture:
    at = 2
    while body[at] == 0xFF:
        kind, (length,) = body[at + 1], struct.unpack_from(">H", body, at + 2)
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", body, at + 5)
            return Picture(body, ".jpg", width, height)
        at += 2 + length
    raise Wrong("is a JPEG of a kind that browsers do not show: save it again as a usual one")


def _webp(body: bytes) -> Picture:
    (length,) = struct.unpack_from("<I", body, 4)
    if len(body) < length + 8:
        raise Wrong("is a damaged WebP: save it again")
    kind = body[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", body, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 26))
    else:
        raise Wrong("is a damaged WebP: save it again")
    return Picture(body[: length + 8], ".webp", width, height)


def read_font(path: str) -> bytes:
    """A font file. Raises Wrong."""
    body = bytes_of(path, 300_000)
    if body[:4] != b"wOF2" or len(body) < 48 or struct.unpack_from(">I", body, 8)[0] != len(body):
        raise Wrong("is no WOFF2 font: convert it to WOFF2 (one file, for all weights if it is a variable font)")
    return body
