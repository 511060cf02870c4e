"""When an account is left alone: after refusals, and after calls that got nothing, until one probe succeeds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from portal.tracking.schedule import LEASE

FAILURES: Final = 5  # calls in a row that got nothing: the carrier is taken for dead
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=15)
NOT_LET_IN: Final = timedelta(minutes=10)
_JITTER: Final = 0.2


class Rest(StrEnum):
    """Why an account is left alone."""

    FAILURES = "failures"
    PROBE = "probe"  # one call is under way to see whether it is back
    REFUSED = "rate_limited"
    AUTH = "auth"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account fares: calls in a row that got nothing, or were told to wait, and until when it rests."""

    failures: int = 0
    refusals: int = 0
    rests_until: datetime | None = None
    rests_for: str | None = None

    def resting(self, now: datetime) -> bool:
        """Whether nobody may ask."""
        return self.rests_until is not None and self.rests_until > now

    @property
    def half_open(self) -> bool:
        """Whether only one call may be made, to see whether the carrier is back."""
        return self.failures >= FAILURES

    @property
    def well(self) -> bool:
        """Whether nothing is amiss."""
        return self == Standing()


def probing(now: Standing, moment: datetime) -> Standing:
    """One call is on its way: until it is over, or lost, nobody else asks."""
    return replace(now, rests_until=moment + LEASE, rests_for=Rest.PROBE.value)


def succeeded(now: Standing, moment: datetime) -> Standing:
    """An answer came. A pause that the carrier asked for meanwhile is kept."""
    if now.rests_for == Rest.REFUSED and now.resting(moment):
        return now
    return Standing()


def failed(now: Standing, moment: datetime, retry_after: float | None, chance: float) -> Standing:
    """A call got nothing. Calls that were under way when the rest began do not lengthen it."""
    if retry_after is None and now.half_open and now.rests_for == Rest.FAILURES and now.resting(moment):
        return now
    failures = now.failures + 1
    if failures < FAILURES and retry_after is None:
        return replace(now, failures=failures)
    rest = _growing(failures - FAILURES, chance) if retry_after is None else timedelta(seconds=retry_after)
    until = moment + rest
    if now.rests_for != Rest.PROBE and now.rests_until is not None:  # a probe's rest ends with the probe
        until = max(until, now.rests_until)
    return replace(now, failures=failures, rests_until=until, rests_for=Rest.FAILURES.value)


def refused(now: Standing, moment: datetime, retry_after: float | None, chance: float) -> Standing:
    """The account was told to wait: as long as it was told, or ever longer where it was not told how long."""
    again = now.rests_for == Rest.REFUSED and now.resting(moment)  # said to several calls at once
    rest = _growing(now.refusals - again, chance) if retry_after is None else timedelta(seconds=retry_after)
    until = moment + rest
    if again and now.rests_until is not None:
        until = max(until, now.rests_until)
    return Standing(0, now.refusals + (not again), until, Rest.REFUSED.value)


def not_let_in(now: Standing, moment: datetime) -> Standing:
    """The credentials were refused: its other parcels would be refused as well."""
    return replace(now, rests_until=moment + NOT_LET_IN, rests_for=Rest.AUTH.value)


def _growing(times: int, chance: float) -> timedelta:
    rest = min(FIRST_REST * (1 << min(max(times, 0), 10)), LONGEST_REST)
    return rest * (1 + _JITTER * chance)
