"""The lock files fit pyproject.toml, each other, and what the tests run with."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def _lock(name: str) -> dict[str, str]:
    """Package → version. A package locked in several versions for several platforms has one entry, the last."""
    found = re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text())
    return dict(found)


def _asked(*path: str) -> list[Requirement]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for key in path:
        table = table[key]
    return [Requirement(line) for line in table]


def _unmet(asked: list[Requirement], lock: dict[str, str]) -> list[str]:
    return [str(one) for one in asked if not one.specifier.contains(lock.get(canonicalize_name(one.name), "0"))]


def test_locks_hold_what_is_asked_for() -> None:
    assert _unmet(_asked("project", "dependencies"), _lock("requirements.lock")) == []
    assert _unmet(_asked("project", "optional-dependencies", "dev"), _lock("requirements-dev.lock")) == []
    assert _unmet(_asked("dependency-groups", "build"), _lock("requirements-build.lock")) == []
    assert _unmet(_asked("build-system", "requires"), _lock("requirements-build.lock")) == []


def test_tests_run_with_the_versions_that_installations_run() -> None:
    running, testing = _lock("requirements.lock"), _lock("requirements-dev.lock")
    assert running.items() <= testing.items()
    differing = {name: locked for name, locked in testing.items() if _installed(name) not in (locked, None)}
    assert differing == {}


def _installed(name: str) -> str | None:
    """None for a package of other platforms."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def test_every_locked_version_has_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-build.lock"):
        entries = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / name).read_text())[1:]
        assert entries
        assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
