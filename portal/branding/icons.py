"""The icons of an installed portal and of browser tabs, in the brand's colour.

Drawn once, in shades (`data/*.png`, by scripts/build_icons.py): colouring one is writing its palette anew. Shades 0
to 15 go from the brand's colour to the ink on it, 16 to 31 from the brand's colour to nothing, at rounded corners.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portal.kit.brand import on_brand, parsed

_DATA: Final = Path(__file__).parent / "data"
NAMES: Final = ("icon-192", "icon-512", "maskable-192", "maskable-512", "touch-180")
SHADES: Final = 16
_FAVICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="{brand}"/>'
    '<path d="M9 12.5 16 9l7 3.5v7.5L16 23.5 9 20zm0 0 7 3.5m0 0 7-3.5M16 16v7.5" fill="none" stroke="{ink}" '
    'stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/></svg>\n'
)


def drawn(colour: str) -> Mapping[str, bytes]:
    """Every icon by its name in the static folder."""
    ink = on_brand(colour)
    made = {f"brand/{name}.png": coloured((_DATA / f"{name}.png").read_bytes(), colour, ink) for name in NAMES}
    return made | {"brand/favicon.svg": _FAVICON.format(brand=colour, ink=ink).encode()}


def coloured(png: bytes, brand: str, ink: str) -> bytes:
    """A PNG in shades with the palette of these colours."""
    ends = [[round(channel * 255) for channel in parsed(colour)] for colour in (brand, ink)]
    shades = [round(a + (b - a) * n / (SHADES - 1)) for n in range(SHADES) for a, b in zip(*ends, strict=True)]
    clear = [round(255 * n / (SHADES - 1)) for n in range(SHADES)]
    palette = chunk(b"PLTE", bytes(shades + ends[0] * SHADES))
    alpha = chunk(b"tRNS", bytes([255] * SHADES + clear))
    head = 8 + 25  # the signature and IHDR
    return png[:head] + palette + alpha + png[head:]


def chunk(kind: bytes, body: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
