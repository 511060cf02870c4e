"""The image's recipe: its build steps done for real in a temporary folder, and what it promises about rights."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from portal import __version__
from tests.deploy.dockerfile import Step, build, is_sent, stages


def _only(verb: str) -> str:
    [step] = [step for step in stages()[-1] if step.verb == verb]
    return step.rest


@pytest.mark.slow
def test_build_steps_make_an_environment_that_runs_jalon(tmp_path: Path) -> None:
    build(stages()[0], tmp_path)
    environment = tmp_path / "opt/jalon"
    said = _output(environment / "bin/jalon", "--version")
    assert said == f"jalon {__version__}\n"
    show = "import portal.settings, sqlmodel, asyncpg, uvicorn; from portal import paths; print(paths.TEMPLATES)"
    assert _output(environment / "bin/python", "-c", show).startswith(str(environment))
    assert not (environment / "bin/pip").exists()
    assert not list((environment / "lib").glob("python*/site-packages/hatchling"))


def test_image_is_the_last_stage_and_holds_the_built_environment_alone() -> None:
    copied = [step for step in stages()[-1] if step.verb in ("COPY", "ADD")]
    assert copied == [Step("COPY", "--from=build /opt/jalon /opt/jalon")]


def test_image_runs_without_rights_and_says_whether_it_is_ready() -> None:
    user, group = _only("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    command = json.loads(_only("HEALTHCHECK").partition("CMD ")[2])
    compile(command[2], "healthcheck", "exec")
    assert "/healthz/ready" in command[2]
    assert json.loads(_only("CMD"))[:2] == ["jalon", "serve"]


@pytest.mark.parametrize(
    "name", [".git", ".venv/bin/python", ".jalon/jalon.db", "deploy/secrets/database_url", "tests/conftest.py"]
)
def test_engine_is_not_sent_what_it_does_not_need(name: str) -> None:
    assert not is_sent(name)


def _output(program: Path, *args: str) -> str:
    return subprocess.run([program, *args], check=True, capture_output=True, text=True, cwd=program.parent).stdout
