"""The wheel carries all that the code reads, and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from portal import __version__

ROOT = Path(__file__).resolve().parents[2]
PLACES = {"templates": "portal/_templates", "static": "portal/_static", "portal": "portal", "carriers": "carriers"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive of this checkout."""
    folder = tmp_path_factory.mktemp("built")
    _python(ROOT, "-m", "hatchling", "build", "-d", str(folder))
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel; the libraries are lent by the environment of the tests."""
    venv = tmp_path_factory.mktemp("venv")
    _python(venv, "-m", "venv", "--without-pip", str(venv))
    packages = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    _python(venv, "-m", "pip", "--python", str(venv), "install", "--quiet", "--no-deps", str(next(built.glob("*.whl"))))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return venv


def test_wheel_has_every_file_of_the_checkout(built: Path) -> None:
    expected = {
        f"{inside}/{path.relative_to(ROOT / outside)}"
        for outside, inside in PLACES.items()
        for path in (ROOT / outside).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert _content(next(built.glob("*.whl"))) == expected


def test_wheel_made_from_the_source_archive_is_the_same(built: Path, tmp_path: Path) -> None:
    _run(tmp_path, "tar", "-xf", str(next(built.glob("*.tar.gz"))))
    _python(next(tmp_path.iterdir()), "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert _content(next(tmp_path.glob("*.whl"))) == _content(next(built.glob("*.whl")))


def test_installed_command_answers(installed: Path, tmp_path: Path) -> None:
    assert _run(tmp_path, str(installed / "bin/jalon"), "--version") == f"jalon {__version__}\n"
    assert "demo" in _run(tmp_path, str(installed / "bin/jalon"), "--help")


def test_installed_code_reads_its_own_files(installed: Path, tmp_path: Path) -> None:
    show = "from portal import paths as p; print(p.TEMPLATES, p.STATIC, p.MIGRATIONS, p.LOCALES, sep='\\n')"
    folders = [Path(line) for line in _run(tmp_path, str(installed / "bin/python"), "-c", show).splitlines()]
    assert len(folders) == 4
    assert [folder for folder in folders if not folder.is_relative_to(installed) or not folder.is_dir()] == []


def test_installed_code_makes_its_own_database(installed: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jalon.db"
    jalon = ("env", f"JALON_DATABASE_URL={url}", str(installed / "bin/jalon"))
    assert "is now at version" in _run(tmp_path, *jalon, "migrate")
    assert "up to date" in _run(tmp_path, *jalon, "check")


def _content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def _python(folder: Path, *words: str) -> str:
    return _run(folder, sys.executable, *words)


def _run(folder: Path, *words: str) -> str:
    # Without the checkout on the path that the tests themselves were started with.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
