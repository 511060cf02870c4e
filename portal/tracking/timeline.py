"""The fold: from what is known about a parcel to where it stands. Pure; knows no database and no clock.

The answer depends only on the set of scans and claims, so repeats and any order of arrival give the same
standing. On the main line (up to out for delivery) the milestone only rises; the detours after it (an
attempt, a pickup point, a hold, an exception, a return) may step back on a newer scan; an end (delivered
and beyond) is reopened only by a newer scan of the carrier; silence ends by another end, whoever says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from carriers import RANK, TERMINAL, Checkpoint, Milestone

_MAIN_LINE_END = RANK[Milestone.OUT_FOR_DELIVERY]
_MOVING = RANK[Milestone.IN_TRANSIT]
_UNDATED = datetime(1, 1, 1)  # noqa: DTZ001 - naive UTC throughout


class Source(IntEnum):
    """Who says so; at the same moment the later one is believed."""

    SHOP = 0
    SCAN = 1
    CARRIER = 2
    SILENCE = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a parcel. `at` is naive UTC to order by; None (undated) counts as oldest."""

    source: Source
    milestone: Milestone | None
    at: datetime | None
    reason: str | None = None
    delayed: bool = False
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands. `since` is when the present milestone was reached, naive UTC."""

    milestone: Milestone = Milestone.UNKNOWN
    reason: str | None = None
    delayed: bool = False
    since: datetime | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing more is expected."""
        return self.milestone in TERMINAL


def fold(statements: Iterable[Said]) -> Standing:
    """Where the parcel stands after all that was said."""
    standing = Standing()
    for said in sorted(set(statements), key=_order):
        standing = _step(standing, said)
    return standing


def identity_of(number: str, checkpoint: Checkpoint) -> str:
    """What makes a checkpoint the same one when the carrier sends it again: number, code, local time, place.

    The text stands in for a missing code. 32 hexadecimal digits.
    """
    place = checkpoint.place
    parts = (
        number,
        checkpoint.code or checkpoint.text or "",
        checkpoint.at.wall.isoformat() if checkpoint.at else "",
        place.city or place.text or "",
        place.postcode or "",
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def identified(number: str, checkpoints: Iterable[Checkpoint]) -> dict[str, Checkpoint]:
    """The checkpoints of one answer by identity, whatever order they came in.

    The hour that comes twice in autumn gives two scans one wall clock: the later one is told by its offset.
    Of two that differ in nothing else, the one that says more is taken.
    """
    found: dict[str, Checkpoint] = {}
    for checkpoint in sorted(checkpoints, key=_telling):
        identity = identity_of(number, checkpoint)
        same = found.get(identity)
        if (
            same is not None
            and _offset(same) != _offset(checkpoint)
            and None not in (_offset(same), _offset(checkpoint))
        ):
            identity = hashlib.sha256(f"{identity}{_offset(checkpoint)}".encode()).hexdigest()[:32]
        found.setdefault(identity, checkpoint)
    return found


def _telling(checkpoint: Checkpoint) -> tuple[datetime, int, str, bool, str]:
    """Earlier scans first, and of one moment those first that say more."""
    return (
        checkpoint.at.sort_key if checkpoint.at is not None else _UNDATED,
        -RANK[checkpoint.milestone] if checkpoint.milestone else 1,
        checkpoint.reason or "",
        not checkpoint.delayed,
        checkpoint.text or "",
    )


def _offset(checkpoint: Checkpoint) -> timedelta | None:
    return checkpoint.at.offset if checkpoint.at is not None else None


def _order(said: Said) -> tuple[bool, datetime, int, int, str, str, bool]:
    rank = RANK[said.milestone] if said.milestone else -1
    return (
        said.at is not None,
        said.at or _UNDATED,
        said.source,
        rank,
        said.identity,
        said.reason or "",
        said.delayed,
    )


def _step(now: Standing, said: Said) -> Standing:
    milestone = said.milestone
    if milestone is None or milestone is Milestone.UNKNOWN or not _moves(now.milestone, milestone, said.source):
        return Standing(now.milestone, now.reason, _delayed(now, said, now.milestone), now.since)
    delayed = _delayed(now, said, milestone)
    if milestone is now.milestone:
        return Standing(milestone, said.reason or now.reason, delayed, now.since)
    return Standing(milestone, said.reason, delayed, said.at)


def _delayed(now: Standing, said: Said, milestone: Milestone) -> bool:
    """A carrier's current status says outright whether the parcel is late; a scan can only say that it is."""
    if milestone in TERMINAL or said.source is Source.SHOP:
        return now.delayed and milestone not in TERMINAL
    return said.delayed or (now.delayed and said.source is not Source.CARRIER)


def _moves(now: Milestone, milestone: Milestone, source: Source) -> bool:
    """Whether a statement that is newer than all before it changes the milestone."""
    have, new = RANK[now], RANK[milestone]
    if now is Milestone.EXPIRED and milestone in TERMINAL:
        return True
    if now in TERMINAL:
        return source in (Source.SCAN, Source.CARRIER) and new >= _MOVING
    if have <= _MAIN_LINE_END:
        return new >= have
    return new >= _MOVING
