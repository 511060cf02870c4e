"""A mail server on this machine: keeps what it takes, and misbehaves when told to.

`refuse`: a status line for RCPT; `drop`: takes the message, then cuts the line instead of saying so.
"""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.machine.postgres import free_port

PASSWORD = "invented-password"


@dataclass
class Sink:
    """What arrived. `secured`: whether each came over TLS."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refuse: str = ""
    drop: int = 0

    def texts(self) -> list[str]:
        """The plain text of each message."""
        return [cast(Any, letter.get_body(("plain",))).get_content() for letter in self.letters]

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take or refuse a receiver."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        """Take a message."""
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        self.secured.append(session.ssl is not None)
        if self.drop:
            self.drop -= 1
            server.transport.abort()
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        """Let in whoever has the password."""
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == PASSWORD.encode())


@contextmanager
def sink(tls: ssl.SSLContext | None = None, **more: Any) -> Iterator[Sink]:
    """A mail server for as long as the block lasts; with `tls` it insists on STARTTLS."""
    kept = Sink(free_port())

    extra = {"authenticator": kept.authenticate, **more}

    class _Controller(Controller):
        def factory(self) -> Any:
            return SMTP(kept, enable_SMTPUTF8=True, tls_context=tls, require_starttls=tls is not None, **extra)

    controller = _Controller(kept, hostname="127.0.0.1", port=kept.port, ready_timeout=10)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for 127.0.0.1 that only those trust who have its file."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", cert, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
