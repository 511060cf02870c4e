"""Carriers' news as the tests write them, and a carrier that says what a test tells it to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from carriers import Account, Answer, CarrierTime, Checkpoint, Found, Manifest, Milestone, Place, Report, TrackRequest
from carriers.core.http import Call, send
from portal.kit.db import Tx
from portal.tracking.intake import ShipmentFacts, register

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache
    from portal.context import Context

START = datetime.fromisoformat("2026-11-19T08:00")
SLUG = "snail_mail"
TOPIC = "order:1"


def scan(milestone: Milestone | None, hours: float, **members: Any) -> Checkpoint:
    """A checkpoint so many hours after START, in UTC."""
    at = CarrierTime(START + timedelta(hours=hours), timedelta(0))
    code = members.pop("code", milestone.value if milestone else "note")
    return Checkpoint(
        code, members.pop("text", None), at, members.pop("place", Place(city="Lyon")), milestone, **members
    )


def report(number: str, *checkpoints: Checkpoint, milestone: Milestone | None = None, **members: Any) -> Report:
    """What the carrier says about a number, its checkpoints given oldest first."""
    return Report(SLUG, number, milestone, tuple(reversed(checkpoints)), **members)


def facts(number: str | None = "S1", **members: Any) -> ShipmentFacts:
    """What a shop knows of a parcel that snail mail carries."""
    known: dict[str, Any] = {
        "source": "neutral\x1f\x1f1001\x1fp",
        "topic": TOPIC,
        "carrier": SLUG,
        "carrier_label": "Snail Mail",
        "number": number,
        "tracking_url": None,
        "milestone": Milestone.HANDED_OVER,
        "milestone_at": datetime.fromisoformat("2026-11-19T07:00:00Z"),
    }
    return ShipmentFacts(**{**known, **members})


async def registered(context: Context, given: ShipmentFacts) -> int:
    """Take a shipment in now; returns its id."""
    now = context.clock.now()

    async def unit(tx: Tx) -> int:
        return await register(tx, now, given)

    return await context.db.write(unit)


class SnailMail:
    """An adapter without a wire format: it asks over HTTP and answers what `answers` holds for the number."""

    def __init__(self, batch_size: int = 1) -> None:
        self.manifest = Manifest(
            SLUG, "Snail Mail", ("Snail Mail",), None, "https://snail.example", batch_size=batch_size
        )
        self.answers: dict[str, Answer | Exception] = {}
        self.asked: list[list[TrackRequest]] = []

    def parse(self, *_: object, **__: object) -> list[Answer]:
        """There is no body to read."""
        return []

    async def track(
        self, requests: Sequence[TrackRequest], _account: Account, client: httpx2.AsyncClient, _tokens: TokenCache
    ) -> list[Answer]:
        """Ask, then answer as told; a number nobody spoke of is found, and nothing is known about it."""
        self.asked.append(list(requests))
        await send(Call(f"{self.manifest.api}/{'+'.join(r.number for r in requests)}"), client)
        return [self._answer(request.number) for request in requests]

    def _answer(self, number: str) -> Answer:
        told = self.answers.get(number, Found(number, report(number)))
        if isinstance(told, Exception):
            raise told
        return told
