"""The shell scripts behind `make`: what they do when something is missing or someone presses Ctrl-C."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# As a server does: says that it runs, closes in good order on SIGTERM.
SERVER = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("running", flush=True)
signal.sigwait({signal.SIGTERM})
print("closed", flush=True)
"""


@pytest.mark.parametrize("pressed", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_closes_in_good_order_and_is_no_error(pressed: signal.Signals) -> None:
    command = [str(SCRIPTS / "foreground.sh"), sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(pressed)
        assert process.stdout.read() == "closed\n"
    assert process.returncode == 0


def test_a_command_that_fails_by_itself_is_an_error() -> None:
    assert subprocess.run([SCRIPTS / "foreground.sh", "sh", "-c", "exit 3"], check=False).returncode == 3


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with a few programs on PATH and no way to install more."""
    for name in ("id", "ls", "cat", "cksum", "dirname", "rm", "sh", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    return {"PATH": str(tmp_path)}


def test_missing_programs_are_named_with_what_that_means(bare: dict[str, str]) -> None:
    done = _run("programs.sh", ["abacus"], bare)
    assert done.returncode == 0
    assert done.stderr == "No abacus: what is measured with it is left out; install abacus.\n"


def test_missing_programs_are_an_error_where_nothing_may_be_missing(bare: dict[str, str]) -> None:
    assert _run("programs.sh", ["abacus"], {**bare, "CI": "true"}).returncode == 1


def test_programs_that_are_there_are_not_talked_about(bare: dict[str, str]) -> None:
    done = _run("programs.sh", ["cksum"], bare)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_old_python_is_refused_in_one_sentence(bare: dict[str, str], tmp_path: Path) -> None:
    done = _run_copy(tmp_path, {**bare, "PYTHON": _fake_python(tmp_path, "exit 1")})
    assert done.returncode == 1
    assert done.stderr.startswith("Jalon needs Python 3.11 or newer")


def test_without_venv_and_without_rights_the_package_is_named(bare: dict[str, str], tmp_path: Path) -> None:
    answers = 'case "$*" in *version_info\\ \\<*) exit 0 ;; *print*) echo python3.11-venv ;; *) exit 1 ;; esac'
    done = _run_copy(tmp_path, {**bare, "PYTHON": _fake_python(tmp_path, answers)})
    assert done.returncode == 1
    assert "install the package python3.11-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def _fake_python(folder: Path, body: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def _run(name: str, args: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPTS / name), *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _run_copy(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """install.sh in a checkout of nothing but what it reads, so that no real .venv is touched."""
    checkout = folder / "checkout"
    shutil.copytree(SCRIPTS, checkout / "scripts")
    for name in ("requirements-build.lock", "requirements.lock", "pyproject.toml"):
        (checkout / name).touch()
    return subprocess.run(
        [checkout / "scripts/install.sh", "run"], env=environment, capture_output=True, text=True, check=False
    )
