"""Returns become requests where the shop's platform takes them: once, for what has been sent, and never by guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette

from portal.context import Context
from portal.editing.engine import Engine
from portal.editing.pages.routes import routes
from portal.editing.returning import request_return
from portal.editing.values import Refusal
from portal.errorpages import ErrorPages
from portal.kit.guard import Guard, Rules
from portal.main import order_pages
from portal.orders.documents import stored
from portal.platforms.changes import Applied, NotApplied
from portal.platforms.live import ShopError
from portal.platforms.neutral import NeutralOrder
from portal.signin.desk import Desk
from tests.editing.play import NOTHING, Play, play
from tests.editing.test_pages import words
from tests.support.model_shop import ModelShop, OneShop
from tests.support.visit import signed_in
from tests.support.web import Site


@dataclass(frozen=True)
class Taking(ModelShop):
    """A model shop that takes requests."""

    asked: list[tuple[str, tuple[str, int], str, str]] = field(default_factory=list)
    outcome: Applied | NotApplied = field(default_factory=Applied)

    async def request_return(
        self, _order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], reason: str, words: str
    ) -> Applied | NotApplied:
        """See `TakesReturns`."""
        if isinstance(self.outcome, Applied) and key not in [one[0] for one in self.asked]:
            self.asked.append((key, units[0], reason, words))
        return self.outcome


async def sent(context: Context, **more: Any) -> tuple[Play, Taking, Engine]:
    """An order of which one T-shirt has been sent."""
    playing = play(context)
    playing.platform.ship("1", "L1", 1)
    await playing.take_in()
    shop = Taking(playing.call, playing.platform.kind, **more)
    return playing, shop, Engine(context, OneShop(shop), playing.policies)


async def test_the_platform_has_the_request_once(any_context: Context) -> None:
    _, shop, engine = await sent(any_context)
    for _ in range(2):
        assert await request_return(engine, 1, "L1", 1, "size", "too small", "k") is None
    assert shop.asked == [("k", ("L1", 1), "size", "too small")]


@pytest.mark.parametrize(
    ("line", "units", "code"), [("L1", 2, "too_many"), ("L2", 1, "not_shipped"), ("L9", 1, "not_there")]
)
async def test_what_has_not_been_sent_is_not_returned(context: Context, line: str, units: int, code: str) -> None:
    _, shop, engine = await sent(context)
    found = await request_return(engine, 1, line, units, "size", "", "k")
    assert isinstance(found, Refusal)
    assert (found.code, shop.asked) == (code, [])


async def test_the_policy_and_the_platform_have_their_say(context: Context) -> None:
    playing, shop, engine = await sent(context, outcome=NotApplied("refused"))
    found = await request_return(engine, 1, "L1", 1, "size", "", "k")
    assert isinstance(found, Refusal)
    assert found.code == "refused"
    playing.policies.policy = NOTHING
    found = await request_return(engine, 1, "L1", 1, "size", "", "k")
    assert isinstance(found, Refusal)
    assert (found.code, shop.asked) == ("policy", [])


async def test_a_platform_that_does_not_answer_is_said(context: Context) -> None:
    playing, _, engine = await sent(context)

    async def away(_name: str) -> None:
        raise ShopError("unreachable", "the platform does not answer")

    playing.before = away
    found = await request_return(engine, 1, "L1", 1, "size", "", "k")
    assert isinstance(found, Refusal)
    assert found.code == "unreachable"
    assert await request_return(playing.unconnected, 1, "L1", 1, "size", "", "k") == Refusal("unsupported")


def at_the_counter(context: Context, engine: Engine) -> Site:
    """The pages of changes alone, over this engine."""
    pages, _ = order_pages(context)
    errors = ErrorPages(pages.env, pages.shop, context.settings)
    desk = Desk(context, pages.env, pages.shop)
    app = Starlette(routes=routes(engine, desk, errors.page), exception_handlers=errors.handlers())
    return Site(context, Guard(app, Rules(context.settings.base_url, 1_000), errors.refuse))  # type: ignore[arg-type]  # an application without a hub


async def test_the_form_asks_why_and_says_what_comes_next(context: Context) -> None:
    _, shop, engine = await sent(context)
    ada = await signed_in(at_the_counter(context, engine), "ada@example.com")
    async with context.db.read() as reader:
        known = await stored(reader, 1)
    assert known is not None
    path = f"/orders/{known.ref}/change/return?line=L1"
    assert "The size does not fit" in (await ada.ask(path)).text
    wrong = await ada.send(path, {"quantity": "1", "key": "0" * 16})
    assert (wrong.status, shop.asked) == (422, [])
    done = await ada.send(path, {"quantity": "1", "key": "0" * 16, "reason": "size", "words": "Too small"})
    assert "The shop has your request" in words(done.text)
    assert [one[1:] for one in shop.asked] == [(("L1", 1), "size", "Too small")]
