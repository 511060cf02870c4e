"""A site whose native shop keeps orders, and a program with a key to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from portal.api.keys import make_key
from portal.api.scopes import Scope
from portal.context import Context
from tests.support.web import Answer, Site, site

ENVIRON = {"JALON_PLATFORM_NEUTRAL_SHOP": "atelier"}


@dataclass
class Caller:
    """A program that calls with a key."""

    site: Site
    key: str

    async def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
        """One call; `body` is sent as JSON."""
        given = {"authorization": f"Bearer {self.key}", **headers}
        if body is None:
            return await self.site.ask(f"/api/v1{path}", method, **given)
        text = body if isinstance(body, str) else json.dumps(body)
        return await self.site.ask(f"/api/v1{path}", method, body=text, **{"content_type": "application/json", **given})


def said(answer: Answer) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.text)


def order(**members: Any) -> dict[str, Any]:
    """An order of two mugs and a bowl, kept here."""
    return {
        "source": {"platform": "neutral", "shop": "atelier", "order_id": "1001"},
        "number": "#1001",
        "placed_at": "2026-11-18T09:00:00Z",
        "updated_at": "2026-11-19T09:00:00Z",
        "currency": "EUR",
        "state": {"payment": "paid"},
        "contact": {"email": "ines@client.example"},
        "lines": [
            {"id": "mug", "title": "Mug", "quantity": 2, "price": {"unit": {"shop": 1500}}},
            {"id": "bowl", "title": "Bowl", "quantity": 1, "price": {"unit": {"shop": 1500}}},
        ],
        "totals": {"total": {"shop": 4500}},
        **members,
    }


@pytest.fixture
def shop(any_context: Context) -> Context:
    """An installation that keeps its shop's orders."""
    return replace(any_context, environ=ENVIRON)


@pytest.fixture
async def caller(shop: Context) -> Caller:
    """A program that may do everything."""
    return Caller(site(shop), await make_key(shop, "warehouse", frozenset(Scope)))
