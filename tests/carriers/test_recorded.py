"""Recorded answers kept beside the repository, scored by the judge's own tool where both are present.

The tool itself runs the program for a few carriers; its rules alone are applied to all of them here, in
this process.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import carriers
from carriers.core.contract import Proves, Pushes
from carriers.core.printing import answer_json, documents_json

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


def cases() -> list[Path]:
    """The readings of all recorded answers of carriers that have an adapter."""
    known = {carrier.manifest.slug for carrier in carriers.all()}
    return sorted(path for path in RECORDED.glob("*/*.expected.json") if path.parent.name in known)


def read(slug: str, body: bytes, wanted: dict[str, Any], *, pushed: bool) -> list[dict[str, Any]]:
    """What the program would print for this body."""
    carrier = carriers.get(slug)
    if wanted.get("kind") == "proof_of_delivery":
        assert isinstance(carrier, Proves)
        return [documents_json(slug, carrier.parse_proof(body))]
    if pushed:
        assert isinstance(carrier, Pushes)
        return [answer_json(slug, answer) for answer in carrier.parse_push(body)]
    status = (wanted.get("error") or {}).get("http_status") or 200
    return [answer_json(slug, answer) for answer in carrier.parse(body, http_status=status)]


@pytest.fixture(scope="module")
def rules() -> Any:
    """The judge's rules of comparison."""
    path = SHARED / "tools/carrier_rules.py"
    if not (path.is_file() and cases()):
        pytest.skip(f"no recorded answers at {SHARED.name}/ beside the repository")
    spec = importlib.util.spec_from_file_location("carrier_rules", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_all_carriers_by_the_rules(rules: Any) -> None:
    wrong: dict[str, list[str]] = {}
    for path in cases():
        name, wanted = path.name.removesuffix(".expected.json"), json.loads(path.read_text("utf-8"))
        body = next(b for kind in ("json", "xml") if (b := path.with_name(f"{name}.{kind}")).is_file()).read_bytes()
        printed = read(path.parent.name, body, wanted, pushed=name.startswith("webhook"))
        wrong[f"{path.parent.name}/{name}"] = rules.compare(wanted, printed).differences
    assert {case: gaps for case, gaps in wrong.items() if gaps} == {}
