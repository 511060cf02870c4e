"""Carriers are told what to push, and told again before that ends; what is followed no more is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

import carriers
from carriers import Account, CarrierError, ErrorKind
from carriers.core.auth import TokenCache
from carriers.core.contract import Genuine, Push, Quota
from carriers.core.http import Call, send
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.tracking.intake import let_go
from portal.tracking.models import SUBSCRIPTION
from portal.tracking.polling.shared import enrol
from portal.tracking.subscribing import subscribe
from tests.carriers.playing import Asked, a_client, answering, reply
from tests.support.context import NOW, rows
from tests.support.parcels import SLUG, SnailMail, facts, registered

SECRET = "an invented secret"
DAY = timedelta(days=1)


@dataclass
class Post(SnailMail):
    """Snail mail that pushes what it is told to. `refuse` are the numbers it will not."""

    told: list[tuple[list[str], str]] = field(default_factory=list)
    dropped: list[list[str]] = field(default_factory=list)
    refuse: dict[str, CarrierError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.manifest = replace(self.manifest, push=Push("a secret", "enter it", ("key",), 2, 14 * DAY))

    def verify_push(self, *_: object) -> Genuine | None:
        """Nothing is pushed here."""
        return None

    def parse_push(self, _: bytes) -> list[carriers.Answer]:
        """Nothing is pushed here."""
        return []

    async def subscribe(self, numbers: Sequence[str], address: str, *_: object) -> list[CarrierError | None]:
        """Take note."""
        self.told.append((sorted(numbers), address))
        return [self.refuse.get(number) for number in numbers]


class KindPost(Post):
    """One that can also be told to stop."""

    async def unsubscribe(self, numbers: Sequence[str], *_: object) -> list[CarrierError | None]:
        """Take note."""
        self.dropped.append(sorted(numbers))
        return [self.refuse.get(number) for number in numbers]


Opening = Callable[[Post], Context]


@pytest.fixture
def opening(any_context: Context, monkeypatch: pytest.MonkeyPatch) -> Opening:
    """Opens a post office: a context with an account there."""

    def open_(post: Post) -> Context:
        monkeypatch.setattr(carriers, "get", {SLUG: post}.__getitem__)
        return replace(any_context, accounts={SLUG: Account(SLUG, {"key": SECRET})})

    return open_


async def followed(context: Context, *numbers: str) -> list[int]:
    """Parcels with trackers; returns their ids."""
    return [await registered(context, facts(number, source=f"source of {number}")) for number in numbers]


async def state(context: Context) -> dict[str, Any]:
    """What is noted of each number's subscription."""
    wanted = [SUBSCRIPTION.c[name] for name in ("number", "until", "due_at", "failures", "problem")]
    return {row.number: tuple(row)[1:] for row in await rows(context, select(*wanted))}


async def test_every_followed_parcel_is_told_once_in_the_carriers_batches(opening: Opening) -> None:
    post = Post()
    context = opening(post)
    await followed(context, "S1", "S2", "S3")
    for _ in range(2):
        await subscribe(context, {})
    assert [numbers for numbers, _ in post.told] == [["S2", "S3"], ["S1"]]
    assert {address for _, address in post.told} == {
        f"https://track.atelier-lune.example/hooks/carriers/{SLUG}",
    }
    until = NOW + 14 * DAY
    assert await state(context) == dict.fromkeys(["S1", "S2", "S3"], (until, until - DAY, 0, None))


async def test_it_is_told_again_a_day_before_that_ends(opening: Opening, clock: ManualClock) -> None:
    post = Post()
    context = opening(post)
    await followed(context, "S1")
    told = []
    for wait in (timedelta(0), 13 * DAY - timedelta(seconds=1), timedelta(seconds=1)):
        clock.advance(wait)
        await subscribe(context, {})
        told.append(len(post.told))
    assert told == [1, 1, 2]


async def test_a_failure_waits_ever_longer_and_a_number_that_is_none_is_left_to_polling(
    opening: Opening, clock: ManualClock
) -> None:
    post = Post()
    context = opening(post)
    await followed(context, "S1", "S2")
    post.refuse["S1"] = CarrierError(ErrorKind.SERVER, "not now")
    post.refuse["S2"] = CarrierError(ErrorKind.INVALID_NUMBER, "never")
    waits = []
    for _ in range(3):
        await subscribe(context, {})
        found = await state(context)
        waits.append(found["S1"][1] - clock.now())
        assert found["S2"] == (None, None, 1, "invalid_number")
        clock.advance(waits[-1])
    assert waits == [timedelta(minutes=minutes) for minutes in (10, 20, 40)]
    del post.refuse["S1"]
    await subscribe(context, {})
    assert (await state(context))["S1"] == (clock.now() + 14 * DAY, clock.now() + 13 * DAY, 0, None)


async def test_a_pause_that_the_carrier_asks_for_is_kept(opening: Opening) -> None:
    post = Post()
    context = opening(post)
    await followed(context, "S1")
    post.refuse["S1"] = CarrierError(ErrorKind.RATE_LIMITED, "slower", retry_after=7200)
    await subscribe(context, {})
    assert (await state(context))["S1"][1] == NOW + timedelta(hours=2)


async def test_what_is_followed_no_more_is_taken_back(opening: Opening) -> None:
    post = KindPost()
    context = opening(post)
    first, _ = await followed(context, "S1", "S2")
    await subscribe(context, {})
    await context.db.write(lambda tx: let_go(tx, [first]))
    post.refuse["S1"] = CarrierError(ErrorKind.SERVER, "not now")
    await subscribe(context, {})
    assert sorted(await state(context)) == ["S1", "S2"]
    post.refuse.clear()
    for _ in range(2):
        await subscribe(context, {})
    assert post.dropped == [["S1"], ["S1"]]
    assert sorted(await state(context)) == ["S2"]


async def test_where_nothing_can_be_taken_back_it_is_forgotten(opening: Opening) -> None:
    context = opening(Post())
    (only,) = await followed(context, "S1")
    await subscribe(context, {})
    await context.db.write(lambda tx: let_go(tx, [only]))
    await subscribe(context, {})
    assert await state(context) == {}


async def test_without_a_secret_nobody_is_told_anything(opening: Opening) -> None:
    post = Post()
    context = replace(opening(post), accounts={SLUG: Account(SLUG, {})})
    await followed(context, "S1")
    await subscribe(context, {})
    assert (post.told, await state(context)) == ([], {})


async def test_calls_are_taken_from_the_accounts_budget(opening: Opening) -> None:
    """With one call a day, the second batch waits for tomorrow."""

    class Paying(Post):
        async def subscribe(self, numbers: Sequence[str], address: str, *more: Any) -> list[CarrierError | None]:
            try:
                async with answering(reply(200, {})) as server, a_client() as client:
                    await send(Call(server.url), client)
            except CarrierError as error:
                return [error] * len(numbers)
            return await super().subscribe(numbers, address, *more)

    post = Paying()
    post.manifest = replace(post.manifest, quota=Quota(per_day=1))
    context = opening(post)
    await context.db.write(lambda tx: enrol(tx, [SLUG]))
    await followed(context, "S1", "S2", "S3")
    await subscribe(context, {})
    assert [numbers for numbers, _ in post.told] == [["S2", "S3"]]
    found = await state(context)
    assert (found["S1"][2], found["S1"][3]) == (1, "rate_limited")


# --- UPS ------------------------------------------------------------------------------------------------------

UPS = ["1Z12345E0205271688", "1Z12345E6605272234", "7798339175"]
HOOK = "https://track.example.com/hooks/carriers/ups"


async def ups_told(answer: bytes, address: str = HOOK) -> tuple[list[Any], list[Asked]]:
    """The outcomes of subscribing, and what UPS was asked beside its token."""

    def either(asked: Asked) -> bytes:
        return reply(200, {"access_token": "t", "expires_in": "14399"}) if asked.path.endswith("/token") else answer

    adapter = carriers.get("ups")
    async with answering(either) as server, a_client() as client:
        account = Account("ups", {"client_id": "a", "client_secret": "b", "push_secret": SECRET}, f"{server.url}/api")
        outcomes = await adapter.subscribe(UPS, address, account, client, TokenCache())  # type: ignore[attr-defined]  # UPS does
    kinds = [outcome.kind if outcome is not None else None for outcome in outcomes]
    return kinds, [asked for asked in server.asked if not asked.path.endswith("/token")]


async def test_ups_is_told_of_its_own_numbers_with_our_secret() -> None:
    taken = {"validTrackingNumbers": UPS[:1], "invalidTrackingNumbers": [UPS[1]]}
    outcomes, (asked,) = await ups_told(reply(200, taken))
    assert outcomes == [None, ErrorKind.BAD_REQUEST, ErrorKind.INVALID_NUMBER]
    assert (asked.method, asked.path) == ("POST", "/api/track/v1/subscription/standard/package")
    for part in (UPS[0], UPS[1], HOOK, SECRET, '"credentialType": "Bearer"'):
        assert part in asked.body
    assert UPS[2] not in asked.body


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(500, {"no": "idea"}), ErrorKind.SERVER),
        (reply(200, "<html>"), ErrorKind.SERVER),
        (reply(429, {"response": {"errors": [{"code": "429", "message": "slow"}]}}, retry_after="7"), "rate_limited"),
        (reply(401, {"response": {"errors": [{"code": "250003", "message": "no"}]}}), ErrorKind.AUTH),
        (b"", ErrorKind.SERVER),
    ],
    ids=["500", "html", "429", "401", "hung-up"],
)
async def test_ups_says_no(answer: bytes, kind: str) -> None:
    outcomes, _ = await ups_told(answer)
    assert outcomes == [kind, kind, ErrorKind.INVALID_NUMBER]


async def test_ups_is_not_told_an_address_it_would_not_push_to() -> None:
    outcomes, asked = await ups_told(b"", "http://127.0.0.1:8000/hooks/carriers/ups")
    assert (set(outcomes), asked) == ({ErrorKind.BAD_REQUEST}, [])
