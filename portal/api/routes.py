"""The API's addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api.desk import LARGEST, PATH, Desk, Operation
from portal.api.edits import Edits
from portal.api.openapi import document
from portal.api.operations import of_edits, of_orders, of_programs
from portal.api.orders import Orders
from portal.api.programs import Programs
from portal.connecting.shops import Shops
from portal.context import Context
from portal.editing.engine import Engine
from portal.orders.viewmodels import ShopView

INLET: Final = re.compile(rf"{PATH}/.*")


def routes(context: Context, shops: Shops, engine: Engine, shop: ShopView) -> list[Route]:
    """Every route of the API."""
    orders = Orders(context, shops, shop)
    operations = (*of_orders(orders), *of_edits(Edits(engine, orders)), *of_programs(Programs(context, shops)))
    desk = Desk(context)
    by_path = groupby(sorted(operations, key=lambda operation: operation.path), lambda operation: operation.path)
    return [
        Route(f"{PATH}/openapi.json", _description(operations, context.settings.base_url), methods=["GET"]),
        *(_route(desk, path, list(group)) for path, group in by_path),
    ]


def _route(desk: Desk, path: str, operations: list[Operation]) -> Route:
    methods = [operation.method for operation in operations]
    return Route(PATH + path, desk.at(operations), methods=methods, max_body_size=LARGEST)


def _description(operations: Sequence[Operation], base_url: str) -> Callable[[Request], Awaitable[Response]]:
    """Answers with the description: for anybody, since nothing of a shop's own is in it."""
    text = json.dumps(document(operations, base_url))

    async def describe(_: Request) -> Response:
        return Response(text, headers={"cache-control": "public, max-age=300"}, media_type="application/json")

    return describe
