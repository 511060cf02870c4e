"""Turning what an adapter read into one answer per parcel asked about, in the order asked.

Also the orders that every adapter shares: checkpoints newest first, and which of them says where the
parcel is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.model import Answer, Checkpoint, Failed, Found, Milestone, NotFound, Report

if TYPE_CHECKING:
    from carriers.core.contract import TrackRequest
    from carriers.core.http import Reply

_NO_STATUS = (None, Milestone.UNKNOWN)


def refusal(number: str, error: CarrierError) -> NotFound | Failed:
    """The answer that an error stands for."""
    return NotFound(number, error) if error.kind is ErrorKind.NOT_FOUND else Failed(number, error)


def refusals(numbers: Sequence[str], error: CarrierError) -> list[Answer]:
    """The same refusal for every number; for none, one with an empty number (the caller knows it)."""
    return [refusal(number, error) for number in numbers or [""]]


def newest_first(checkpoints: Iterable[Checkpoint]) -> tuple[Checkpoint, ...]:
    """By time, newest first; the carrier's own order decides ties, whichever way round it sends them.

    A checkpoint without a date stays beside its neighbour.
    """
    given = list(checkpoints)
    dated = [c.at.sort_key for c in given if c.at is not None]
    if not dated:
        return tuple(given)
    if dated[0] < dated[-1]:
        given.reverse()
    key = max(dated)
    keyed: list[tuple[datetime, Checkpoint]] = []
    for checkpoint in given:
        key = checkpoint.at.sort_key if checkpoint.at is not None else key
        keyed.append((key, checkpoint))
    return tuple(c for _, c in sorted(keyed, key=lambda pair: pair[0], reverse=True))


def deciding(checkpoints: Iterable[Checkpoint]) -> Checkpoint | None:
    """The newest checkpoint that says where the parcel is: no note, no code that we do not know."""
    return next((c for c in checkpoints if c.milestone not in _NO_STATUS), None)


def milestone_of(report: Report) -> Milestone:
    """Where the parcel is: the carrier's own current status, else what the checkpoints say."""
    if report.milestone is not None:
        return report.milestone
    newest = deciding(report.checkpoints)
    return newest.milestone if newest is not None and newest.milestone is not None else Milestone.UNKNOWN


def in_order(requests: Sequence[TrackRequest], answers: Sequence[Answer], reply: Reply) -> list[Answer]:
    """One answer per request, in order, under the number that was asked. A reply's Retry-After is passed on.

    Answers are matched by number; when one number was asked and one answer came, they belong together
    (carriers answer a piece with its shipment's number).
    """
    found = {_plain(answer.number): answer for answer in answers}
    if len(requests) == 1 and len(answers) == 1:
        found = {_plain(requests[0].number): answers[0]}
    missing = CarrierError(ErrorKind.SERVER, "The carrier's answer leaves this number out.", http_status=reply.status)
    return [_under(r.number, found.get(_plain(r.number)), missing, reply) for r in requests]


def passed_on(error: CarrierError, reply: Reply) -> CarrierError:
    """The error with the pause that the reply asks for."""
    return error if reply.retry_after is None else error.waiting(reply.retry_after)


def newest_scan(answer: Answer) -> str:
    """A key to order answers by their newest dated checkpoint; "" for none."""
    checkpoints = answer.report.checkpoints if isinstance(answer, Found) else ()
    newest = next((c.at for c in checkpoints if c.at is not None), None)
    return newest.sort_key.isoformat() if newest is not None else ""


def _under(number: str, answer: Answer | None, missing: CarrierError, reply: Reply) -> Answer:
    if isinstance(answer, Found):
        return Found(number, answer.report)
    return refusal(number, passed_on(missing if answer is None else answer.error, reply))


def _plain(number: str) -> str:
    return "".join(number.split()).upper()
