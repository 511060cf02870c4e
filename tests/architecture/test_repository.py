"""What holds for every file of the repository, whatever it says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
SOURCES = {".py", ".html", ".js", ".css", ".sh"}
TEXTS = SOURCES | {".md", ".toml", ".yaml", ".yml", ".conf", ".po", ".txt", ".json", ".lock", ""}
LEFT_OUT = {"vendor", "versions", "__pycache__", "dist", "build", "node_modules"}


@cache
def files() -> tuple[Path, ...]:
    """What people write: nothing vendored or made by a tool, no hidden folder but .ci."""
    kept = [path for path in ROOT.rglob("*") if path.is_file() and _is_written(path.relative_to(ROOT))]
    return tuple(sorted(kept))


def _is_written(path: Path) -> bool:
    hidden = any(part.startswith(".") and part != ".ci" for part in path.parts[:-1])
    return not hidden and not LEFT_OUT.intersection(path.parts)


def _texts() -> list[tuple[str, str]]:
    return [(str(path.relative_to(ROOT)), path.read_text()) for path in files() if path.suffix in TEXTS]


def _lines_like(pattern: str) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if found.search(line)
    ]


def test_no_file_is_a_giant() -> None:
    giants = [name for name, text in _texts() if Path(name).suffix in SOURCES and text.count("\n") > LONGEST]
    assert giants == []


def test_no_file_names_a_package_host() -> None:
    # Split, so that this line does not name one either. Each machine says by its own settings where packages come from.
    hosts = ["pypi" + r"\.org", "python" + "hosted", "npmjs" + r"\.(org|com)", "deb" + r"\.debian", "docker" + r"\.io"]
    assert _lines_like("|".join(hosts)) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    home = r"(?<![\w.)-])/(home|Users|root)/"
    parent = ROOT.parent
    shared_folders = {Path("/"), *(Path("/") / name for name in ("opt", "srv", "tmp"))}
    here = "" if parent in shared_folders else "|" + re.escape(f"{parent}/")
    assert _lines_like(home + here) == []


def test_no_file_is_left_unfinished() -> None:
    assert _lines_like(r"(#|//|/\*|<!--) ?(TODO|FIXME|XXX)\b") == []


def test_slices_begin_with_an_empty_page() -> None:
    speaking = [path for path in (ROOT / "portal").glob("*/__init__.py") if path.read_text().strip()]
    assert [path.parent.name for path in speaking] == ["cli"]


@pytest.mark.parametrize("name", ["run", *(path.name for path in (ROOT / "scripts").glob("*.sh"))])
def test_scripts_are_executable(name: str) -> None:
    path = ROOT / ".ci" / name if name == "run" else ROOT / "scripts" / name
    assert path.stat().st_mode & 0o111
