"""Secrets that travel in links: made from the system's random source, stored only as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets

TOKEN = re.compile(r"^[A-Za-z0-9_-]{27}$")


def new_token() -> str:
    """A URL-safe secret of 160 bits, 27 characters."""
    return secrets.token_urlsafe(20)


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256, hexadecimal. The token's own entropy is its salt."""
    return hashlib.sha256(token.encode()).hexdigest()
