"""Who may call: keys, their scopes, their end, and how often."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.api.keys import keys, make_key, program_of, revoke_key
from portal.api.models import API_KEY
from portal.api.scopes import Scope, UnknownScope, scopes_from
from portal.context import Context
from tests.api.conftest import Caller, said
from tests.support.context import rows
from tests.support.web import site


async def test_the_database_holds_no_key(shop: Context) -> None:
    key = await make_key(shop, "warehouse", frozenset({Scope.ORDERS_READ}))
    (row,) = await rows(shop, select(API_KEY))
    assert key.startswith("jalon_")
    assert key not in str(row)


@pytest.mark.parametrize("wrong", ["", "Bearer", "Bearer jalon_short", "Basic {key}", "Bearer {key}x", "{key}"])
async def test_whoever_has_no_key_gets_nothing(caller: Caller, wrong: str) -> None:
    answer = await caller.ask("/orders", authorization=wrong.replace("{key}", caller.key))
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Jalon"'
    assert said(answer)["code"] == "no_key"


async def test_a_key_opens_what_its_scopes_say_and_nothing_else(shop: Context) -> None:
    reader = Caller(site(shop), await make_key(shop, "reader", frozenset({Scope.ORDERS_READ})))
    assert (await reader.ask("/orders")).status == 200
    answer = await reader.ask("/orders", "POST", {"number": "1"})
    assert (answer.status, said(answer)["detail"]) == (403, "This key lacks the scope orders:write.")


async def test_a_revoked_key_opens_nothing(shop: Context, caller: Caller) -> None:
    async with shop.db.read() as reader:
        (row,) = await keys(reader)
    assert await revoke_key(shop, row.id)
    assert not await revoke_key(shop, row.id)
    assert (await caller.ask("/orders")).status == 401


async def test_use_is_noted_to_the_hour(shop: Context, caller: Caller) -> None:
    for _ in range(2):
        assert await program_of(shop, f"Bearer {caller.key}")
    async with shop.db.read() as reader:
        (row,) = await keys(reader)
    assert row.last_used_at == shop.clock.now()


async def test_a_key_has_so_many_calls_a_minute(shop: Context) -> None:
    slow = replace(shop, settings=shop.settings.model_copy(update={"api_requests_per_minute": 30}))
    caller = Caller(site(slow), await make_key(slow, "eager", frozenset(Scope)))
    answers = [await caller.ask("/orders", client=f"203.0.113.{n}") for n in range(7)]
    assert [answer.status for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_cookie_is_no_key(caller: Caller) -> None:
    answer = await caller.ask("/orders", authorization="", cookie="__Host-jalon=anything")
    assert answer.status == 401


def test_scopes_are_words_that_there_are() -> None:
    assert scopes_from("orders:read, links:write") == {Scope.ORDERS_READ, Scope.LINKS_WRITE}
    with pytest.raises(UnknownScope, match="'orders:all' is not a valid Scope; there are orders:read"):
        scopes_from("orders:all")
