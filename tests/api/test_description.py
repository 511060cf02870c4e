"""The description says what is there: every route, every scope, and bodies that are really taken."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.routing import Route

from portal.api.scopes import Scope
from tests.api.conftest import Caller
from tests.web.test_routes import starlette


async def described(caller: Caller) -> Any:
    answer = await caller.site.ask("/api/v1/openapi.json")
    assert answer.status == 200
    return json.loads(answer.text)


async def test_every_route_is_described_and_no_other(caller: Caller) -> None:
    document = await described(caller)
    told = {f"{method.upper()} {path}" for path, found in document["paths"].items() for method in found}
    routes = [route for route in starlette(caller.site)[1].routes if isinstance(route, Route)]
    there = {
        f"{method} {re.sub(r':[a-z]+', '', route.path.removeprefix('/api/v1'))}"
        for route in routes
        if route.path.startswith("/api/v1/") and not route.path.endswith("openapi.json")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert told == there


async def test_every_reference_leads_somewhere(caller: Caller) -> None:
    document = await described(caller)
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert names
    assert names <= set(document["components"]["schemas"])


async def test_every_scope_is_explained_and_needed(caller: Caller) -> None:
    text = (await caller.site.ask("/api/v1/openapi.json")).text
    assert all(f"`{scope.value}`" in text for scope in Scope)


async def test_names_of_operations_differ(caller: Caller) -> None:
    document = await described(caller)
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
