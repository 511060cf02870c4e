"""What the pages of documentation point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.settings import Settings
from scripts import carriers_page
from scripts.personal_data_page import page as personal_data
from scripts.settings_page import page
from tests.support.web import COOKIES

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
COMMANDS = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_settings_exist(path: Path) -> None:
    text = path.read_text()
    targets = set(re.findall(r"(?:`|^|\s)make ([a-z]+(?:-[a-z]+)*)(?=`|\s|$)", "\n".join(_code(text))))
    assert {target for target in targets if f"\n{target}:" not in COMMANDS} == set()
    elsewhere = "CARRIER_|PLATFORM_|HOOK_|TEST_"  # accounts, what shops' own programs are told, tests
    named = {name.removesuffix("_FILE") for name in re.findall(rf"\bJALON_(?!{elsewhere})([A-Z][A-Z_]*[A-Z])\b", text)}
    assert {name for name in named - {"X"} if name.lower() not in Settings.model_fields} == set()


def test_page_of_settings_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(), "run `make docs`"


def test_every_cookie_is_explained_and_no_other() -> None:
    page_ = (ROOT / "docs/personal-data.md").read_text().partition("## Cookies")[2].partition("##")[0]
    named = re.findall(r"^\| `([a-z-]+)…?` \|", page_, re.MULTILINE)
    assert named == [name.partition("[")[0] for name in COOKIES]


def test_the_list_of_personal_data_is_what_the_tables_say() -> None:
    assert (ROOT / "docs/personal-data.md").read_text() == personal_data(), "run `make docs`"


def test_page_of_carriers_is_current() -> None:
    assert (ROOT / "docs/carriers.md").read_text() == carriers_page.page(), "run `make docs`"


def _code(text: str) -> list[str]:
    """What is set as code: whole blocks of shell, and pieces between single backticks."""
    blocks = re.findall(r"(?s)```sh\n(.*?)```", text)
    return [*blocks, *(f"`{piece}`" for piece in re.findall(r"`([^`\n]+)`", text))]
