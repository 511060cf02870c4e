"""What a code says, and what follows from it for a checkpoint and for the whole report.

The tables themselves belong to the adapters; nothing here knows a carrier.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from carriers.core.answers import deciding, newest_first
from carriers.core.model import NOWHERE, Checkpoint, Milestone, Place, Reason, Report
from carriers.core.times import CarrierTime

_ARRIVED: Final = (Milestone.DELIVERED, Milestone.COLLECTED)


class Meaning(NamedTuple):
    """What one code says; no milestone for a note, one that says nothing about where the parcel is."""

    milestone: Milestone | None
    reason: Reason | None = None
    delayed: bool = False


UNKNOWN: Final = Meaning(Milestone.UNKNOWN)
NOTE: Final = Meaning(None)


def each(meaning: Milestone | Meaning, codes: str) -> dict[str, Meaning]:
    """A table in which every code of a blank-separated list has this meaning."""
    return dict.fromkeys(codes.split(), meaning if isinstance(meaning, Meaning) else Meaning(meaning))


def checkpoint(
    said: Meaning, *, code: str | None, text: str | None, at: CarrierTime | None, place: Place = NOWHERE
) -> Checkpoint:
    """A checkpoint with what its code says."""
    return Checkpoint(code, text, at, place, milestone=said.milestone, reason=said.reason, delayed=said.delayed)


def report(
    carrier: str,
    number: str,
    checkpoints: Iterable[Checkpoint],
    *,
    stated: Meaning | None = None,
    delivered_at: CarrierTime | None = None,
    unknown_codes: Iterable[str | None] = (),
) -> Report:
    """The report on one parcel, the rest of which the adapter fills in.

    `stated` is the carrier's own current status; one that says nothing leaves the word to the newest
    scan. `delivered_at` counts only for a parcel that arrived. `unknown_codes` are those besides the
    checkpoints' own.
    """
    newest = newest_first(checkpoints)
    states = stated is not None and stated.milestone not in (None, Milestone.UNKNOWN)
    current = _current(newest) if stated is None or not states else stated
    unknown = [*unknown_codes, *(c.code for c in newest if c.milestone is Milestone.UNKNOWN)]
    return Report(
        carrier=carrier,
        number=number,
        milestone=current.milestone if states else None,
        checkpoints=newest,
        reason=current.reason,
        delayed=current.delayed,
        delivered_at=(delivered_at or _arrival(newest)) if current.milestone in _ARRIVED else None,
        unknown_codes=tuple(dict.fromkeys(code for code in unknown if code)),
    )


def _current(newest: tuple[Checkpoint, ...]) -> Meaning:
    scan = deciding(newest)
    return Meaning(scan.milestone, scan.reason, scan.delayed) if scan is not None else NOTE


def _arrival(newest: tuple[Checkpoint, ...]) -> CarrierTime | None:
    return next((c.at for c in newest if c.milestone in _ARRIVED and c.at is not None), None)
