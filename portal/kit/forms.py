"""Forms: what a browser sends as an urlencoded form becomes a model, or messages beside the fields.

Only the fields that the model names are looked at; whatever else is sent is left aside. A model's own checks
raise ValueError with a message marked by `N_`; it is translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from portal.kit import i18n
from portal.kit.errors import Refused

M = TypeVar("M", bound=BaseModel)
MOST_FIELDS: Final = 100


def N_(message: str) -> str:  # noqa: N802 - the name that marks messages in templates too
    """Marks a message for the catalogues where it is raised or stands in a table."""
    return message


_EMPTY = N_("Fill this in.")
_OTHER = N_("Check what is written here.")
_MESSAGES: Final[Mapping[str, str]] = {
    "missing": _EMPTY,
    "string_too_short": N_("This is too short."),
    "string_too_long": N_("This is too long: %(max_length)s characters at most."),
    "literal_error": N_("Choose one of these."),
    "enum": N_("Choose one of these."),
    "int_parsing": N_("This must be a whole number."),
    "greater_than_equal": N_("This must be %(ge)s or more."),
    "less_than_equal": N_("This must be %(le)s or less."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field; as text, it is said in the language of the moment."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The message, translated and filled."""
        said = i18n.gettext(self.message)
        return said % self.values if self.values else said


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A form as it is shown: the values it holds, and what is wrong, by field. `data` is there when nothing is.

    A form that nobody has sent yet is `Form()`, or `Form(values)` with what is known already.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)
    data: M | None = None

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")

    def problem(self, name: str) -> Problem | None:
        """What is wrong with it."""
        return self.problems.get(name)

    def refused(self, name: str, message: str, **values: Any) -> Form[M]:
        """The same form, turned down for a reason that only trying could tell; `message` is marked by `N_`."""
        return Form(self.values, {**self.problems, name: Problem(message, values)}, None)

    @property
    def status(self) -> int:
        """The status to show it with: 422 when something is wrong."""
        return 422 if self.problems else 200


async def read(request: Request, model: type[M]) -> Form[M]:
    """What was sent, checked. Raises as `fields` does."""
    return filled(model, await fields(request))


async def fields(request: Request) -> dict[str, str]:
    """What was sent, by field. Raises Refused (415) for another kind of body, and Refused (400) for one that cannot be
    read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, "a form is wanted")
    return _fields(await request.body())


def filled(model: type[M], sent: Mapping[str, str]) -> Form[M]:
    """Fields checked by a model. Blanks around a value are dropped; an empty one counts as not sent."""
    named = {name for field_, info in model.model_fields.items() for name in (info.alias or field_,)}
    values = {name: value.strip() for name, value in sent.items() if name in named}
    try:
        data = model.model_validate({name: value for name, value in values.items() if value})
    except ValidationError as wrong:
        return Form(values, _problems(wrong))
    return Form(values, {}, data)


def _fields(body: bytes) -> dict[str, str]:
    """The fields by name; of one sent twice, the last."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (ValueError, UnicodeDecodeError) as problem:
        raise Refused(400, "the form cannot be read") from problem
    if any("\0" in text for pair in pairs for text in pair):
        raise Refused(400, "the form cannot be read")
    return dict(pairs)


def _problems(wrong: ValidationError) -> dict[str, Problem]:
    problems: dict[str, Problem] = {}
    for error in wrong.errors(include_url=False, include_input=False):
        name = str(error["loc"][0]) if error["loc"] else ""
        problems.setdefault(name, _problem(error["type"], error.get("ctx", {})))
    return problems


def _problem(kind: str, about: Mapping[str, Any]) -> Problem:
    own = about.get("error")
    if kind == "value_error" and isinstance(own, ValueError) and own.args:
        return Problem(str(own.args[0]))
    return Problem(_MESSAGES.get(kind, _OTHER), about)
