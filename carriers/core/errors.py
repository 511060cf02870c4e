"""Carrier errors that carry their policy: callers act on `kind` and `retry_after`, never on text."""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """What went wrong, by what to do about it."""

    NOT_FOUND = "not_found"  # normal for young labels: keep asking, slowly
    INVALID_NUMBER = "invalid_number"  # asking again cannot help: stop and tell the shop
    AUTH = "auth"  # credentials: stop the account, tell the shop
    RATE_LIMITED = "rate_limited"  # wait `retry_after`
    BAD_REQUEST = "bad_request"  # our fault or an API change: slow down, tell the shop
    SERVER = "server"  # theirs, the network's, or an unreadable answer: back off and retry


_RETRYABLE = {ErrorKind.NOT_FOUND, ErrorKind.RATE_LIMITED, ErrorKind.SERVER}


class CarrierError(Exception):
    """One failure of one carrier call or of one number in it.

    `code` and `message` are the carrier's own (private text); `retry_after` is in seconds. `retryable`
    overrides what the kind says: an expired token is an `auth` error that the next call cures.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        code: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after
        self._retryable = retryable

    @property
    def retryable(self) -> bool:
        """Whether asking again later can succeed without anyone changing anything."""
        return self.kind in _RETRYABLE if self._retryable is None else self._retryable

    def waiting(self, retry_after: float | None) -> CarrierError:
        """The same error with the pause the carrier asked for, in seconds."""
        return CarrierError(
            self.kind,
            self.message,
            code=self.code,
            http_status=self.http_status,
            retry_after=retry_after,
            retryable=self._retryable,
        )

    def __repr__(self) -> str:
        return f"CarrierError({self.kind.value}, code={self.code!r}, http_status={self.http_status!r})"
