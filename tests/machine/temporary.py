"""Where tests keep their files: in memory where there is plenty, so that nobody waits for a disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the system, in which each run makes its own
_ENOUGH = 2**30  # bytes; a run uses a quarter of it at once


def use_memory() -> None:
    """Make temporary files there from now on, in this process and in those that it starts; TMPDIR has the last word."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # asked for anew
