"""The JSON schemas of what is sent to the API. Two models of one name get names of their own."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from portal.api.edits import Note
from portal.api.orders import LinkWish, Shipment
from portal.api.programs import HookWish
from portal.editing.commands import COMMANDS
from portal.orders.catalog.document import ProductDocument
from portal.platforms.neutral import NeutralOrder

_MODELS: Final[tuple[type[BaseModel], ...]] = (
    *(NeutralOrder, ProductDocument, Shipment, LinkWish, HookWish, Note),
    *COMMANDS.values(),
)


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema, by reference."""
    return _built()[0][model]


def schemas() -> dict[str, Any]:
    """All that is referred to, by name."""
    return _built()[1]


@cache
def _built() -> tuple[dict[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    asked = [(model, "validation") for model in _MODELS]
    refs, found = models_json_schema(asked, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]  # a list of pairs is one of literals
    return dict(zip(_MODELS, refs.values(), strict=True)), found["$defs"]
