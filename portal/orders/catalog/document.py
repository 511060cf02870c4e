"""A product as a shop writes it down: what it can be had in, and at which price."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from portal.platforms.neutral.fields import Code, Count, Text, Whole, Word
from portal.platforms.neutral.parts import Option


class InvalidProduct(ValueError):
    """A value that is no product; the message names every member at fault."""


def _options(value: object) -> object:
    """{"Size": "M"} is short for [{"name": "Size", "value": "M"}]."""
    return [{"name": name, "value": item} for name, item in value.items()] if isinstance(value, dict) else value


class VariantDocument(BaseModel):
    """One variant. `price` is that of one unit in minor units."""

    model_config = ConfigDict(extra="forbid")

    id: Word
    title: Text = None
    options: Annotated[tuple[Option, ...], BeforeValidator(_options)] = ()
    price: Annotated[Whole | None, Field(ge=0)] = None
    available: Count | None = None


class ProductDocument(BaseModel):
    """One product of a shop, with all its variants."""

    model_config = ConfigDict(extra="forbid")

    shop: Word
    product_id: Word
    title: Text = None
    currency: Code = None
    variants: tuple[VariantDocument, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> ProductDocument:
        ids = [variant.id for variant in self.variants]
        if len(set(ids)) < len(ids):
            raise ValueError("two variants have the same id")
        if self.currency is None and any(variant.price is not None for variant in self.variants):
            raise ValueError("currency is needed beside prices")
        return self


def product(value: object, shop: str | None = None) -> ProductDocument:
    """The product that a JSON object describes; `shop` fills in for one that does not say. Raises InvalidProduct."""
    given: Any = {"shop": shop, **value} if shop and isinstance(value, dict) else value
    try:
        return ProductDocument.model_validate(given)
    except ValidationError as wrong:
        faults = ((".".join(map(str, fault["loc"])), fault["msg"]) for fault in wrong.errors())
        told = (f"{where}: {what}" if where else what for where, what in faults)
        raise InvalidProduct("; ".join(one.replace("Value error, ", "") for one in told)) from wrong
