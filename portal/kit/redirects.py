"""Where a visitor may be sent: to a page of ours, or to a host that the settings name. Nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from starlette.responses import Response

_PATH = re.compile(r"/(?![/\\])[!-~]*", re.ASCII)


def is_safe(target: str, hosts: Collection[str] = ()) -> bool:
    """Whether a browser sent there stays here, or goes to one of `hosts` by HTTPS.

    Browsers read "\\" as "/", drop tabs and line ends, and take "//host" for another site; what reads
    differently once decoded is refused as well.
    """
    if len(target) > 2000 or _odd(target):
        return False
    if _PATH.fullmatch(target):
        return True
    try:
        parts = urlsplit(target)
        plain = parts.port in (None, 443) and parts.username is None and parts.password is None
    except ValueError:
        return False
    return parts.scheme == "https" and plain and parts.netloc.isascii() and parts.hostname in hosts


def see_other(target: str, hosts: Collection[str] = ()) -> Response:
    """A redirect that is followed by GET and kept by nobody. Raises ValueError for a target that is not safe."""
    if not is_safe(target, hosts):
        raise ValueError("not a place to send a visitor")
    return Response(status_code=303, headers={"location": target, "cache-control": "no-store"})


def _odd(target: str) -> bool:
    """Whether there is a backslash, a control character or a blank in it, written out or encoded, or a double
    slash at the start of the path."""
    for text in (target, unquote(target), unquote(unquote(target))):
        if "\\" in text or not text.isprintable() or text != text.strip() or text.startswith("//"):
            return True
    return False
