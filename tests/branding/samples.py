"""Files that a shop might bring."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from portal.branding.icons import chunk

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><path d="M0 0h160v40H0z" fill="#c2410c"/></svg>'


def png(width: int, height: int, *more: bytes) -> bytes:
    """A grey picture, with more chunks before its end."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + b"".join(more) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """The beginning of one, as far as its frame says the size."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"hi!!"
    return b"\xff\xd8" + comment + b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0\xff\xd9"


def webp(width: int, height: int) -> bytes:
    """The head of an extended one."""
    inside = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0"
    inside += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def font() -> bytes:
    """The head of a WOFF2 file."""
    return b"wOF2" + b"\0\1\0\0" + struct.pack(">I", 64) + bytes(52)


def written(folder: Path, name: str, body: bytes | str) -> str:
    """The path of a file with this in it."""
    file = folder / name
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return str(file)
