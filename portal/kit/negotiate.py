"""What a browser says it has and takes: entity tags and codings."""

from __future__ import annotations

import re
from functools import lru_cache

_REFUSED = re.compile(r"\s*q=0(\.0*)?\s*")


def known(etag: str, header: str) -> bool:
    """Whether a browser that sends this If-None-Match has the version `etag` names. Proxies that compress
    weaken the tag."""
    if header == etag:
        return True
    seen = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in seen or "*" in seen


@lru_cache(1024)
def accepts(coding: str, header: str) -> bool:
    """Whether a browser that sends this Accept-Encoding takes `coding`; one with q=0 is refused."""
    offers = dict(_offer(part) for part in header.lower().split(","))
    return offers.get(coding, offers.get("*", False))


def _offer(part: str) -> tuple[str, bool]:
    coding, _, weight = part.partition(";")
    return coding.strip(), not _REFUSED.fullmatch(weight)
