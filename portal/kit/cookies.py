"""Cookies: read from a request, given and taken back in the one safe form. No signed content, no domain.

On HTTPS a name gets the prefix `__Host-`, which binds the cookie to this very host: neither plain HTTP nor
another host of the same domain can set it, and what comes under the bare name is not looked at.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.types import Scope

SESSION: Final = "jalon"
SECURE: Final = "jalon.secure"  # the scope's key; the guard sets it from the installation's own address
_PLAIN = re.compile(r"[\w.~-]{0,400}", re.ASCII)


def secure(scope: Scope) -> bool:
    """Whether customers reach us by HTTPS, whatever this request claims."""
    return bool(scope.get(SECURE, True))


def full_name(name: str, *, secure: bool) -> str:
    """The name as browsers know it."""
    return f"__Host-{name}" if secure else name


def value(scope: Scope, name: str = SESSION) -> str | None:
    """What the browser sent under this name; None when it sent nothing, or something that we never gave."""
    start = f"{full_name(name, secure=secure(scope))}=".encode()
    for header, line in scope["headers"]:
        if header == b"cookie" and start in line:
            for part in line.split(b";"):
                if (pair := part.strip()).startswith(start):
                    given = pair[len(start) :].decode("latin-1")
                    return given if given and _PLAIN.fullmatch(given) else None
    return None


def given(name: str, value: str, *, secure: bool, max_age: int) -> str:
    """The Set-Cookie header that gives a cookie. Raises ValueError for a value that would need quoting."""
    if not _PLAIN.fullmatch(value):
        raise ValueError("a cookie's value is letters, digits and . _ ~ -")
    flags = "; Secure" if secure else ""
    return f"{full_name(name, secure=secure)}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{flags}"


def taken_back(name: str, *, secure: bool) -> str:
    """The Set-Cookie header that makes the browser forget a cookie."""
    return given(name, "", secure=secure, max_age=0)
