"""What Shopify's error entries mean: beside data they say what is missing, alone that there is no answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.platforms.live import ShopError
from portal.platforms.shopify.shape import part

_SCOPE = re.compile(r"`((?:read|write)_[a-z_]+)`")
_PROTECTED = re.compile(r"not approved to (?:access|use) the|protected.customer.data", re.IGNORECASE)
_THEIRS: Final = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
_FROZEN: Final = {402: "is frozen: its plan is not paid", 404: "is not at this address", 423: "is locked by Shopify"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One error entry. `path` leads to what is missing in the answer."""

    code: str
    message: str
    path: tuple[str, ...] = ()

    @property
    def is_protected(self) -> bool:
        """Whether it withholds what is known of a customer, which not every plan and app may see."""
        return bool(_PROTECTED.search(self.message))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which one is missing."""
        return tuple(dict.fromkeys(_SCOPE.findall(self.message)))


def failures_of(answer: Mapping[str, Any]) -> tuple[Failure, ...]:
    """The error entries of an answer; some answers have one text instead of a list."""
    listed = answer.get("errors")
    if isinstance(listed, list):
        return tuple(_failure(entry) for entry in listed if isinstance(entry, dict))
    return (Failure("", str(listed)[:300]),) if listed else ()


def has_code(failures: Iterable[Failure], code: str) -> bool:
    """Whether one of them is this."""
    return any(failure.code == code for failure in failures)


def as_error(failures: Sequence[Failure]) -> ShopError:
    """The failure of a whole question."""
    for failure in failures:
        if failure.code == "ACCESS_DENIED":
            return _denied(failure)
        if failure.code in _THEIRS:
            return ShopError("unreachable", f"Shopify is in trouble ({failure.code}).")
    said = "; ".join(f"{failure.code} {failure.message}".strip()[:200] for failure in failures[:3])
    return ShopError("answer", f"Shopify refused the question: {said or 'it does not say why'}.")


def of_status(status: int) -> ShopError | None:
    """What Shopify says with a status of its own; None for all others."""
    why = _FROZEN.get(status)
    return None if why is None else ShopError("credentials", f"The shop {why} (HTTP {status}).")


def _denied(failure: Failure) -> ShopError:
    scopes = " or ".join(failure.scopes)
    if scopes:
        return ShopError("scope", f"The app is not granted {scopes}: add it to the app's scopes and install it anew.")
    where = ".".join(failure.path)
    return ShopError("scope", f"The app may not do this{f' ({where})' if where else ''}: a scope is missing.")


def _failure(entry: Mapping[str, Any]) -> Failure:
    path = entry.get("path")
    steps = tuple(str(step) for step in path) if isinstance(path, list) else ()
    code = part(entry, "extensions").get("code")
    return Failure(code if isinstance(code, str) else "", str(entry.get("message", ""))[:500], steps)
