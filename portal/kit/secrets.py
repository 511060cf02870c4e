"""The installation's secret key: where it comes from, and hashes that only its holder can make.

A keyed hash lets two rows be compared (this order's e-mail, that person's) without keeping what was hashed:
whoever has the database alone cannot try out addresses. While a key is being replaced, things are kept and
looked for under both.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from portal.kit.errors import BadSetting

LEAST = 32  # characters


@dataclass(frozen=True, slots=True)
class Keys:
    """The key in use first, then one that is on its way out, if any."""

    secrets: tuple[bytes, ...] = field(repr=False)

    def keyed_hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 under the key in use, hexadecimal; the same text gives another hash for another purpose."""
        return _keyed(self.secrets[0], purpose, text)

    def hashes(self, purpose: str, text: str) -> tuple[str, ...]:
        """The same under every key, the one in use first: what to look for."""
        return tuple(_keyed(secret, purpose, text) for secret in self.secrets)

    def tokens(self, purpose: str, salt: str) -> tuple[str, ...]:
        """Secrets for addresses that are made again instead of being kept: 160 bits in 27 characters, under every key,
        the one in use first."""
        made = (bytes.fromhex(text)[:20] for text in self.hashes(purpose, salt))
        return tuple(base64.urlsafe_b64encode(raw).decode().rstrip("=") for raw in made)

    @property
    def name(self) -> str:
        """Tells these keys from others without saying anything about them."""
        return ".".join(_keyed(secret, "name", "")[:12] for secret in self.secrets)


def keys_from(secret: str | None, old: str | None, beside: Path | None) -> Keys:
    """The keys from two settings; without any, from a file beside the database, made when first needed.

    Raises BadSetting when there is neither a setting nor a place for a file.
    """
    if secret is None:
        if beside is None:
            raise BadSetting(
                "JALON_SECRET_KEY", "is needed with PostgreSQL, the same for every process: openssl rand -hex 32"
            )
        secret = _kept(beside)
    return Keys(tuple(text.encode() for text in (secret, old) if text))


def is_weak(secret: str) -> bool:
    """Whether a key is too short, or a placeholder that somebody forgot to replace."""
    return len(secret) < LEAST or len(set(secret)) < 10


def _keyed(secret: bytes, purpose: str, text: str) -> str:
    return hmac.digest(secret, f"{purpose}\0{text}".encode(), hashlib.sha256).hex()


def _kept(path: Path) -> str:
    """The key in a file that only its owner may read. Of several processes that make it at once, one wins."""
    try:
        if not path.exists():
            _make(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSetting("JALON_SECRET_KEY", f"cannot use {path}: {type(problem).__name__}; set a key") from problem
    if is_weak(secret):
        raise BadSetting("JALON_SECRET_KEY", f"{path} holds no key: restore it, or remove it to have a new one made")
    return secret


def _make(path: Path) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)  # mode 0600, as temporary files are; never overwrites
