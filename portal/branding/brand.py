"""How a shop looks, from its settings: every file checked and ready to serve, and what templates need to know of it.

Knows no page. A wrong setting is a BadSetting with what to do about it; `checked` finds all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.branding import icons, pictures, sheets
from portal.branding.pictures import Picture
from portal.branding.wrong import Wrong
from portal.kit.brand import brand_css, on_brand
from portal.kit.errors import BadSetting
from portal.kit.lists import Link
from portal.settings import PREFIX, Settings

INTER: Final = "vendor/inter/inter-latin-wght-normal.woff2"
_FONT: Final = "brand/font.woff2"
_CUSTOM: Final = "brand/custom.css"


@dataclass(frozen=True, slots=True)
class Brand:
    """A shop's look. `files` are its static files by name, beside those of the house."""

    colour: str
    files: Mapping[str, str | bytes]
    logo: tuple[str, int, int] | None
    logo_dark: tuple[str, int, int] | None
    font: str | None
    custom: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LogoView:
    """A logo at its address, with the room that it takes."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Look:
    """The brand as templates show it. `font`: what to load first; `custom`: the shop's own stylesheet."""

    colour: str
    icon: str
    touch_icon: str
    logo: LogoView | None
    logo_dark: LogoView | None
    font: str | None
    custom: str | None
    links: tuple[Link, ...]


def brand_of(settings: Settings) -> Brand:
    """The look that the settings describe. Raises BadSetting naming the first that is wrong."""
    brand, wrong = _read(settings)
    if wrong:
        raise wrong[0]
    return brand


def checked(settings: Settings) -> tuple[list[str], list[BadSetting]]:
    """What is fine, one line each, and everything that is wrong."""
    brand, wrong = _read(settings)
    ink = "white" if on_brand(brand.colour) == "#ffffff" else "black"
    fine = [f"colour {brand.colour} with {ink} text on it"]
    if brand.logo:
        fine.append(f"logo {brand.logo[1]} × {brand.logo[2]}")
        fine += [] if brand.logo_dark else ["no logo for dark pages: there it stands on a light plate"]
    for key, name in (("shop_logo", "logo"), ("shop_logo_dark", "logo for dark pages")):
        fine += [f"{name}: left out {', '.join(gone)}" for gone in [_left_out(getattr(settings, key))] if gone]
    fine.append(f"font {settings.shop_font}")
    fine += ["own stylesheet"] if brand.custom else []
    return fine, wrong


def look(brand: Brand, asset: Callable[[str], str]) -> Look:
    """What templates know of it; `asset(name)` gives the address of a static file."""
    logo, dark = (LogoView(asset(one[0]), *one[1:]) if one else None for one in (brand.logo, brand.logo_dark))
    return Look(
        brand.colour,
        asset("brand/favicon.svg"),
        asset("brand/touch-180.png"),
        logo,
        dark,
        asset(brand.font) if brand.font else None,
        asset(brand.custom) if brand.custom else None,
        brand.links,
    )


def _read(settings: Settings) -> tuple[Brand, list[BadSetting]]:
    wrong: list[BadSetting] = []
    logo, dark = (_taken(settings, key, pictures.read, wrong) for key in ("shop_logo", "shop_logo_dark"))
    own = settings.shop_font not in ("inter", "system")
    font = _taken(settings, "shop_font", pictures.read_font, wrong) if own else None
    custom = _taken(settings, "shop_css", sheets.read, wrong)
    if dark and not logo:
        wrong.append(BadSetting(f"{PREFIX}SHOP_LOGO_DARK", f"needs {PREFIX}SHOP_LOGO as well"))
    files: dict[str, str | bytes] = dict(icons.drawn(settings.shop_brand_colour))
    file = f"../{_FONT}" if font else None
    files["css/brand.css"] = brand_css(settings.shop_brand_colour) + sheets.font_css(settings.shop_font, file)
    files |= {name: body for name, body in ((_FONT, font), (_CUSTOM, custom)) if body}
    light, dim = _placed(files, "logo", logo), _placed(files, "logo-dark", dark)
    usual = INTER if settings.shop_font == "inter" else None
    brand = Brand(
        settings.shop_brand_colour,
        files,
        light,
        dim,
        _FONT if font else usual,
        _CUSTOM if custom else None,
        settings.links,
    )
    return brand, wrong


def _taken(settings: Settings, key: str, read: Callable[[str], Any], wrong: list[BadSetting]) -> Any:
    """The setting's file, or None when there is none or it is wrong."""
    path = getattr(settings, key)
    if not path:
        return None
    try:
        return read(path)
    except Wrong as problem:
        wrong.append(BadSetting(f"{PREFIX}{key.upper()}", str(problem)))
        return None


def _placed(files: dict[str, str | bytes], name: str, picture: Picture | None) -> tuple[str, int, int] | None:
    if picture is None:
        return None
    files[f"brand/{name}{picture.suffix}"] = picture.body
    return f"brand/{name}{picture.suffix}", picture.width, picture.height


def _left_out(path: str | None) -> tuple[str, ...]:
    try:
        return pictures.read(path).left_out if path else ()
    except Wrong:
        return ()
