"""Reads a Dockerfile as far as this project's goes, and does a stage's steps in a folder that stands for the image."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction, in capitals, and the rest of its line."""

    verb: str
    rest: str


def stages() -> list[list[Step]]:
    """The Dockerfile's stages, each beginning with FROM; what comes before the first FROM is left out."""
    text = (ROOT / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    found: list[list[Step]] = []
    for verb, _, rest in (line.partition(" ") for line in lines if line.strip()):
        if verb == "FROM":
            found.append([])
        if found:
            found[-1].append(Step(verb, rest.strip()))
    return found


def is_sent(name: str) -> bool:
    """Whether .dockerignore lets the engine see this path of the checkout; the last pattern that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if pattern and not pattern.startswith("#") and (fnmatch(name, pattern) or name.startswith(f"{pattern}/")):
            sent = line.startswith("!")
    return sent


def build(stage: list[Step], image: Path) -> None:
    """Do COPY and RUN of a stage with this Python, `image` standing for the image's root."""
    (image / "src").mkdir(parents=True)
    for step in stage:
        if step.verb == "COPY":
            _copy(step.rest.split(), image / "src")
        elif step.verb == "RUN":
            _run(step.rest, image)


def _copy(words: list[str], workdir: Path) -> None:
    *sources, target = words
    for source in sources:
        assert is_sent(source), f"{source} is held back by .dockerignore"
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, workdir / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, workdir / target)


def _run(command: str, image: Path) -> None:
    there = re.sub(r"(?<![\w.])/opt/", f"{image}/opt/", command)
    (image / "bin").mkdir(exist_ok=True)
    if not (image / "bin/python").exists():
        (image / "bin/python").symlink_to(sys.base_prefix + "/bin/python3")
    environment = {**os.environ, "PATH": f"{image}/bin:{os.environ['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        ["/bin/sh", "-ec", there], cwd=image / "src", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
