"""How a process that stays for long uses memory and shares its time between threads."""

from __future__ import annotations

import gc
import sys


def settle() -> None:
    """What is loaded by now stays: the collector need not walk it. With thousands of open streams its full
    runs would stop the process for a second and more; these thresholds make them rare."""
    sys.setswitchinterval(0.001)  # the writer's thread must not hold up the loop for the usual 5 ms
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
