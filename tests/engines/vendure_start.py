"""Starts a real Vendure with the plugin that the documentation gives to shops, or without it. Its tables and its goods
are kept beside the installation, so that only the first start makes them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.engines.programs import HERE, engine_folder, run_node, running
from tests.engines.vendure_api import Session, signed_in
from tests.engines.vendure_stock import Stocked, stock

STAFF, PASSWORD = "staff", "an invented password"
SECRET = "an invented secret that signs what the shop tells"
PLUGIN = HERE.parents[1] / "docs" / "examples" / "vendure-jalon-plugin.ts"
_MADE_BY = ("vendure_stock.py", "vendure_start.py", "vendure/server.js", "vendure/package-lock.json")


@dataclass(frozen=True, slots=True)
class Vendure:
    """A running one. `database` is its file."""

    url: str
    staff: Session
    stocked: Stocked
    database: Path


@contextmanager
def vendure(work: Path, tell: str | None) -> Iterator[Vendure]:
    """A Vendure with something to sell, which tells `tell` of what happens; None: it has no plugin."""
    installed = engine_folder("vendure")
    _lay_out(work, installed)
    database, kept = work / "shop.sqlite", installed / f"shop-{_made_by()}.sqlite"
    if not kept.is_file():
        _fill(work, kept)
    shutil.copy(kept, database)
    stocked = _stocked(json.loads(kept.with_suffix(".json").read_text()))
    plugin = {"JALON_HOOK_URL": tell, "JALON_HOOK_SECRET": SECRET} if tell else {}
    with serving(work, {"VENDURE_DB": str(database), **plugin}) as url:
        staff = signed_in(url, STAFF, PASSWORD)
        try:
            yield Vendure(url, staff, stocked, database)
        finally:
            staff.close()


@contextmanager
def serving(work: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The server on a free port; gives its address."""
    port = _port()
    url = f"http://127.0.0.1:{port}"
    named = {"PORT": str(port), "STAFF_NAME": STAFF, "STAFF_PASSWORD": PASSWORD, "VENDURE_DISABLE_TELEMETRY": "true"}
    with running(work, ["server.js"], url, "/health", **named, **environment):
        yield url


def _port() -> int:
    """One that the system gives to nobody by itself: starting takes seconds, in which a free one may be taken."""
    while True:
        port = random.randint(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


def _lay_out(work: Path, installed: Path) -> None:
    """A project of Vendure: its configuration, and the plugin, compiled and its types checked."""
    (work / "node_modules").symlink_to(installed / "node_modules")
    for name in ("package.json", "server.js"):
        shutil.copy(HERE / "vendure" / name, work)
    shutil.copy(PLUGIN, work / "jalon-plugin.ts")
    (work / "tsconfig.json").write_text(json.dumps({"compilerOptions": _COMPILED, "files": ["jalon-plugin.ts"]}))
    run_node(work, "node_modules/typescript/bin/tsc", "-p", ".")


_COMPILED = {
    "target": "es2021",
    "module": "commonjs",
    "moduleResolution": "node",
    "esModuleInterop": True,
    "experimentalDecorators": True,
    "emitDecoratorMetadata": True,
    "strict": True,
    "strictPropertyInitialization": False,
    "skipLibCheck": True,
    "types": [],
}


def _fill(work: Path, kept: Path) -> None:
    fresh = work / "fresh.sqlite"
    with serving(work, {"VENDURE_DB": str(fresh)}) as url:
        staff = signed_in(url, STAFF, PASSWORD)
        stocked = stock(url, staff, STAFF, PASSWORD)
        staff.close()
    told = {**asdict(stocked), "shipping": [[*key, value] for key, value in stocked.shipping.items()]}
    kept.with_suffix(".json").write_text(json.dumps(told))
    beside = kept.with_suffix(f".{os.getpid()}")
    shutil.copy(fresh, beside)
    beside.replace(kept)


def _stocked(told: dict[str, object]) -> Stocked:
    shipping = told["shipping"]
    assert isinstance(shipping, list)
    known = Stocked(**{**told, "shipping": {}})  # type: ignore[arg-type]  # a file that this module wrote
    known.shipping = {(channel, code): identity for channel, code, identity in shipping}
    return known


def _made_by() -> str:
    """What the kept shop depends on."""
    parts = b"".join((HERE / name).read_bytes() for name in _MADE_BY)
    return hashlib.sha256(parts).hexdigest()[:12]
