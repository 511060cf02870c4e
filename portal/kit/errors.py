"""Failures that an edge knows how to answer."""

from __future__ import annotations


class BadSetting(Exception):
    """A setting is missing or wrong; the message names its key."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key


class Unavailable(Exception):
    """The database does not answer just now; asking again in `retry_after` seconds may work."""

    def __init__(self, what: str, retry_after: int = 5) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class NotThere(Exception):
    """What was asked for does not exist, or is not for whoever asked: the two look alike."""


class Refused(Exception):
    """A request that is understood and turned down."""

    def __init__(self, status: int, why: str, retry_after: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.retry_after = retry_after


class Elsewhere(Exception):
    """The visitor has to go to another page of ours first; `target` is its path."""

    def __init__(self, target: str) -> None:
        super().__init__("another page comes first")
        self.target = target
