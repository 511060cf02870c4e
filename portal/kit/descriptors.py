"""How many connections the system lets this process hold."""

from __future__ import annotations

import resource
from typing import Final

RESERVE: Final = 256  # for pages, the database and files, however many live pages are open


def most_streams(wanted: int) -> int:
    """`wanted`, or as many as leave `RESERVE` descriptors free; raises the soft limit as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted + RESERVE:
        aim = wanted + RESERVE if hard == resource.RLIM_INFINITY else min(wanted + RESERVE, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (aim, hard))
        soft = aim
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - RESERVE))
