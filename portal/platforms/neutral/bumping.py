"""A document that follows another one of the same order: with a version that comes behind it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.platforms.neutral.document import version_key
from portal.platforms.neutral.fields import in_utc, instant
from portal.platforms.neutral.parts import NeutralOrder


def following(order: NeutralOrder, at: datetime, **changes: Any) -> NeutralOrder:
    """The order with these members, told at this moment."""
    return order.model_copy(update={**changes, "version": next_version(order.version, at), "updated_at": at})


def next_version(version: str | int | None, at: datetime) -> str | int:
    """A version that comes after `version`: a counter goes on, a moment becomes a later one."""
    if isinstance(version, int):
        return version + 1
    kind = version_key(version)[0]
    if version is None or kind == 0:
        return in_utc(at)
    if kind == 1:
        return str(int(version) + 1)
    if kind == 2:
        return in_utc(max(at, instant(version) + timedelta(microseconds=1)))
    return f"{version}~"  # a word of the source's own: a longer one comes after it
