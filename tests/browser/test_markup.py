"""The markup of every page by the Nu checker, where Java and its jar are: JALON_TEST_VNU names the jar."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.support.page_stories import ADDRESSES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that checks files."""
    java, jar = shutil.which("java"), os.environ.get("JALON_TEST_VNU", "")
    if java is None or not Path(jar).is_file():
        pytest.skip("no Nu checker here: it needs java, and JALON_TEST_VNU naming vnu.jar (npm package vnu-jar)")
    return [java, "-jar", jar, "--format", "json", "--exit-zero-always"]


def test_every_page_is_valid_html(stories: str, checker: list[str], tmp_path: Path) -> None:
    for number, address in enumerate(ADDRESSES):
        for language in ("en", "fr"):
            name = f"{number:02}{address.replace('/', '-')}-{language}.html"
            (tmp_path / name).write_bytes(fetched(f"{stories}{address}?lang={language}"))
    done = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, check=True)
    said = [f"{Path(m['url']).name}: {m['message']}" for m in json.loads(done.stdout or done.stderr)["messages"]]
    assert len(list(tmp_path.iterdir())) == 2 * len(ADDRESSES)
    assert said == []


def fetched(url: str) -> bytes:
    """The page at an address of this machine, whatever its status."""
    opener = urllib.request.build_opener(Anything())
    with opener.open(url) as answer:
        return bytes(answer.read())


class Anything(urllib.request.HTTPErrorProcessor):
    """Takes error pages for pages."""

    def http_response(self, _: urllib.request.Request, response: object) -> object:
        """The answer as it is."""
        return response
