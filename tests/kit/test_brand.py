"""A shop's colour is readable wherever it is text, in both themes; so are the page's own colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from portal import paths
from portal.kit.brand import DARK, LIGHT, brand_css, contrast, parsed, soft

SHEET = re.compile(
    r":root\{--brand:(#[0-9a-f]{6});--on-brand:(#[0-9a-f]{6});--brand-ink:light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)\}\n"
)
READABLE = 4.5


def lowest(ink: str, surface: str) -> float:
    one, other = parsed(ink), parsed(surface)
    return min(contrast(one, other), contrast(one, soft(one, other)))


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_becomes_readable(colour: int) -> None:
    sheet = SHEET.fullmatch(brand_css(f"#{colour:06x}"))
    assert sheet
    brand, on_brand, light, dark = sheet.groups()
    assert brand == f"#{colour:06x}"
    assert contrast(parsed(on_brand), parsed(brand)) >= READABLE
    assert lowest(light, LIGHT) >= READABLE
    assert lowest(dark, DARK) >= READABLE


def test_a_colour_that_is_readable_already_stays() -> None:
    assert "light-dark(#0b6b4f," in brand_css("#0b6b4f")


@pytest.mark.parametrize("colour", ["green", "#fff", "#12345g", "#0b6b4f;}body{display:none", " #0b6b4f", ""])
def test_only_a_colour_gets_into_the_stylesheet(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        brand_css(colour)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(parsed("#ffffff"), parsed("#000000")) == pytest.approx(21)
    assert contrast(parsed("#777777"), parsed("#ffffff")) == pytest.approx(4.478, abs=0.001)


def test_the_stylesheet_has_the_surfaces_that_are_reckoned_with() -> None:
    sheet = (paths.STATIC / "css/app.css").read_text()
    assert f"--surface: light-dark(#fff, {DARK})" in sheet
    assert "color-mix(in oklab, var(--tone) 12%, var(--surface))" in sheet


def test_the_inks_of_the_stylesheet_are_readable() -> None:
    sheet = (paths.STATIC / "css/app.css").read_text()
    inks = re.findall(r"--(?:tone|muted|text): light-dark\((#\w{6}), (#\w{6})\)", sheet)
    assert len(inks) >= 6
    faint = [pair for pair in inks if lowest(pair[0], LIGHT) < READABLE or lowest(pair[1], DARK) < READABLE]
    assert faint == []
