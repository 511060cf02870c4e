"""What a shop brings is served as what it is, without what it may carry along, or refused in plain words."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st

from portal.branding import icons, pictures, sheets, vector
from portal.branding.wrong import Wrong
from tests.branding.samples import SVG, font, jpeg, png, webp, written

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">'


@pytest.mark.parametrize(
    ("body", "suffix"),
    [(png(120, 40), ".png"), (jpeg(120, 40), ".jpg"), (webp(120, 40), ".webp")],
    ids=["png", "jpeg", "webp"],
)
def test_a_picture_is_known_by_its_bytes_and_measured(tmp_path: Path, body: bytes, suffix: str) -> None:
    picture = pictures.read(written(tmp_path, "logo.txt", body))
    assert (picture.suffix, picture.width, picture.height) == (suffix, 120, 40)


def test_what_a_png_carries_along_stays_behind(tmp_path: Path) -> None:
    note = icons.chunk(b"tEXt", b"Author\0Camille Durand")
    body = png(64, 64, note) + b"<script>alert(1)</script>"
    assert pictures.read(written(tmp_path, "logo.png", body)).body == png(64, 64)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b"GIF89a" + bytes(60), "save it as SVG, PNG, JPEG or WebP"),
        (png(8, 8), "each side must be 16 to 4000"),
        (png(64, 64)[:-20], "damaged"),
        (png(64, 64).replace(b"IDAT", b"IDAX"), "damaged"),
        (jpeg(64, 64)[:9], "ends too early"),
        (webp(64, 64)[:20], "damaged"),
        (b"x" * 200_001, "larger than 200 KB"),
        ("<html><body/></html>", "but no SVG"),
        ("<svg", "is no readable SVG"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "without a size"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG, "declares entities"),
        (HEAD + "<g>" * 200 + "</g>" * 200 + "</svg>", "too many groups"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(tmp_path: Path, body: bytes | str, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        pictures.read(written(tmp_path, "logo", body))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Wrong, match="there is no file"):
        pictures.read(str(tmp_path / "nothing.png"))


def test_a_drawing_keeps_what_draws_and_nothing_else() -> None:
    body = f"""{HEAD}
      <style>.a {{ fill: #c2410c }}</style>
      <style>.b {{ background: url(https://evil.example/x) }}</style>
      <script>alert(1)</script><foreignObject><p/></foreignObject>
      <image xlink:href="https://evil.example/pixel.png"/><a href="javascript:alert(1)"><path d="M1 1"/></a>
      <defs><linearGradient id="g"/></defs>
      <path class="a" d="M0 0h9" fill="url(#g)" onload="alert(1)" style="fill: url(//evil.example/)"/>
      <use xlink:href="#g"/><use href="https://evil.example/all.svg#x"/><animate onbegin="alert(1)"/></svg>"""
    clean = vector.cleaned(body.encode())
    for gone in (b"script", b"evil", b"alert", b"foreignObject", b"<a", b"animate", b"onload"):
        assert gone not in clean.body
    drawing = ElementTree.fromstring(clean.body)  # noqa: S314  # ours by now
    names = [element.tag.partition("}")[2] for element in drawing.iter()]
    assert names == ["svg", "style", "defs", "linearGradient", "path", "use", "use"]
    assert [dict(element.attrib) for element in drawing.iter() if "use" in element.tag] == [{"href": "#g"}, {}]
    assert {"<script>", "<image>", "<a>", "onload", "style"} <= set(clean.left_out)
    assert (clean.width, clean.height) == (128, 64)


@pytest.mark.parametrize(
    "rule",
    [
        "@import 'x.css';",
        "@IMPORT url(x.css);",
        "@\\69mport 'x';",
        "a { background: url(https://evil.example/a.png) }",
        "a { background: u\\72l(//evil.example/) }",
        "a { background: URL( 'logo.png' ) }",
        "a { background: image-set('https://evil.example/a.png' 1x) }",
        "a { background: url/**/(x) } b { background: src('x') }",
        "@font-face { src: url(data:font/woff2;base64,AAAA) }",
        "a { content: 'https://evil.example' }",
    ],
)
def test_a_sheet_that_asks_elsewhere_is_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(Wrong):
        sheets.read(written(tmp_path, "shop.css", rule))


@pytest.mark.parametrize("rule", ["a { color: red", "a { color: red } }"])
def test_a_lost_brace_is_said(tmp_path: Path, rule: str) -> None:
    with pytest.raises(Wrong, match="closing brace"):
        sheets.read(written(tmp_path, "shop.css", rule))


def test_usual_rules_are_taken_as_they_are(tmp_path: Path) -> None:
    text = """/* url(https://old.example/) is a comment, { too */
    .card { border-radius: 0 } .hero::after { content: "{\\201C curl(x)"; background: url("data:image/png;base64,iV") }
    .map { mask: url(#m) } @media (width > 40rem) { h1 { font-weight: 800 } }"""
    assert sheets.read(written(tmp_path, "shop.css", text)) == text


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"<svg "):
        try:
            found = pictures._known(start + body)
        except Wrong:
            continue
        assert found.suffix in (".png", ".jpg", ".webp", ".svg")


def test_a_font_is_a_woff2(tmp_path: Path) -> None:
    assert pictures.read_font(written(tmp_path, "a.woff2", font())) == font()
    for wrong in (font()[:-1], b"\0\1\0\0" + bytes(60)):
        with pytest.raises(Wrong, match="WOFF2"):
            pictures.read_font(written(tmp_path, "b.woff2", wrong))
