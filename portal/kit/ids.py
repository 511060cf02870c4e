"""What is drawn from the system's random source: secrets that travel in links and cookies, stored only as a
hash, and refs, which name a thing in addresses without saying how many there are."""

from __future__ import annotations

import hashlib
import re
import secrets

TOKEN = re.compile(r"^[A-Za-z0-9_-]{27}$")
REF = re.compile(r"^[0-9a-f]{16}$")


def new_token() -> str:
    """A URL-safe secret of 160 bits, 27 characters."""
    return secrets.token_urlsafe(20)


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256, hexadecimal. The token's own entropy is its salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_ref() -> str:
    """A name for addresses: 64 random bits, 16 characters. It is no secret and opens nothing."""
    return secrets.token_hex(8)
