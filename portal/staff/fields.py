"""What the shop's people type."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from portal.kit.forms import N_
from portal.signin.forms import Code, Email

__all__ = ["Code", "Email", "SignIn"]


class SignIn(BaseModel):
    """Where a code is to be sent."""

    email: Email


def _key(text: str) -> str:
    if len(text) > 36 or not text.replace("-", "").isalnum():
        raise ValueError(N_("Load the page anew and try again."))
    return text


Key = Annotated[str, StringConstraints(min_length=8), AfterValidator(_key)]


class Act(BaseModel):
    """A button. `key` is the page's own: pressed twice, it is done once."""

    key: Key


class Parcel(Act):
    """What was handed to whom. Units are further fields, one for each line."""

    number: Annotated[str, StringConstraints(max_length=60)] | None = None
    carrier: Annotated[str, StringConstraints(max_length=60)] | None = None


class Collected(Act):
    """Who collected it: whoever showed the code, or somebody whom the shop knows."""

    delivery: Annotated[str, StringConstraints(max_length=200)]
    code: Annotated[str, StringConstraints(max_length=40)] | None = None
    known: bool = False


class OfDelivery(Act):
    """A button about one of the order's deliveries."""

    delivery: Annotated[str, StringConstraints(max_length=200)]


class OfParcel(Act):
    """A button about one of the order's parcels."""

    parcel: Annotated[str, StringConstraints(max_length=200)]
