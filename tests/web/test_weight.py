"""What a page weighs on the way to a telephone: script, style, and the longest order page with its maps."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from portal import paths
from portal.kit import assets
from portal.kit.assets import Asset
from tests.support.page_stories import ADDRESSES, app

_SCRIPT = re.compile(r'<script src="([^"]+)"')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Asks for the pages of every kind."""
    with TestClient(app("http://127.0.0.1"), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def pages(client: TestClient) -> dict[str, str]:
    """Every kind of page, by its address."""
    answers = {address: client.get(address) for address in ADDRESSES}
    for address, answer in answers.items():
        assert answer.status_code == (int(address.rpartition("/")[2]) if address.startswith("/error/") else 200), (
            address
        )
    return {address: answer.text for address, answer in answers.items()}


def weight(client: TestClient, names: list[str]) -> int:
    """What these files weigh as they are sent to a browser that takes brotli."""
    answers = [client.head(name, headers={"accept-encoding": "br"}) for name in names]
    assert [answer.status_code for answer in answers] == [200] * len(names)
    return sum(int(answer.headers["content-length"]) for answer in answers)


def test_no_page_loads_more_than_20_kb_of_script(client: TestClient, pages: dict[str, str]) -> None:
    worker = len(committed("js/sw.js").encoded["br"])  # comes by itself, for who has signed in
    loaded = {address: _SCRIPT.findall(page) for address, page in pages.items()}
    assert {"page", "passkeys"} <= {name.split("/")[-1].split(".")[0] for names in loaded.values() for name in names}
    heavy = {address: weight(client, names) + worker for address, names in loaded.items()}
    assert {address: size for address, size in heavy.items() if size > 20_000} == {}


def test_no_page_loads_more_than_10_kb_of_style(client: TestClient, pages: dict[str, str]) -> None:
    heavy = {address: weight(client, _STYLE.findall(page)) for address, page in pages.items()}
    assert min(heavy.values()) > 1000
    assert {address: size for address, size in heavy.items() if size > 10_000} == {}


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_longest_order_page_with_three_maps_is_light(client: TestClient, language: str) -> None:
    page = client.get(f"/story/three_far?lang={language}").text
    assert page.count('<figure class="map"') == 3
    assert len(gzip.compress(page.encode(), 6)) <= 30_000


def committed(name: str) -> Asset:
    """A file of the static folder."""
    return assets.load(paths.STATIC).get(name)
