"""Forms: what is sent becomes a model, or messages beside the fields."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field, field_validator
from starlette.requests import Request

from portal import paths
from portal.kit import forms, html, i18n
from portal.kit.errors import Refused
from portal.kit.forms import Form


class Asked(BaseModel):
    """A form for these tests."""

    number: str = Field(min_length=3, max_length=6)
    way: Literal["mail", "post"] = "mail"
    copies: int = Field(1, ge=1, le=9)

    @field_validator("number")
    @classmethod
    def _even(cls, value: str) -> str:
        if value.endswith("7"):
            raise ValueError("Fill this in.")
        return value


async def sent(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Form[Asked]:
    """The form that a browser sent."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return await forms.read(Request(scope, receive), Asked)


async def test_a_form_that_is_right_is_data() -> None:
    form = await sent(urlencode({"number": " 1042 ", "way": "post", "copies": "2", "role": "admin"}).encode())
    assert form.data == Asked(number="1042", way="post", copies=2)
    assert (form.status, form.problems, form.value("number"), form.value("role")) == (200, {}, "1042", "")


WRONG = [
    ({}, {"number": "Remplissez ce champ."}),
    ({"number": "  "}, {"number": "Remplissez ce champ."}),
    ({"number": "1"}, {"number": "C’est trop court."}),
    ({"number": "1" * 9}, {"number": "C’est trop long\u00a0: 6 caractères au plus."}),
    ({"number": "107"}, {"number": "Remplissez ce champ."}),
    ({"number": "104", "way": "fax"}, {"way": "Choisissez l’une des réponses proposées."}),
    ({"number": "104", "copies": "many"}, {"copies": "Indiquez un nombre entier."}),
    ({"number": "104", "copies": "10"}, {"copies": "Indiquez 9 ou moins."}),
    ({"number": "104", "copies": "0"}, {"copies": "Indiquez 1 ou plus."}),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
async def test_what_is_wrong_is_said_beside_its_field_in_the_visitors_language(
    fields: dict[str, str], said: dict[str, str]
) -> None:
    i18n.load(paths.LOCALES)
    form = await sent(urlencode(fields).encode())
    assert (form.data, form.status) == (None, 422)
    with i18n.using("fr"):
        assert {name: str(problem) for name, problem in form.problems.items()} == said
    assert form.value("number") == fields.get("number", "").strip()


BAD = [b"number=%ff%fe", b"number=\xff", b"number=a%00b", b"&".join(b"f%d=1" % n for n in range(200))]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
async def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        await sent(body)
    assert refused.value.status == 400


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain", "multipart/form-data; boundary=x"])
async def test_another_kind_of_body_is_refused(kind: str) -> None:
    with pytest.raises(Refused) as refused:
        await sent(b"number=1042", kind)
    assert refused.value.status == 415


@given(st.binary(max_size=200))
async def test_no_body_is_too_odd(body: bytes) -> None:
    with suppress(Refused):
        form = await sent(body)
        assert (form.data is None) == bool(form.problems)


PAGE = """{% from "_macros/form.html" import field, button, summary %}{{ summary(form, {"number": "Number", "": ""}) }}
{{ field(form, "number", "Number", hint="On your invoice", autocomplete="off") }}{{ button("Send") }}"""


async def test_a_field_is_tied_to_its_label_hint_and_message_and_escapes_what_it_holds() -> None:
    env = html.environment(paths.TEMPLATES, lambda name: f"/{name}")
    with i18n.using("en"):
        fresh = env.from_string(PAGE).render(form=Form())
        wrong = env.from_string(PAGE).render(form=forms.filled(Asked, {"number": '"><script>'}))
        refused = env.from_string(PAGE).render(form=Form({}, {}).refused("", "Fill this in."))
    assert 'role="alert"' not in fresh
    assert 'aria-describedby="number-hint"' in fresh
    assert 'aria-describedby="number-hint number-problem" aria-invalid="true"' in wrong
    assert '<a href="#number">Number: This is too long: 6 characters at most.</a>' in wrong
    assert "<script>" not in wrong
    assert 'value="&quot;&gt;&lt;script&gt;"' in wrong
    assert "<li>Fill this in.</li>" in refused
