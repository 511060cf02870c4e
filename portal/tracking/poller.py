"""Asks the carriers. One loop per account, so that a slow or dead carrier delays no other.

A round claims what is due, asks in the carrier's batches outside any transaction, and settles each answer
in a transaction of its own that shares a commit with others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import carriers
from carriers import Account, Carrier, CarrierError, ErrorKind, Failed, Found, TrackRequest
from carriers.core.accounts import served_by
from carriers.core.http import recording
from carriers.core.registry import service_named
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.tracking.asking import Claim, claim_due, settle
from portal.tracking.raw import Raw, about, keep, raws_of

log = logging.getLogger("jalon.poller")
_IDLE_S = 1.0
_DEADLINE_S = 45.0  # stays under the lease
_REST_S = 30.0
_REST_UNAUTHORISED = timedelta(minutes=10)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Poller:
    """Asks about everything that is due, for every account of this installation."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rests_until: dict[str, datetime] = {}
        self._served = {slug: served_by(slug, context.accounts) for slug in context.accounts}

    async def run(self) -> None:
        """Poll until cancelled."""
        async with asyncio.TaskGroup() as group:
            for account in self._context.accounts.values():
                group.create_task(self._keep_asking(account), name=f"poll {account.carrier}")

    async def round(self, slug: str) -> int:
        """Ask once about what is due at one account now; returns how many parcels were asked about."""
        context, carrier = self._context, carriers.get(slug)
        if self._rests_until.get(slug, _LONG_AGO) > context.clock.now():
            return 0
        limit = carrier.manifest.batch_size * context.settings.poll_concurrency

        async def unit(tx: Tx) -> list[Claim]:
            claims: list[Claim] = []
            for served in self._served[slug]:
                claims += await claim_due(tx, context.clock.now(), served, limit - len(claims))
            return claims

        claims = await context.db.write(unit)
        size = carrier.manifest.batch_size
        batches = [claims[start : start + size] for start in range(0, len(claims), size)]
        await asyncio.gather(*(self._ask(carrier, context.accounts[slug], batch) for batch in batches))
        return len(claims)

    async def _keep_asking(self, account: Account) -> None:
        pause = min(_IDLE_S, max(_IDLE_S / self._context.settings.poll_pace, 0.2))
        while True:
            try:
                if await self.round(account.carrier):
                    continue
            except Unavailable as problem:
                log.warning("cannot poll %s: %s", account.carrier, problem)
            except Exception:  # whatever one round meets, the next is tried: the leases bring the rows back
                log.exception("a round of polling %s failed", account.carrier)
            await asyncio.sleep(pause)

    async def _ask(self, carrier: Carrier, account: Account, claims: Sequence[Claim]) -> None:
        requests = [_request(claim) for claim in claims]
        with recording() as replies:
            answers = await self._answers(carrier, account, requests)
        self._note_refusals(account, answers)
        for problem in {a.error.kind for a in answers if isinstance(a, Failed)}:
            log.warning("%s: %s for %d parcels", carrier.manifest.slug, problem.value, len(claims))
        raws = raws_of(carrier.manifest.slug, [request.number for request in requests], replies)
        await asyncio.gather(*(self._settle(c, a, raws) for c, a in zip(claims, answers, strict=True)))

    def _note_refusals(self, account: Account, answers: Sequence[carriers.Answer]) -> None:
        """An account that was told to wait, or to sign in, is left alone for so long: its other parcels
        would be refused as well."""
        waits = [_rest(answer.error) for answer in answers if isinstance(answer, Failed)]
        if any(waits):
            self._rests_until[account.carrier] = self._context.clock.now() + max(waits)

    async def _answers(
        self, carrier: Carrier, account: Account, requests: Sequence[TrackRequest]
    ) -> list[carriers.Answer]:
        client = self._context.clients.get(account.carrier)
        try:
            async with asyncio.timeout(_DEADLINE_S):
                return await carrier.track(requests, account, client, self._context.tokens)
        except TimeoutError:
            error = CarrierError(ErrorKind.SERVER, "no answer in time")
        except Exception:  # an adapter's mistake must not stop the others
            log.exception("the adapter %s failed", account.carrier)
            error = CarrierError(ErrorKind.SERVER, "the adapter failed")
        return [Failed(request.number, error) for request in requests]

    async def _settle(self, claim: Claim, answer: carriers.Answer, raws: Sequence[Raw]) -> None:
        context = self._context
        now = context.clock.now()

        async def unit(tx: Tx) -> None:
            news = await settle(tx, now, claim, answer, context.settings.poll_pace)
            if news and isinstance(answer, Found) and context.settings.raw_days:
                number = answer.report.number
                await keep(tx, now, claim.shipment_id, number, about(raws, number))

        await context.db.write(unit)


def _request(claim: Claim) -> TrackRequest:
    service = service_named(claim.carrier_name) if claim.carrier_name else None
    return TrackRequest(claim.number, postcode=claim.postcode, country=claim.country, service=service)


def _rest(error: CarrierError) -> timedelta:
    if error.kind is ErrorKind.RATE_LIMITED:
        return timedelta(seconds=error.retry_after or _REST_S)
    return _REST_UNAUTHORISED if error.kind is ErrorKind.AUTH else timedelta(0)
