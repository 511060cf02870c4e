"""The shipped nginx.conf in front of a small upstream, under a temporary prefix."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.machine.account import give_away, unprivileged
from tests.machine.missing import missing
from tests.machine.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
NAME = "track.example.com"


@dataclass(slots=True)
class Upstream:
    """Stands for Jalon: echoes a request's head; a path ending in /events gets one event, and one when `go` is set."""

    port: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                live = b"/events " in head.split(b"\r\n", 1)[0]
                await (self._stream(writer) if live else self._echo(writer, head))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _echo(self, writer: StreamWriter, head: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(head) + head)
        await writer.drain()

    async def _stream(self, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for data in (b"id: 1\n\n", b"id: 2\n\n"):
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()
            await self.go.wait()
        writer.write(b"0\r\n\r\n")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx: its folder, the ports of HTTPS and HTTP on 127.0.0.1."""

    folder: Path
    https: int
    http: int

    @property
    def log(self) -> str:
        """The access log so far."""
        return (self.folder / "access.log").read_text()


@asynccontextmanager
async def run_upstream() -> AsyncIterator[Upstream]:
    """An upstream listening on 127.0.0.1 until the block ends."""
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        upstream.go.set()
        server.close()
        await server.wait_closed()


def trusting() -> ssl.SSLContext:
    """TLS for a client that takes the certificate made for the test."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def find_nginx() -> str:
    """nginx's path; skips or fails the test without it."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    return found or missing("nginx", "install the package nginx")


@contextmanager
def run_nginx(*upstreams: int, **changes: str) -> Iterator[Proxy]:
    """nginx with the shipped settings before one or two ports of 127.0.0.1.

    `changes` replaces what a test cannot wait for: client_header_timeout="1s".
    """
    folder = Path(tempfile.mkdtemp(prefix="jalon-nginx-"))
    proxy = Proxy(folder, free_port(), free_port())
    try:
        _certificate(folder)
        conf = folder / "nginx.conf"
        conf.write_text(_adapted(proxy, upstreams, changes))
        for path in (folder, *folder.iterdir()):
            give_away(path)
        command = [
            find_nginx(),
            "-p",
            str(folder),
            "-e",
            str(folder / "error.log"),
            "-c",
            str(conf),
            "-g",
            "daemon off;",
        ]
        subprocess.run([*command[:-2], "-t"], check=True, capture_output=True, **unprivileged())
        with subprocess.Popen(command, **unprivileged()) as process:
            try:
                _until_started(folder / "error.log", process)
                yield proxy
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder)


def _adapted(proxy: Proxy, upstreams: tuple[int, ...], changes: dict[str, str]) -> str:
    """The shipped file with the ports, addresses and folders of this run; each replaced text has to be there."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    replaced = {
        "/tmp/": f"{proxy.folder}/",  # noqa: S108  the container's own folder, not used here
        "/etc/nginx/tls": str(proxy.folder),
        "error_log /dev/stderr warn": f"error_log {proxy.folder}/error.log notice",
        "/dev/stdout": f"{proxy.folder}/access.log",
        "listen 8443": f"listen 127.0.0.1:{proxy.https}",
        "listen 8080": f"listen 127.0.0.1:{proxy.http}",
        "172.31.250.11:8000": f"127.0.0.1:{upstreams[0]}",
        "172.31.250.12:8000": f"127.0.0.1:{upstreams[-1]}",
        "worker_processes auto": "worker_processes 1",
        "worker_rlimit_nofile 65536;": "",
        "worker_connections 16384": "worker_connections 512",
    }
    for name, value in changes.items():
        line = next(line for line in text.splitlines() if line.split()[:1] == [name])
        replaced[line] = f"{name} {value};"
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def _certificate(folder: Path) -> None:
    openssl = shutil.which("openssl") or missing("openssl", "install the package openssl")
    key = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([openssl, *key, *files, "-subj", f"/CN={NAME}"], check=True, capture_output=True)


def _until_started(log: Path, process: subprocess.Popen[bytes]) -> None:
    """Returns when nginx has its workers: its sockets listen from before that."""
    while "start worker process " not in log.read_text():
        assert process.poll() is None, log.read_text()
