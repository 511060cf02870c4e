"""A shop's colour made fit to read: one small stylesheet of custom properties from one hex colour.

`--brand` is the colour itself, for filled areas; `--on-brand` the ink on it; `--brand-ink` the same hue,
made dark or light enough for text, for each theme. Contrast is WCAG 2's.
"""

from __future__ import annotations

import math
import re
from typing import Final

Rgb = tuple[float, float, float]

# The surfaces that the stylesheet lays text on, and how much ink its soft fills hold.
LIGHT: Final = "#ffffff"
DARK: Final = "#151d24"
SOFT: Final = 0.12
_ENOUGH: Final = 4.6


def brand_css(colour: str) -> str:
    """The stylesheet for `colour`, "#rrggbb". Raises ValueError for anything else."""
    brand = parsed(colour)
    light, dark = ink(colour, LIGHT), ink(colour, DARK)
    return f":root{{--brand:{_hex(brand)};--on-brand:{on_brand(colour)};--brand-ink:light-dark({light},{dark})}}\n"


def on_brand(colour: str) -> str:
    """White or black, whichever is easier to read on the colour. Raises ValueError for no "#rrggbb"."""
    brand = parsed(colour)
    return max("#ffffff", "#000000", key=lambda ink: contrast(parsed(ink), brand))


def ink(colour: str, surface: str) -> str:
    """The colour made readable on a surface, both "#rrggbb". Raises ValueError for anything else."""
    return _hex(_readable(parsed(colour), parsed(surface)))


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG contrast of two colours, 1 to 21; channels 0 to 1."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def soft(ink: Rgb, surface: Rgb) -> Rgb:
    """The fill that the stylesheet makes of an ink: a little of it mixed into the surface, in Oklab."""
    mixed = [SOFT * a + (1 - SOFT) * b for a, b in zip(_to_oklab(ink), _to_oklab(surface), strict=True)]
    return _from_oklab(mixed[0], mixed[1], mixed[2])


def _readable(colour: Rgb, surface: Rgb) -> Rgb:
    """`colour`, as little changed in lightness as makes it readable on the surface and on its soft fill."""
    lightness, a, b = _to_oklab(colour)
    step = -0.01 if _luminance(surface) > 0.5 else 0.01
    if step > 0:
        lightness = max(lightness, 0.78)  # the least that is readable looks dull on a dark page
    while 0 <= lightness <= 1:
        tried = _from_oklab(lightness, a, b)
        if min(contrast(tried, soft(tried, surface)), contrast(tried, surface)) >= _ENOUGH:
            return tried
        lightness += step
    return (0.0, 0.0, 0.0) if step < 0 else (1.0, 1.0, 1.0)


def parsed(colour: str) -> Rgb:
    """Channels 0 to 1 of "#rrggbb". Raises ValueError for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"not a colour like #0b6b4f: {colour!r}")
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    channel = min(max(channel, 0.0), 1.0)
    sharp = channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
    return round(sharp * 255) / 255


def _luminance(colour: Rgb) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklab(colour: Rgb) -> Rgb:
    """Lightness, green to red, blue to yellow, in a space where lightness is what the eye calls so."""
    red, green, blue = map(_linear, colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    """Back to sRGB, rounded as it will be written; what a screen cannot show is made paler, not another hue."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short
    if max(abs(a), abs(b)) > 0.001 and not all(-0.001 <= channel <= 1.001 for channel in (red, green, blue)):
        return _from_oklab(lightness, a * 0.96, b * 0.96)
    return _encoded(red), _encoded(green), _encoded(blue)
