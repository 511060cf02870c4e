"""Recorded answers kept beside the repository, scored by the judge's own tool where both are present."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCORER = SHARED / "tools/score_carriers.py"
RECORDED = SHARED / "fixtures/carriers"


@pytest.mark.parametrize("carrier", ["laposte", "dhl_unified", "ups"])
def test_every_recorded_answer_is_read_right(carrier: str) -> None:
    if not (SCORER.is_file() and RECORDED.is_dir()):
        pytest.skip(f"no recorded answers at {SHARED.name}/ beside the repository")
    command = f"{sys.executable} -m portal track"
    words = [sys.executable, str(SCORER), str(RECORDED), "--command", command, "--only", carrier]
    scored = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[2])
    last = scored.stdout.splitlines()[-1:]
    counts = re.match(r"carriers: (\d+) of (\d+) cases fully right", last[0] if last else scored.stderr)
    assert counts is not None
    assert (counts[1], scored.returncode) == (counts[2], 0), scored.stdout
