"""A shop's own stylesheet, checked: nothing in it may fetch from elsewhere.

The content security policy forbids that to browsers as well; this says so to the shop before its customers' pages
lack what they were to show. Also the part of our own generated stylesheet that is not about colours.
"""

from __future__ import annotations

import re
from typing import Final

from portal.branding.wrong import Wrong, bytes_of

LARGEST: Final = 64_000
SYSTEM: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
_COMMENT: Final = re.compile(r"/\*.*?(\*/|\Z)", re.DOTALL)
_STRING: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_ASKING: Final = re.compile(
    r"(?<![\w-])(url|src|image|(?:-webkit-)?image-set|-moz-element|expression)\(\s*(['\"]?)([^)\s]*)", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"""['"]\s*(?:[a-z][a-z0-9+.-]*:)?//|['"]\s*(?:https?|javascript):""", re.IGNORECASE)


def read(path: str) -> str:
    """The stylesheet in a file. Raises Wrong with the first thing that is wrong with it."""
    try:
        text = bytes_of(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong("is not in UTF-8: save it as UTF-8") from None
    if found := faults(text):
        raise Wrong(found[0])
    if lost := _unbalanced(text):
        raise Wrong(lost)
    return text


def faults(css: str) -> list[str]:
    """What in these rules would ask elsewhere, each in words. Escapes hide nothing."""
    plain = _ESCAPE.sub(_meant, _COMMENT.sub(" ", css))
    found = []
    if re.search(r"@import\b", plain, re.IGNORECASE):
        found.append("has an @import: put the rules themselves into the file")
    if re.search(r"@charset\b|@namespace\b", plain, re.IGNORECASE):
        found.append("has an @charset or @namespace: leave it out")
    for name, _, target in _ASKING.findall(plain):
        if name.lower() in ("url", "src") and target.lower().startswith(("data:image/", "#")):
            continue
        found.append(
            f"asks for {name.lower()}({target[:60]}): only data:image/… addresses are taken, nothing from elsewhere"
        )
    if not found and _ADDRESS.search(plain):
        found.append("holds an address of another site")
    return found


def _meant(match: re.Match[str]) -> str:
    """The character that an escape stands for."""
    if match[2]:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _unbalanced(css: str) -> str | None:
    """Whether a brace is missing: browsers would drop what follows without a word."""
    bare = _STRING.sub("", _COMMENT.sub("", css))
    missing = bare.count("{") - bare.count("}")
    if missing:
        return f"lacks {missing} closing brace(s)" if missing > 0 else f"has {-missing} closing brace(s) too many"
    return None


def font_css(font: str, file: str | None) -> str:
    """The font of all pages: `font` is "inter", "system" or the shop's own in `file`."""
    if file is not None:
        face = (
            f'@font-face{{font-family:Shop;font-weight:100 900;font-display:swap;src:url("{file}") format("woff2")}}\n'
        )
        return f"{face}:root{{--font:Shop,{SYSTEM}}}\n"
    return f":root{{--font:{SYSTEM}}}\n" if font == "system" else ""
