"""Where Chromium is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.machine.missing import missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> Path:
    """The path of JALON_TEST_CHROMIUM, or of the first Chromium on PATH; skips or fails the test when there is none."""
    named = os.environ.get("JALON_TEST_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing("Chromium", "install the package chromium, or name the program in JALON_TEST_CHROMIUM")
    return Path(found)
