"""What people type to sign in and to change their account."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from portal.accounts import contacts
from portal.kit.forms import N_
from portal.signin.codes import digits


def _email(text: str) -> str:
    found = contacts.email(text)
    if found is None:
        raise ValueError(N_("This is not an e-mail address. It looks like name@example.com."))
    return found


def _code(text: str) -> str:
    found = digits(text)
    if len(found) != 6:
        raise ValueError(N_("The code has six digits."))
    return found


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
Number = Annotated[str, StringConstraints(max_length=60)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Way(BaseModel):
    """Which of the two forms of a page was sent."""

    way: str = "email"


class ByEmail(BaseModel):
    """All orders of an address, or one of them."""

    email: Email
    number: Number | None = None


class ByOrder(BaseModel):
    """One order, by something else that is known of it."""

    order_number: Number
    hint: Annotated[str, StringConstraints(min_length=3, max_length=40)]
    own_email: Email | None = None


class Code(BaseModel):
    """The six digits."""

    code: Annotated[str, StringConstraints(max_length=40), AfterValidator(_code)]


class NewContact(BaseModel):
    """Another address of a person."""

    email: Email


class PasskeyName(BaseModel):
    """What to call a passkey."""

    name: Name


class Language(BaseModel):
    """The language of all pages and messages; none: as the browser or the order says."""

    language: Annotated[str, StringConstraints(max_length=10)] | None = None
