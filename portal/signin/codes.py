"""Codes and the secret addresses beside them: worked out of a random number in the database and the
installation's key, so that neither alone gives anything."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta
from hmac import compare_digest
from typing import Final

from portal.kit.secrets import Keys

LIFE: Final = timedelta(minutes=10)
TRIES: Final = 5


def new_nonce() -> str:
    """128 random bits to work a code and an address out of."""
    return secrets.token_hex(16)


def code_of(keys: Keys, nonce: str) -> str:
    """The six digits."""
    return f"{int(keys.keyed_hash('sign-in code', nonce), 16) % 1_000_000:06}"


def link_token_of(keys: Keys, nonce: str) -> str:
    """The secret part of the address in the message: 160 bits, in the form of a token."""
    return keys.tokens("sign-in link", nonce)[0]


def is_code_of(keys: Keys, nonce: str, typed: str) -> bool:
    """Whether somebody typed the right code; takes the same time either way."""
    return compare_digest(code_of(keys, nonce).encode(), digits(typed).encode())


def digits(typed: str) -> str:
    """The digits of what was typed, in any script's numerals, whatever stands between them."""
    return "".join(str(unicodedata.digit(one)) for one in re.findall(r"\d", unicodedata.normalize("NFKC", typed)))


def spaced(code: str) -> str:
    """A code as it is read: "123 456"."""
    return f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}"
