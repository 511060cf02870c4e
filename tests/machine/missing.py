"""What happens when a program that a test needs is not on the machine."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(program: str, remedy: str) -> NoReturn:
    """Skip the test, saying how to enable it; fail instead where nothing may be missing (CI=true)."""
    reason = f"no {program} here: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
