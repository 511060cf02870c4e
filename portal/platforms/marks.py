"""Marks of ours: what we write to a platform bears one where there is a place for it, so that it is known again when it
comes back as a delivery or in a document that is read. Pure."""

from __future__ import annotations

import hashlib
import re

_MARK = re.compile(r"jalon-[0-9a-f]{24}")


def mark_of(*parts: str) -> str:
    """The mark of what these parts name: the same for the same parts, in every process and for ever."""
    named = "\x1f".join(parts).encode()
    return f"jalon-{hashlib.sha256(named).hexdigest()[:24]}"


def mark_in(text: str | None) -> str | None:
    """The mark of ours that a text bears, if any."""
    found = _MARK.search(text or "")
    return found[0] if found else None
