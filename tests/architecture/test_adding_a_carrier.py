"""docs/adding-a-carrier.md, followed to the letter in a copy of the repository: the carrier is there, and proven."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/adding-a-carrier.md").read_text("utf-8")
SLUG = "turtle_post"
NEEDED = ("carriers", "portal", "scripts", "tests", "docs", "pyproject.toml", "Makefile")


def blocks(language: str) -> list[str]:
    """The blocks of the guide that are set in a language."""
    return re.findall(rf"(?s)```{language}\n(.*?)```", GUIDE)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which the guide was followed: files were added, none was changed."""
    root = tmp_path_factory.mktemp("clone")
    for name in NEEDED:
        source, target = ROOT / name, root / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    init, codes, adapter = blocks("python")
    reading, body = blocks("json")
    package, samples = root / "carriers" / SLUG, root / "tests/carriers" / SLUG / "samples"
    package.mkdir()
    samples.mkdir(parents=True)
    (package / "__init__.py").write_text(init)
    (package / "codes.py").write_text(codes)
    (package / "adapter.py").write_text(adapter)
    (samples / "on_the_van.json").write_text(body)
    (samples / "on_the_van.reading.json").write_text(reading)
    return root


def run(clone: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A module of Python, in the copy alone."""
    env = {**os.environ, "PYTHONPATH": str(clone)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=clone, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_contract_tests_find_the_new_carrier_and_it_keeps_the_contract(clone: Path) -> None:
    done = run(
        clone,
        "pytest",
        "-q",
        "tests/carriers",
        "tests/tracking/test_orders_of_events.py",
        "-k",
        SLUG,
        "-p",
        "no:cacheprovider",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 30


@pytest.mark.slow
def test_the_example_is_written_as_the_rest(clone: Path) -> None:
    for command in (("ruff", "check", f"carriers/{SLUG}"), ("ruff", "format", "--check", f"carriers/{SLUG}")):
        done = run(clone, *command)
        assert done.returncode == 0, done.stdout
    done = run(clone, "mypy", f"carriers/{SLUG}")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_commands_and_pages_know_it(clone: Path) -> None:
    sample = f"tests/carriers/{SLUG}/samples/on_the_van.json"
    tracked = run(clone, "portal", "track", SLUG, "--response", sample, "--json")
    assert json.loads(tracked.stdout)[0]["status"] == "out_for_delivery"
    listed = run(clone, "portal", "carriers")
    assert f"set JALON_CARRIER_{SLUG.upper()}_API_KEY" in listed.stdout
    assert run(clone, "scripts.carriers_page").returncode == 0
    assert f"\n## {SLUG}\n" in (clone / "docs/carriers.md").read_text("utf-8")
