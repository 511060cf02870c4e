"""An SVG of a shop, made harmless: what draws stays, what runs or asks elsewhere goes.

It is written anew from an allow-list of elements and attributes, never patched. Browsers show it as an image, in
which no script runs anyway, and under our content security policy if it is opened by itself: this is the third wall.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree  # nothing with a DOCTYPE gets this far, so there are no entities to swell

from portal.branding.sheets import faults
from portal.branding.wrong import Wrong

_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_WORDS: Final = """svg g defs symbol use path rect circle ellipse line polyline polygon text tspan title desc style
linearGradient radialGradient stop clipPath mask pattern filter feGaussianBlur feOffset feBlend feColorMatrix
feComposite feFlood feMerge feMergeNode"""
_ELEMENTS: Final = frozenset(_WORDS.split())
_DEEPEST: Final = 60
_ATTRIBUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Clean:
    """The drawing as it is served, its size in its own units, and what was left out of it."""

    body: bytes
    width: int
    height: int
    left_out: tuple[str, ...]


def cleaned(body: bytes) -> Clean:
    """A harmless copy of an SVG. Raises Wrong."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong("is an SVG that is not in UTF-8: save it as UTF-8") from None
    if re.search(r"<!\s*(ENTITY|ATTLIST|ELEMENT)|<!DOCTYPE[^>]*\[", text, re.IGNORECASE):
        raise Wrong("is an SVG that declares entities: export it as plain or optimised SVG")
    try:
        root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text, flags=re.IGNORECASE))  # noqa: S314  # as above
    except ElementTree.ParseError as problem:
        raise Wrong(f"is no readable SVG: {problem}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise Wrong('is XML, but no SVG: its first element must be <svg xmlns="http://www.w3.org/2000/svg">')
    left_out: set[str] = set()
    drawing = _copy(root, left_out)
    width, height = _size(root)
    ElementTree.register_namespace("", _SVG)
    return Clean(ElementTree.tostring(drawing, encoding="utf-8"), width, height, tuple(sorted(left_out)))


def _copy(element: ElementTree.Element, left_out: set[str], depth: int = 0) -> ElementTree.Element:
    if depth > _DEEPEST:
        raise Wrong("is an SVG of too many groups inside each other: export it as optimised SVG")
    copy = ElementTree.Element(element.tag)
    copy.text, copy.tail = element.text, element.tail
    for given, value in element.attrib.items():
        name = "href" if given == _XLINK else given
        if _may_stay(name, value):
            copy.set(name, value)
        elif not name.startswith("{"):  # what drawing programs note for themselves is no loss
            left_out.add(name)
    for child in element:
        space, _, name = str(child.tag).removeprefix("{").partition("}")
        if space != _SVG:
            continue
        if name not in _ELEMENTS or (name == "style" and faults(child.text or "")):
            left_out.add(f"<{name}>")
        else:
            copy.append(_copy(child, left_out, depth + 1))
    return copy


def _may_stay(name: str, value: str) -> bool:
    if not _ATTRIBUTE.fullmatch(name) or name.lower().startswith("on"):
        return False
    if name == "href":
        return value.strip().startswith("#")
    return not faults(value)


def _size(root: ElementTree.Element) -> tuple[int, int]:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    given = [root.get("width", ""), root.get("height", "")] if len(box) != 4 else box[2:]
    try:
        width, height = (float(re.sub(r"px$", "", side)) for side in given)
    except ValueError:
        raise Wrong('is an SVG without a size: give its <svg> a viewBox, like viewBox="0 0 200 50"') from None
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Wrong("is an SVG of no size")
    scale = max(1.0, 64 / min(width, height))  # a drawing has no pixels: one of 24 × 24 is large enough
    scale = min(scale, 4000 / max(width, height))
    return max(round(width * scale), 1), max(round(height * scale), 1)
