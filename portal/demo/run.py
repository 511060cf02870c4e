"""Runs the demonstration: the playing carrier as a server of its own, the shop's orders, and the portal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from carriers import Account
from carriers.core.pushing import SECRET
from portal import schema
from portal.context import opened
from portal.demo.people import CLERK
from portal.demo.shares import private_words, set_shares
from portal.demo.shop import ENVIRON, ORDERS, SHOP
from portal.demo.stage import keep_moving, kept_pages, set_stage
from portal.kit import i18n, log
from portal.kit.errors import BadSetting
from portal.serving import serve
from portal.settings import Settings
from portal.tracking.hooks import address

_KEY = "demo"
_WAIT_S = 20.0


def run_demo(host: str, port: int, data: Path, speed: float) -> int:
    """Run until stopped; returns the exit status. Raises BadSetting for a port or folder that cannot be used."""
    _free(host, port)
    settings = _settings(host, port, _folder(data), speed)
    log.set_up("warning")
    _say("Preparing the database …")
    schema.migrate(settings.database_url)
    with _carrier(speed) as url:
        _say(f"The carrier Pigeon Vole plays at {url}, {speed:g} times as fast as life.")
        secret = secrets.token_hex(16)
        accounts = {"demo": Account("demo", {"api_key": _KEY, SECRET: secret}, url)}
        _say("Setting the stage: orders, parcels and their first scans …")
        stage = asyncio.run(_stage(settings, accounts, kept_pages(data / "demo.json")))
        _write(data / "demo.json", settings, url, stage, secret)
        _announce(settings, stage.pages, data)
        listed = _listed(stage.pages + stage.shares)
        return serve(settings, accounts=accounts, demo=listed, beside=keep_moving, environ=ENVIRON)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What there is to see, and what nobody but the customer may."""

    pages: list[dict[str, str]]
    shares: list[dict[str, str]]
    private_words: dict[str, list[str]]


async def _stage(settings: Settings, accounts: Mapping[str, Account], kept: Mapping[str, str]) -> _Stage:
    async with opened(settings, accounts=accounts, environ=ENVIRON) as context:
        pages = await set_stage(context, kept)
        return _Stage(pages, await set_shares(context), await private_words(context))


def _write(path: Path, settings: Settings, carrier: str, stage: _Stage, secret: str) -> None:
    """For scripts that look for the pages, for what must not be on those that are shared, for a way in, or push."""
    sign_in = {
        "order_number": stage.pages[0]["number"],
        "email": ORDERS[0].person.email,
        "mailbox_url": f"{settings.base_url}/mailbox",
    }
    found = {
        "base_url": settings.base_url,
        "carrier_url": carrier,
        "order_pages": stage.pages,
        "share_pages": stage.shares,
        "private_words": stage.private_words,
        "hook": {"url": address(settings.base_url, "demo"), "secret": secret},
        "sign_in": sign_in,
        "staff": {"url": f"{settings.base_url}/staff", "email": CLERK.email, "mailbox_url": sign_in["mailbox_url"]},
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _settings(host: str, port: int, data: Path, speed: float) -> Settings:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return Settings.model_validate(
        {
            **SHOP,
            "database_url": f"sqlite:///{data / 'jalon.db'}",
            "base_url": f"http://{shown}:{port}",
            "host": host,
            "port": port,
            "worker": "embedded",
            "poll_pace": speed,
            "link_browsers": 10_000,  # everybody who tries it is another browser
        }
    )


def _folder(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSetting("DATA", f"cannot make the folder {data}: {problem.strerror}") from problem
    return data.resolve()


def _free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise BadSetting(
                "PORT", f"{host}:{port} cannot be used ({problem.strerror}); try PORT={port + 10}"
            ) from problem


@contextlib.contextmanager
def _carrier(speed: float) -> Iterator[str]:
    """The playing carrier as a process of its own, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "carriers.demo", "--port", str(port), "--speed", str(speed), "--key", _KEY]
    process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own module
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/parcels", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise BadSetting("DATA", "the playing carrier did not start; see above")


@dataclass(frozen=True, slots=True)
class _Listed:
    """An order on the home page of the demonstration."""

    number: str
    url: str
    story: str

    @property
    def note(self) -> str:
        """What there is to see, in the language of the moment."""
        return i18n.pgettext("demo story", self.story)


def _listed(pages: list[dict[str, str]]) -> list[_Listed]:
    return [_Listed(page["number"], page["url"], page["story"]) for page in pages]


def _announce(settings: Settings, pages: list[dict[str, str]], data: Path) -> None:
    _say("")
    for page in pages:
        _say(f"  {page['number']}  {page['url']}  {page['story']}")
    _say("")
    _say(f"Sign in as {ORDERS[0].person.email}: the code is in {settings.base_url}/mailbox.")
    _say(f"The shop’s own pages: {settings.base_url}/staff, as {CLERK.email}, with a code from the same place.")
    _say(f"Open {settings.base_url} (all of the above are listed there; also in {data / 'demo.json'}).")
    _say("Stop with Ctrl-C. Run again to set the stage anew.")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command speaks on standard output
