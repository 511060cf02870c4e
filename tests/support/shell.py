"""The command `jalon` in this process, in a folder and an environment of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.cli import main


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


class Shell:
    """Runs the command in this process, in a folder of its own with an environment of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, **settings: str) -> Said:
        """`jalon WORDS`, with these settings (without JALON_)."""
        with self._monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"JALON_{name}", value)
            try:
                status = main(list(words))
            except SystemExit as left:
                status = int(left.code or 0)
        out, err = self._capsys.readouterr()
        return Said(status, out, err)


@pytest.fixture
def jalon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """The command, with nothing set but what a test sets; logging is put back afterwards."""
    for name in [name for name in os.environ if name.startswith("JALON_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root, ours = logging.getLogger(), logging.getLogger("jalon")
    before = root.handlers[:], root.level, ours.level
    yield Shell(tmp_path, monkeypatch, capsys)
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
