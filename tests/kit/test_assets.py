"""Hashed names, compressed twins, answers to browsers, and what the committed files weigh."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from portal import paths
from portal.kit import assets
from portal.kit.assets import Assets, UnknownAsset
from portal.kit.brand import brand_css

PAGE_CSS = "body { color: black; }\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "css/app.css": "@font-face { src: url('../font/a.woff2') }\nb { background: url(data:image/png;base64,AA) }\n",
        "css/page.css": PAGE_CSS,
        "font/a.woff2": "font",
        "js/one.js": "one() // ends in a comment",
        "js/two.js": "two()",
        "vendor/LICENSE": "free",
        "vendor/vendor.lock.json": "{}",
        "bundles.json": json.dumps({"js/all.js": ["js/one.js", "js/two.js"]}),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def static(folder: Path) -> Assets:
    return assets.load(folder, {"css/brand.css": ":root{}"})


@pytest.fixture
def client(static: Assets) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", static)]))


@pytest.fixture(scope="module")
def committed() -> Assets:
    return assets.load(paths.STATIC, {"css/brand.css": brand_css("#0b6b4f")})


def test_a_name_changes_with_its_content(folder: Path, static: Assets) -> None:
    before = static.url("css/page.css")
    assert re.fullmatch(r"/static/css/page\.[0-9a-f]{8}\.css", before)
    (folder / "css/page.css").write_text("i {}")
    assert assets.load(folder).url("css/page.css") != before


def test_a_name_changes_with_what_it_names(folder: Path, static: Assets) -> None:
    (folder / "font/a.woff2").write_text("another font")
    assert assets.load(folder).url("css/app.css") != static.url("css/app.css")


def test_stylesheets_name_hashed_files(static: Assets) -> None:
    body = static.get("css/app.css").body.decode()
    assert f'url("{static.url("font/a.woff2")}")' in body
    assert "url(data:image/png;base64,AA)" in body


def test_a_file_that_is_named_must_be_there(folder: Path) -> None:
    (folder / "font/a.woff2").unlink()
    with pytest.raises(UnknownAsset, match=r"font/a\.woff2"):
        assets.load(folder)
    (folder / "css/app.css").unlink()
    (folder / "js/two.js").unlink()
    with pytest.raises(UnknownAsset, match=r"js/two\.js"):
        assets.load(folder)


def test_stylesheets_are_joined_without_a_semicolon_which_would_swallow_the_next_rule(folder: Path) -> None:
    (folder / "bundles.json").write_text('{"css/page.css": ["css/page.css", "css/more.css"]}')
    (folder / "css/page.css").write_text("i { color: red }\n")
    (folder / "css/more.css").write_text("b { color: blue }")
    assert assets.load(folder).get("css/page.css").body == b"i { color: red }\nb { color: blue }"


def test_bundles_keep_order_and_survive_a_last_comment(static: Assets) -> None:
    assert static.get("js/all.js").body == b"one() // ends in a comment\n;\ntwo()"
    with pytest.raises(UnknownAsset):
        static.url("js/one.js")


def test_generated_files_are_served(client: TestClient, static: Assets) -> None:
    assert client.get(static.url("css/brand.css")).text == ":root{}"


def test_an_answer_may_be_kept_for_ever(client: TestClient, static: Assets) -> None:
    answer = client.get(static.url("css/page.css"), headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.text) == (200, PAGE_CSS)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0, gzip;q=0", None),
        ("*", "br"),
        ("identity", None),
        ("GZIP", "gzip"),
        ("*;q=0", None),
    ],
)
def test_the_compressed_twin_is_chosen(client: TestClient, static: Assets, accepted: str, coding: str | None) -> None:
    answer = client.get(static.url("css/page.css"), headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.text == PAGE_CSS


def test_twins_hold_the_same_bytes(static: Assets) -> None:
    asset = static.get("css/page.css")
    assert brotli.decompress(asset.encoded["br"]) == gzip.decompress(asset.encoded["gzip"]) == asset.body
    assert static.get("font/a.woff2").encoded == {}


def test_a_browser_that_has_it_is_told_so(client: TestClient, static: Assets) -> None:
    url = static.url("css/page.css")
    tag = client.get(url).headers["etag"]
    for header in (tag, f'"x", W/{tag}', "*"):
        again = client.get(url, headers={"if-none-match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(url, headers={"if-none-match": '"x"'}).status_code == 200
    assert client.get(url, headers={"if-none-match": tag, "accept-encoding": "identity"}).status_code == 200


def test_head_has_the_headers_alone(client: TestClient, static: Assets) -> None:
    url = static.url("css/page.css")
    head, get = client.head(url), client.get(url)
    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize(
    "path",
    ["css/page.css", "css/page.00000000.css", "bundles.json", "vendor/LICENSE", "../README.md", "%2e%2e/x", "", "css"],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_files_are_only_read(client: TestClient, static: Assets) -> None:
    answer = client.post(static.url("css/page.css"))
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_page_stays_light(committed: Assets) -> None:
    script = len(committed.get("js/page.js").encoded["br"])
    style = len(committed.get("css/app.css").encoded["br"]) + len(committed.get("css/brand.css").body)
    assert script <= 20_000
    assert style <= 10_000


def test_our_script_needs_no_eval_and_htmx_comes_first(committed: Assets) -> None:
    ours = (paths.STATIC / "js/app.js").read_text()
    assert not re.search(r"\beval\b(?! and)|new Function|innerHTML|setAttribute\([\"']on", ours)
    bundle = committed.get("js/page.js").body.decode()
    assert bundle.index("registerExtension") < bundle.index('registerExtension("sse"') < bundle.index(ours[:60])


def test_licences_lie_beside_what_others_wrote() -> None:
    folders = [path for path in (paths.STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not (folder / "LICENSE").read_text().strip()] == []
