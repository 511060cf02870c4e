"""The played shop behind Shopify's schema: documents in, answers out, with its scopes, its costs and its refusals.

What is executed is validated first, against the part of the published schema that stands beside the tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    default_field_resolver,
    execute,
    get_named_type,
    parse,
    validate,
)

from portal.platforms.shopify.shape import snake
from tests.support.shopify.answering import Roots, flattened
from tests.support.shopify.costs import MOST, cost_of
from tests.support.shopify.shop import Bulk, Shop
from tests.support.shopify.views import Json

SCHEMA = Path(__file__).resolve().parents[2] / "platforms" / "shopify" / "admin.graphql"
_RENAMED = {"return": "return_", "shop": "shop_"}


@cache
def published() -> GraphQLSchema:
    """The part of the schema that our operations use."""
    return build_schema(SCHEMA.read_text())


@dataclass
class Bucket:
    """Points: it holds `size`, and so many come back a second."""

    size: float = 2000
    rate: float = 100
    left: float = 2000
    seen: datetime | None = None

    def fill(self, now: datetime) -> None:
        """As time has passed."""
        if self.seen is not None:
            self.left = min(self.size, self.left + self.rate * (now - self.seen).total_seconds())
        self.seen = now

    @property
    def status(self) -> Json:
        return {"maximumAvailable": self.size, "currentlyAvailable": self.left, "restoreRate": self.rate}


@dataclass
class Executor:
    """Answers documents. `most` is what one may cost; `ran` are the operations that were carried out."""

    shop: Shop
    base: str = "http://127.0.0.1"
    bucket: Bucket = field(default_factory=Bucket)
    most: int = MOST
    ran: list[str] = field(default_factory=list)

    def answer(self, document: str, variables: Json) -> Json:
        """The answer's whole body."""
        with self.shop.lock:
            self.shop.work_off()
            parsed, wrong = _read(document)
            if wrong:
                return {"errors": [{"message": one, "extensions": {"code": "undefinedField"}} for one in wrong]}
            cost = cost_of(published(), parsed, variables)
            self.bucket.fill(self.shop.clock.now())
            if cost > self.most:
                return _failed(
                    "MAX_COST_EXCEEDED", f"Query cost is {cost}, which exceeds the single query max cost limit"
                )
            if cost > self.bucket.left:
                return _failed("THROTTLED", "Throttled") | self._costs(cost)
            name = re.search(r"(?:query|mutation) (\w+)", document)
            self.ran.append(name[1] if name else "")
            body = self._executed(parsed, variables)
            self.bucket.left -= min(cost, _objects(body.get("data")))
            return body | self._costs(cost)

    def _executed(self, parsed: Any, variables: Json) -> Json:
        roots = Roots(self.shop, self.base, variables)
        roots.run_bulk = self._run_bulk  # type: ignore[method-assign] # it needs what executes
        done = execute(
            published(), parsed, roots, variable_values=variables, field_resolver=_resolving(self.shop, roots)
        )
        assert isinstance(done, ExecutionResult)
        return json.loads(json.dumps(done.formatted))  # type: ignore[no-any-return] # an object

    def _run_bulk(self, bulk: Bulk) -> None:
        done = self._executed(parse(bulk.query), {})
        if "errors" in done and done["data"] is None:
            bulk.status, bulk.fails = "FAILED", "ACCESS_DENIED"
            return
        found = [edge["node"] for edge in done["data"]["orders"]["edges"]]
        bulk.lines, bulk.count = flattened(found), len(found)

    def _costs(self, cost: int) -> Json:
        return {"extensions": {"cost": {"requestedQueryCost": cost, "throttleStatus": self.bucket.status}}}


@cache
def _read(document: str) -> tuple[DocumentNode, tuple[str, ...]]:
    """A document, and what is wrong with it by the schema."""
    parsed = parse(document)
    return parsed, tuple(one.message for one in validate(published(), parsed))


def _resolving(shop: Shop, roots: Roots) -> Callable[..., Any]:
    def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        definition = info.parent_type.fields[info.field_name]
        _check(shop, info.parent_type, info.field_name, definition)
        if source is roots:
            method = getattr(roots, _RENAMED.get(info.field_name, snake(info.field_name)))
            return method(info, **{snake(name): value for name, value in arguments.items()})
        return default_field_resolver(source, info, **{snake(name): value for name, value in arguments.items()})

    return resolve


def _check(shop: Shop, parent: GraphQLObjectType, name: str, definition: GraphQLField) -> None:
    """Raises what Shopify answers when a scope, or the approval for what is known of customers, is missing."""
    kind = get_named_type(definition.type)
    for needed in (*needs(definition), *needs(kind)):
        if not any(_has(shop, scope) for scope in needed):
            wanted = " or ".join(f"`{scope}` access scope" for scope in needed)
            said = f"Access denied for {name} field. Required access: {wanted}."
            raise GraphQLError(said, extensions={"code": "ACCESS_DENIED"})
    if not shop.sees_customers and "withheld" in directives(definition):
        said = f"This app is not approved to use the {name} field of {parent.name}. It is protected customer data."
        raise GraphQLError(said, extensions={"code": "ACCESS_DENIED"})


def _has(shop: Shop, scope: str) -> bool:
    return scope in shop.scopes or f"write_{scope.removeprefix('read_')}" in shop.scopes


def needs(definition: Any) -> list[tuple[str, ...]]:
    """The scopes that something takes: of each entry, one."""
    found = directives(definition).get("needs")
    if found is None:
        return []
    return [tuple(value.value.split("|")) for value in found.arguments[0].value.values]


def directives(definition: Any) -> dict[str, Any]:
    """The directives on a type, field or value, by name."""
    node = getattr(definition, "ast_node", None)
    return {one.name.value: one for one in node.directives or ()} if node is not None else {}


def _failed(code: str, message: str) -> Json:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _objects(data: object) -> int:
    """How many objects an answer holds: what it really took."""
    if isinstance(data, dict):
        return 1 + sum(_objects(value) for value in data.values())
    return sum(_objects(value) for value in data) if isinstance(data, list) else 0
