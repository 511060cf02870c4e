"""Asks at one account: claims what is due, asks in the carrier's batches outside any transaction, and settles each
answer in a transaction of its own that shares a commit with others.

Calls are under way side by side, up to the account's limit; a slow one holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from carriers import Answer, CarrierError, ErrorKind, Failed, Found, TrackRequest
from carriers.core.http import paying, recording
from carriers.core.registry import service_named
from carriers.core.repeating import Unchanged, knowing, name_of
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.tracking import schedule
from portal.tracking.asking import Claim
from portal.tracking.polling import breaker
from portal.tracking.polling.breaker import Standing
from portal.tracking.polling.planning import Planner
from portal.tracking.polling.purse import Purse
from portal.tracking.polling.shared import Asked, State, Taken, leave, note, take
from portal.tracking.raw import Raw, about, keep, raws_of
from portal.tracking.schedule import Rules
from portal.tracking.settling import OWN_BUDGET, Same, lacking, put_back, settle

log = logging.getLogger("jalon.poller")
IDLE_S: Final = 1.0
DEADLINE_S: Final = 45.0  # stays under the lease
_BUSY_S: Final = 0.05

Change = Callable[[Standing], Standing]


class Asker:
    """One account, and what this process has under way there."""

    def __init__(self, context: Context, asked: Asked, worker: str, rules: Rules) -> None:
        self.asked = asked
        self._context, self._worker = context, worker
        self._rules = rules
        self._standing = Standing()
        self._planner = Planner(context, asked)
        self._free = asked.most  # calls that may still begin
        self._finished = asyncio.Event()
        self._idle = True  # nothing of ours is written down as under way

    async def run(self) -> None:
        """Ask until cancelled; then the other workers hear that nothing of ours is under way."""
        try:
            await self._keep_asking()
        finally:
            with suppress(Unavailable):
                await self._stop()

    async def _keep_asking(self) -> None:
        async with asyncio.TaskGroup() as calls:
            while True:
                try:
                    pause = await self._start_some(calls)
                except Unavailable as problem:
                    log.warning("cannot poll %s: %s", self.asked.name, problem)
                    pause = self._longest_pause
                except Exception:  # whatever one look meets, the next is tried: the leases bring the rows back
                    log.exception("a round of polling %s failed", self.asked.name)
                    pause = self._longest_pause
                await asyncio.sleep(pause)

    async def round(self) -> int:
        """Ask once about what may be asked about now; returns how many parcels were asked about."""
        claims = (await self._take()).claims
        await asyncio.gather(*(self._ask(batch) for batch in self._batches(claims)))
        await self._stop()
        return len(claims)

    async def _start_some(self, calls: asyncio.TaskGroup) -> float:
        """Begin what may be begun; returns for how long to leave it at that."""
        while self._free < max(1, self.asked.most // 4):
            self._finished.clear()
            await self._finished.wait()
        now = self._context.clock.now()
        due_at = await self._planner.look(now)
        if due_at is None or due_at > now:
            return await self._rest(now, due_at)
        taken = await self._take()
        if taken.state is None:
            return _BUSY_S
        for batch in self._batches(taken.claims):
            calls.create_task(self._ask(batch), name=f"ask {self.asked.name}")
        if taken.claims:
            return 0.0
        return await self._rest(now, taken.free_at)

    async def _rest(self, now: datetime, until: datetime | None) -> float:
        """How long to do nothing; says first that nothing is under way."""
        if self._free == self.asked.most:
            await self._stop()
        seconds = (until - now).total_seconds() if until is not None else self._longest_pause
        return min(max(seconds, _BUSY_S), self._longest_pause)

    @property
    def _longest_pause(self) -> float:
        return min(IDLE_S, max(IDLE_S / self._context.settings.poll_pace, 0.2))

    async def _stop(self) -> None:
        if not self._idle:
            await self._context.db.write(self._leave)
            self._idle = True

    async def _leave(self, tx: Tx) -> None:
        await leave(tx, self._worker, self.asked.name)

    async def _take(self) -> Taken:
        now, under_way = self._context.clock.now(), self.asked.most - self._free

        async def unit(tx: Tx) -> Taken:
            return await take(tx, now, self.asked, worker=self._worker, under_way=under_way)

        taken = await self._context.db.write(unit)
        if taken.state is not None:
            self._learn(taken.state)
        self._idle = self._idle and not taken.claims
        return taken

    def _learn(self, state: State) -> None:
        self._standing = state.standing
        self._rules = Rules(self._rules.pace, state.stretch, self._rules.zone)

    def _batches(self, claims: Sequence[Claim]) -> list[Sequence[Claim]]:
        return [claims[start : start + self.asked.batch] for start in range(0, len(claims), self.asked.batch)]

    async def _ask(self, claims: Sequence[Claim]) -> None:
        self._free -= 1
        try:
            await self._ask_about(claims)
        except Unavailable as problem:
            log.warning("cannot settle %s: %s", self.asked.name, problem)
        except Exception:  # the leases bring the rows back
            log.exception("a question to %s failed", self.asked.name)
        finally:
            self._free += 1
            self._finished.set()

    async def _ask_about(self, claims: Sequence[Claim]) -> None:
        askable = [(claim, request) for claim in claims if (request := await self._request(claim))]
        if not askable:
            return
        known, alone = self._known(askable)
        with recording() as replies, paying(Purse(self._context, self.asked).pay), knowing(alone, known):
            answers = await self._answers([request for _, request in askable])
        for problem in {a.error.kind for a in answers if isinstance(a, Failed) and not _own(a)}:
            log.warning("%s: %s for %d parcels", self.asked.name, problem.value, len(askable))
        await self._note(answers)
        raws = raws_of(self.asked.name, [request.number for _, request in askable], replies)
        single = len(askable) == len(replies) == 1
        reply = name_of(alone, replies[0].status, replies[0].body) if single else None
        settling = [
            self._settle(claim, answer, raws, reply) for (claim, _), answer in zip(askable, answers, strict=True)
        ]
        await (asyncio.gather(*settling) if len(settling) > 1 else settling[0])

    async def _request(self, claim: Claim) -> TrackRequest | None:
        """What to ask, or None where something that the carrier needs is missing."""
        service = service_named(claim.carrier_name) if claim.carrier_name else None
        request = TrackRequest(claim.number, postcode=claim.postcode, country=claim.country, service=service)
        absent = next((name for name in self.asked.needs if not getattr(request, name)), "")
        if not absent:
            return request

        async def unit(tx: Tx) -> None:
            await lacking(tx, claim, absent)

        await self._context.db.write(unit)
        return None

    def _known(self, askable: Sequence[tuple[Claim, TrackRequest]]) -> tuple[str | None, str]:
        """The name of the reply that need not be read again, and the question that it answers: one about one
        parcel, for then the reply holds all that there was."""
        claim, request = askable[0]
        return claim.reply if len(askable) == 1 else None, f"{self.asked.name} {request}"

    async def _answers(self, requests: Sequence[TrackRequest]) -> list[Answer | Same]:
        context, account = self._context, self.asked.account
        client = context.clients.get(account.carrier)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return [*await self.asked.carrier.track(requests, account, client, context.tokens)]
        except Unchanged:
            return [Same(request.number) for request in requests]
        except TimeoutError:
            error = CarrierError(ErrorKind.SERVER, "no answer in time")
        except Exception:  # an adapter's mistake must not stop the others
            log.exception("the adapter %s failed", account.carrier)
            error = CarrierError(ErrorKind.SERVER, "the adapter failed")
        return [Failed(request.number, error) for request in requests]

    async def _note(self, answers: Sequence[Answer | Same]) -> None:
        """Have all workers know how the account fares, where that changed."""
        change = outcome(answers, now := self._context.clock.now(), schedule.chance(self._free, now))
        if change is None or change(self._standing) == self._standing:
            return

        async def unit(tx: Tx) -> Standing | None:
            return await note(tx, self.asked.name, change)

        noted = await self._context.db.write(unit)
        self._standing = self._standing if noted is None else noted

    async def _settle(self, claim: Claim, answer: Answer | Same, raws: Sequence[Raw], reply: str | None) -> None:
        try:
            await self._settled(claim, answer, raws, reply)
        except Unavailable:
            raise
        except Exception:  # an answer that cannot be stored is a failure of its carrier, not of the others
            log.exception("an answer of %s cannot be taken in", self.asked.name)
            await self._settled(claim, Failed(claim.number, CarrierError(ErrorKind.SERVER, "cannot be stored")), ())

    async def _settled(
        self, claim: Claim, answer: Answer | Same, raws: Sequence[Raw], reply: str | None = None
    ) -> None:
        context, now, rules = self._context, self._context.clock.now(), self._rules

        async def unit(tx: Tx) -> None:
            if isinstance(answer, Failed) and _own(answer):
                await put_back(tx, now, claim)
                return
            news = await settle(tx, now, claim, answer, rules, reply)
            if news and isinstance(answer, Found) and context.settings.raw_days:
                number = answer.report.number
                await keep(tx, now, claim.shipment_id, number, about(raws, number))

        await context.db.write(unit)


def outcome(answers: Sequence[Answer | Same], now: datetime, chance: float) -> Change | None:
    """What one call's answers say about the account; None: nothing."""
    errors = [answer.error for answer in answers if isinstance(answer, Failed) and not _own(answer)]
    kinds = {error.kind for error in errors}
    waits = [error.retry_after for error in errors if error.retry_after is not None]
    longest = max(waits, default=None)
    if ErrorKind.RATE_LIMITED in kinds:
        return lambda standing: breaker.refused(standing, now, longest, chance)
    if ErrorKind.AUTH in kinds:
        return lambda standing: breaker.not_let_in(standing, now)
    if kinds == {ErrorKind.SERVER} and len(errors) == len(answers):
        return lambda standing: breaker.failed(standing, now, longest, chance)
    return (lambda standing: breaker.succeeded(standing, now)) if any(not _own(a) for a in answers) else None


def _own(answer: Answer | Same) -> bool:
    """Whether it was our own budget that prevented the call."""
    return isinstance(answer, Failed) and answer.error.code == OWN_BUDGET
