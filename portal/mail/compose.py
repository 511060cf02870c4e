"""Makes a message out of its template: subject, plain text and escaped HTML, in the reader's language.

No value can become a header: the subject is one line, the sender's name is stripped of everything that could
stand for an address, and the receiver is a bare address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from portal import paths
from portal.kit import i18n
from portal.kit.brand import LIGHT, ink, on_brand
from portal.kit.letters import environment, one_line, tidy
from portal.settings import Settings

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_POLICY = SMTP.clone(max_line_length=78)


class BadAddress(ValueError):
    """This is no address that a message can be sent to."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a template made."""

    subject: str
    text: str
    html: str


def write(settings: Settings, message: str, locale: str, values: Mapping[str, Any]) -> Letter:
    """The words of a message: the templates `email/<message>/subject.txt`, `text.txt` and `page.html`."""
    plain, marked = _environments()
    given = {name: one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    given["shop"] = settings
    colour = settings.shop_brand_colour
    given["colours"] = {"brand": colour, "on_brand": on_brand(colour), "ink": ink(colour, LIGHT)}
    with i18n.using(locale, settings.time_zone):
        subject = _header(plain.get_template(f"email/{message}/subject.txt").render(given))
        text = tidy(plain.get_template(f"email/{message}/text.txt").render(given))
        page = marked.get_template(f"email/{message}/page.html").render(given | {"lang": locale, "subject": subject})
    return Letter(subject, text, page)


def message(settings: Settings, letter: Letter, *, to: str, ref: str, locale: str, now: datetime) -> EmailMessage:
    """The letter ready for the post. Raises BadAddress."""
    sender = settings.mail_from or f"noreply@{_host(settings.base_url)}"
    made = EmailMessage(_POLICY)
    made["From"] = Address(_name(settings.mail_from_name or settings.shop_name), addr_spec=sender)
    made["To"] = Address(addr_spec=sendable(to))
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{ref}@{sender.rpartition('@')[2]}>"
    made["Content-Language"] = locale
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    if settings.mail_reply_to:
        made["Reply-To"] = Address(addr_spec=settings.mail_reply_to)
    made.set_content(letter.text, cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return made


def language(preferred: Sequence[str | None], default: str) -> str:
    """The first language that messages are written in: of `preferred` tags, strongest wish first, then `default`."""
    _environments()  # they know the languages
    return i18n.choose(preferred, None, default)


def sendable(address: str) -> str:
    """The address as mail servers take it, its domain in ASCII. Raises BadAddress."""
    name, at, domain = address.rpartition("@")
    try:
        plain = f"{name}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        raise BadAddress("this domain has no ASCII form") from None
    if not _ADDRESS.fullmatch(plain) or len(plain) > 254 or ".." in plain:
        raise BadAddress("this is no address")
    return plain


def _header(text: str) -> str:
    """Text fit for a header. Python's own header classes decode "=?…?=" in what they are given, and would write
    the line break that it hides."""
    return one_line(text).replace("=?", "= ?")


def _name(text: str) -> str:
    """A name for a sender that cannot be taken for an address or break out of its quotes."""
    return re.sub(r'[@<>"\\,;:]+', " ", _header(text)).strip()[:60]


def _host(address: str) -> str:
    host = re.sub(r"^https?://", "", address).split("/")[0].rsplit(":", 1)[0]
    return host if re.fullmatch(r"[a-z0-9.-]*[a-z][a-z0-9.-]*", host) else "localhost.localdomain"


@cache
def _environments() -> tuple[ImmutableSandboxedEnvironment, ImmutableSandboxedEnvironment]:
    i18n.load(paths.LOCALES)
    return environment(paths.TEMPLATES, plain=True), environment(paths.TEMPLATES, plain=False)
