"""The way to a mail server. What it answers becomes Refused (for good) or Later (worth another try); neither
says to whom or what, since both end up in logs and tables."""

from __future__ import annotations

import ssl
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from portal.settings import Settings

_TIMEOUT_S = 15.0
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Undelivered(Exception):
    """The message did not go out, as far as we know. The text is a short code."""


class Refused(Undelivered):
    """The other side will not take this message, now or later."""


class Later(Undelivered):
    """It may work another time."""


async def post(settings: Settings, message: EmailMessage, *, trust: ssl.SSLContext | None = None) -> None:
    """Hand a message to the mail server of the settings. Raises Refused and Later."""
    try:
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port or _PORTS[settings.smtp_security],
            username=settings.smtp_user,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=trust or (_trust(settings) if settings.smtp_security != "none" else None),
            timeout=_TIMEOUT_S,
        )
    except (SMTPException, OSError, TimeoutError, ValueError) as problem:
        raise _meaning(problem) from None  # these hold the address


def _meaning(problem: Exception) -> Undelivered:
    if isinstance(problem, SMTPAuthenticationError):
        return Later("authentication")  # a wrong password is the shop's to mend, not a reason to lose messages
    if isinstance(problem, SMTPRecipientsRefused):
        codes = [refused.code for refused in problem.recipients]
        return (Refused if codes and min(codes) >= 500 else Later)(f"recipient {min(codes, default=0)}")
    if isinstance(problem, SMTPResponseException):
        return (Refused if problem.code >= 500 else Later)(f"answer {problem.code}")
    if isinstance(problem, ssl.SSLError):
        return Later("tls")
    if isinstance(problem, SMTPServerDisconnected):
        return Later("disconnected")
    if isinstance(problem, SMTPTimeoutError | TimeoutError):
        return Later("timeout")
    return Later("connection" if isinstance(problem, OSError) else type(problem).__name__)


def _trust(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.smtp_certificates)
