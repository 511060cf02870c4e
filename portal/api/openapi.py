"""The description of the API (OpenAPI 3.1), made from the list of operations and the models of what they take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from portal import __version__
from portal.api.desk import PATH, Operation
from portal.api.news import KINDS
from portal.api.schemas import schemas
from portal.api.scopes import EXPLAINED, Scope

_PART: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_REFUSALS: Final = {
    "400": "It cannot be read",
    "401": "No key that works",
    "403": "The key lacks a scope",
    "404": "There is no such thing",
    "409": "The order does not allow it as it stands",
    "422": "What was sent is wrong; `faults` name each member",
    "429": "Too often; Retry-After says when to come back",
    "502": "The order's platform did not do its part",
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A word that stays"},
        "detail": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {"type": "object", "properties": {"member": {"type": "string"}, "fault": {"type": "string"}}},
        },
    },
}


def document(operations: Sequence[Operation], base_url: str) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _PART.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jalon",
            "version": __version__,
            "description": "Orders in, what becomes of them out. Calls carry `Authorization: Bearer jalon_…`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{base_url}{PATH}"}],
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": {kind: _news(kind, why) for kind, why in KINDS.items()},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            "schemas": {**schemas(), "Problem": _PROBLEM},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": "_".join([operation.method.lower(), *re.findall(r"\w+", _PART.sub(r"\1", operation.path))]),
        "summary": operation.summary,
        "description": f"Needs the scope `{operation.scope.value}`.",
        "responses": {
            str(operation.gives): {"description": "Done"},
            **{status: _refusal(why) for status, why in _REFUSALS.items()},
        },
    }
    if parameters := list(_parameters(operation)):
        told["parameters"] = parameters
    if operation.takes is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.takes}}}
    return told


def _parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name, kind in _PART.findall(operation.path):
        of = {"type": "integer" if kind == "int" else "string"}
        yield {"name": name, "in": "path", "required": True, "schema": of}
    for name, meaning in operation.asks.items():
        yield {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
    if operation.once:
        meaning = "The same again: the call is made once"
        schema = {"type": "string", "maxLength": 200}
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "description": meaning, "schema": schema}


def _refusal(why: str) -> dict[str, Any]:
    return {
        "description": why,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _news(kind: str, why: str) -> dict[str, Any]:
    data = {"type": "object", "required": ["order", "event"], "properties": {"order": {"type": "string"}}}
    members = {"type": {"const": kind}, "timestamp": {"type": "string", "format": "date-time"}, "data": data}
    schema = {"type": "object", "required": list(members), "properties": members}
    return {
        "post": {
            "summary": why,
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"2XX": {"description": "Taken; anything else is sent again"}},
        }
    }


def _scopes() -> str:
    return "Scopes: " + "; ".join(f"{scope.value}: {EXPLAINED[scope]}" for scope in Scope)
