"""The browser's files by others are the ones that the lock names, byte for byte, and none besides."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static/vendor"


def test_vendored_files_are_those_of_the_lock() -> None:
    lock = VENDOR / "vendor.lock.json"
    found = {
        str(path.relative_to(VENDOR)): _sha384(path) for path in VENDOR.rglob("*") if path.is_file() and path != lock
    }
    assert found == json.loads(lock.read_text())["committed"]


def _sha384(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
