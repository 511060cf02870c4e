"""Telling a carrier's pushes from anybody else's. What is signed, and how, is the adapter's.

Every secret is compared in constant time, and all of them each time: while a secret is being changed, the
old and the new one hold side by side.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from carriers.core.contract import Account, Credential, Manifest
from carriers.core.times import CarrierTime

SECRET: Final = "push_secret"  # noqa: S105 - the name of a credential
OLD_SECRET: Final = "push_secret_old"  # noqa: S105 - the name of a credential
SHORTEST: Final = 16  # characters of a secret that guards an address open to the world
MEMORY: Final = timedelta(hours=72)  # for which whoever takes pushes in remembers them, and knows a repetition
SKEW: Final = timedelta(minutes=5)  # by which clocks may differ, and for which a stamp of sending is good


def secrets(help: str) -> tuple[Credential, Credential]:
    """The credentials that every adapter with pushes declares: the secret, and the one before it."""
    old = "The secret before, for as long as the carrier may still use it"
    return Credential(SECRET, help, required=False), Credential(OLD_SECRET, old, required=False)


def secrets_of(account: Account, *names: str) -> tuple[str, ...]:
    """The secrets that prove a push now. `names` are the credentials that do, where the adapter has its own."""
    return tuple(secret for name in names or (SECRET, OLD_SECRET) if (secret := account.credentials.get(name)))


def is_set_up(manifest: Manifest, account: Account) -> bool:
    """Whether this account can tell a genuine push."""
    return manifest.push is not None and bool(secrets_of(account, *manifest.push.secrets))


def too_short(manifest: Manifest, account: Account) -> tuple[str, ...]:
    """The credentials of this account that are too short to guard anything."""
    named = [c.name for c in manifest.credentials if c.name in (SECRET, OLD_SECRET)]
    return tuple(name for name in named if 0 < len(account.credentials.get(name, "")) < SHORTEST)


def is_one_of(given: str | None, expected: Iterable[bytes]) -> bool:
    """Whether a header's value is one of these."""
    sent = (given or "").strip().encode("utf-8", "surrogateescape")
    found = [hmac.compare_digest(sent, one) for one in expected]  # all of them, whichever it is
    return any(found)


def bearer(headers: Mapping[str, str]) -> str:
    """The token in an Authorization header; "" without one."""
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    return token if scheme.lower() == "bearer" else ""


def hexadecimal(secret: str, signed: bytes) -> bytes:
    """HMAC-SHA256 in hexadecimal."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def base_64(secret: str, signed: bytes) -> bytes:
    """HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())


def is_signed(given: str | None, signed: bytes, secrets: Iterable[str], sign: Callable[[str, bytes], bytes]) -> bool:
    """Whether a header's value is the signature of these bytes with one of the secrets."""
    return is_one_of(given, [sign(secret, signed) for secret in secrets])


def digest(body: bytes) -> str:
    """What tells one push from another where the carrier numbers none."""
    return hashlib.sha256(body).hexdigest()


def just_sent(at: datetime | None, now: datetime) -> bool:
    """For a stamp that the carrier sets anew each time it sends."""
    return at is not None and abs(at - now) <= SKEW


def of_late(at: datetime | None, now: datetime) -> bool:
    """For a stamp of the event, which stays when the carrier tries again: what is older than the memory of pushes
    could not be told from a repetition.
    """
    return at is not None and now - MEMORY < at <= now + SKEW


def moment(at: CarrierTime | None) -> datetime | None:
    """A carrier's stamp as a moment; one without a zone is read as UTC."""
    return None if at is None else at.instant or at.wall.replace(tzinfo=UTC)


def unix_moment(seconds: object) -> datetime | None:
    """Seconds since 1970 as a moment; None for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**11:
        return None
    return datetime.fromtimestamp(seconds, UTC)
