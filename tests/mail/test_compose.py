"""What a message looks like when it leaves, whatever was put into it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import Any, cast

import pytest
from hypothesis import given, strategies as st
from jinja2.exceptions import SecurityError

from portal.kit.letters import tidy
from portal.mail.compose import BadAddress, Letter, _environments, message, sendable, write
from portal.settings import Settings
from tests.support.context import NOW, settings_on

VALUES: dict[str, Any] = {"code": "123 456", "link": "https://track.atelier-lune.example/sign-in/link/x", "minutes": 10}
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version"}


def sent(settings: Settings, letter: Letter, to: str = "ada@example.com") -> Any:
    """The message after its way over the wire."""
    made = message(settings, letter, to=to, ref="abc", locale="fr", now=NOW)
    return cast(Any, message_from_bytes(bytes(made), policy=default))


def shop(**more: Any) -> Settings:
    return settings_on("sqlite:///x.db", mail_from="orders@atelier-lune.example", **more)


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [
        ("en", "123 456 is your code for Atelier Lune", "It is valid for 10 minutes."),
        ("fr", "123 456 : votre code pour Atelier Lune", "Il est valable 10 minutes."),
    ],
)
def test_a_message_in_the_readers_language(language: str, subject: str, word: str) -> None:
    letter = write(shop(), "sign_in_code", language, VALUES)
    assert letter.subject == subject
    for part in (letter.text, letter.html):
        assert "123 456" in part
        assert VALUES["link"] in part
        assert word in part
    assert f'lang="{language}"' in letter.html


def test_both_parts_and_the_headers_arrive() -> None:
    letter = write(shop(), "sign_in_code", "fr", VALUES)
    got = sent(shop(), letter)
    assert got["From"] == "Atelier Lune <orders@atelier-lune.example>"
    assert got["To"] == "ada@example.com"
    assert got["Message-ID"] == "<abc@atelier-lune.example>"
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter.text
    assert "Votre code" in got.get_body(("html",)).get_content()


CORPUS = [
    "a\r\nBcc: victim@example.net",
    "a\nX: y",
    "a\r\n\r\nbody",
    "\u2028Bcc: x@example.net",
    "=?utf-8?q?a=0D=0ABcc=3A_x=40example.net?=",
    '"Bank" <bank@example.net>,',
    "support@bank.example",
    "\u202emoc.elpmaxe",
]


@pytest.mark.parametrize("text", CORPUS)
def test_no_value_becomes_a_header(text: str) -> None:
    letter = write(shop(), "sign_in_code", "en", VALUES | {"code": text})
    got = sent(shop(shop_name=text[:80]), letter)
    assert set(got.keys()) <= HEADERS | {"Content-Type"}
    assert got["From"].addresses[0].addr_spec == "orders@atelier-lune.example"
    assert len(got["From"].addresses) == 1
    assert "@" not in got["From"].addresses[0].display_name
    assert [address.addr_spec for address in got["To"].addresses] == ["ada@example.com"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_put_in_the_headers_stay(name: str, code: str) -> None:
    letter = write(shop(), "sign_in_code", "en", VALUES | {"code": code})
    got = sent(shop(mail_from_name=name[:60] or None), letter)
    assert set(got.keys()) <= HEADERS | {"Content-Type"}
    assert [address.addr_spec for address in got["From"].addresses] == ["orders@atelier-lune.example"]


@pytest.mark.parametrize(
    "address",
    [
        *["", "ada", "ada@", "@example.com", "a@b@c.example", "ada@example.com\nBcc: x@example.net", "a b@example.com"],
        *["ada@exa mple.com", "ada@example..com", "<ada@example.com>", "ada@example.com,bob@example.com"],
        "é@example.com",
    ],
)
def test_what_is_no_address_gets_no_message(address: str) -> None:
    with pytest.raises(BadAddress):
        sendable(address)


def test_a_domain_in_any_script_can_be_written_to() -> None:
    assert sendable("ada@müller.example") == "ada@xn--mller-kva.example"


def test_what_is_put_into_a_page_is_escaped_and_into_a_text_is_not() -> None:
    letter = write(shop(shop_name="Lune & Cie <b>"), "sign_in_code", "en", VALUES | {"code": "<i>1</i>"})
    assert "Lune &amp; Cie &lt;b&gt;" in letter.html
    assert "<i>" not in letter.html
    assert "<i>1</i>" in letter.text
    assert "Lune & Cie <b>" in letter.text
    assert "&amp;" not in letter.text


@pytest.mark.parametrize("source", ["{{ ''.__class__.__mro__ }}", "{{ _.__globals__ }}", "{{ [].append(1) }}"])
def test_a_template_cannot_reach_out(source: str) -> None:
    for env in _environments():
        try:
            said = env.from_string(source).render()
        except SecurityError:
            continue
        assert said == ""


def test_a_text_is_tidy() -> None:
    assert tidy("\n\na  \n\n\n\nb\n") == "a\n\nb\n"
